"""Where requirements stand: for any verdicts and answers, every requirement has one standing, and counts add up."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.results.answers import Answered, AnswerRow, AnswerState, Standing
from scanner.results.model import (
    Coverage,
    FrameworkResult,
    RequirementResult,
    RuleResult,
    Severity,
    Verdict,
    ZoneVerdict,
)
from scanner.results.standing import conclusion, counted, of_plant, placed, proven, rows, standing, total

ZONES = ("a", "b", "c")
NAMES = ("r1", "r2", "r3")

verdicts = st.sampled_from(Verdict)
answered = st.sampled_from(Answered)


def answer(verdict: Answered, zone: str = "", state: AnswerState = AnswerState.COUNTS, of: str = "") -> AnswerRow:
    return AnswerRow(verdict, state, zone, "J. Meier", "2026-04-01", "", "", "", "", "", "answers.yaml", 4, of)


def rule(name: str, verdict: Verdict, by_zone: dict[str, Verdict] | None = None) -> RuleResult:
    said = tuple(ZoneVerdict(zone, v, {}, 1, 0, 0, 0, 0) for zone, v in (by_zone or {}).items())
    return RuleResult(name, {}, {}, Severity.LOW, verdict, {}, Coverage(), by_zone=said)


def requirement(name: str, rules: tuple[str, ...], answers: tuple[AnswerRow, ...], manual: str) -> RequirementResult:
    rest = {"en": manual} if manual else {}
    return RequirementResult(name, {}, None, rules, "V", rest, answers=answers)


rule_sets = st.fixed_dictionaries(
    {
        name: st.builds(rule, st.just(name), verdicts, st.dictionaries(st.sampled_from(ZONES), verdicts))
        for name in NAMES
    }
)
requirements = st.builds(
    requirement,
    st.just("A 1"),
    st.lists(st.sampled_from(NAMES), unique=True).map(tuple),
    st.lists(st.builds(answer, answered, st.sampled_from(("", *ZONES)), st.sampled_from(AnswerState)), max_size=4).map(
        tuple
    ),
    st.sampled_from(("", "Ask.")),
)
frameworks = st.lists(requirements, max_size=6).map(
    lambda found: FrameworkResult(
        "f", {}, "1", tuple(dataclasses.replace(r, requirement=f"A {n}") for n, r in enumerate(found))
    )
)


@given(frameworks, rule_sets, st.lists(st.sampled_from(ZONES), unique=True), st.data())
def test_counts_sum_to_the_whole(
    framework: FrameworkResult, rules: dict[str, RuleResult], zones: list[str], data: st.DataObject
) -> None:
    applies = {r.requirement: [z for z in zones if data.draw(st.booleans())] for r in framework.requirements}
    placed_ = tuple(placed(r, rules, applies[r.requirement]) for r in framework.requirements)
    result = counted(dataclasses.replace(framework, requirements=placed_), zones)
    assert total(result.standings) == len(result.requirements)
    for one, number in rows(result.standings):
        assert number == sum(r.standing is one for r in result.requirements)
    assert [z.zone for z in result.zone_standings] == zones
    for zone in result.zone_standings:
        assert total(zone.standings) == sum(zone.zone in found for found in applies.values())
    for row in result.requirements:
        there = [zone for group in row.in_zones for zone in group.zones]
        assert sorted(there) == sorted(applies[row.requirement]), "each zone once"
    per_zone = [sum(n for s, n in rows(z.standings) if s is one) for one in Standing for z in result.zone_standings]
    assert sum(per_zone) == sum(len(g.zones) for r in result.requirements for g in r.in_zones)


@given(st.lists(verdicts), st.none() | answered, st.booleans(), st.booleans())
def test_people_never_override_what_fails(
    given_: list[Verdict], said: Answered | None, remains: bool, begun: bool
) -> None:
    stands, ends = standing(given_, said, remains=remains, begun=begun), conclusion(given_, said)
    if Verdict.FAIL in given_:
        assert stands is Standing.JUDGED
        assert ends in ("fail", "partial")
        assert not proven(given_, said, remains=remains)
    if Verdict.REVIEW in given_ and said is not Answered.NOT_MET:
        assert stands in (Standing.TO_CONFIRM, Standing.JUDGED)
        assert ends != "pass"
    if said is Answered.NOT_MET:
        assert ends in ("fail", "partial")
    if stands is Standing.ANSWERED:
        assert said is not None
    if proven(given_, said, remains=remains):
        assert ends in ("pass", "not-applicable")
        assert stands in (Standing.JUDGED, Standing.ANSWERED)


@given(st.lists(verdicts), st.lists(st.builds(answer, answered, st.sampled_from(("", *ZONES)))))
def test_an_answer_that_does_not_count_changes_nothing(given_: list[Verdict], answers: list[AnswerRow]) -> None:
    rules = {f"r{n}": rule(f"r{n}", v) for n, v in enumerate(given_)}
    idle = tuple(dataclasses.replace(a, state=AnswerState.EXPIRED) for a in answers)
    bare = placed(requirement("A 1", tuple(rules), (), "Ask."), rules, ZONES)
    assert placed(requirement("A 1", tuple(rules), idle, "Ask."), rules, ZONES) == dataclasses.replace(
        bare, answers=idle
    )


@pytest.mark.parametrize(
    ("given_", "said", "remains", "stands", "ends"),
    [
        ("", None, True, "open", "manual"),
        ("no-evidence", None, True, "open", "no-evidence"),
        ("pass", None, True, "partly-judged", "pass"),
        ("pass", None, False, "judged", "pass"),
        ("pass no-evidence", None, False, "partly-judged", "no-evidence"),
        ("pass fail", None, True, "judged", "partial"),
        ("pass review", None, True, "to-confirm", "partial"),
        ("review", "met", True, "to-confirm", "review"),
        ("review", "not-met", True, "answered", "fail"),
        ("fail", "met", True, "judged", "fail"),
        ("fail", "partly-met", True, "judged", "partial"),
        ("", "met", True, "answered", "pass"),
        ("no-evidence error", "met", True, "answered", "pass"),
        ("pass", "met", True, "answered", "pass"),
        ("pass", "not-met", True, "answered", "fail"),
        ("pass", "partly-met", True, "answered", "partial"),
        ("waived", "met", True, "answered", "waived"),
        ("not-applicable", "not-applicable", True, "answered", "not-applicable"),
    ],
)
def test_where_a_requirement_stands(given_: str, said: str | None, remains: bool, stands: str, ends: str) -> None:
    found, of_people = [Verdict(v) for v in given_.split()], Answered(said) if said else None
    assert (standing(found, of_people, remains=remains).value, conclusion(found, of_people)) == (stands, ends)


@pytest.mark.parametrize(
    ("whole", "by_zone", "says"),
    [
        (None, {"a": "met"}, None),
        (None, {"a": "met", "b": "met", "c": "met"}, "met"),
        (None, {"a": "met", "b": "not-applicable", "c": "met"}, "met"),
        (None, {"a": "met", "b": "partly-met", "c": "met"}, "partly-met"),
        ("met", {"b": "not-met"}, "not-met"),
        ("not-applicable", {}, "not-applicable"),
    ],
)
def test_what_answers_for_zones_say_of_the_plant(whole: str | None, by_zone: dict[str, str], says: str | None) -> None:
    found = of_plant(Answered(whole) if whole else None, {z: Answered(v) for z, v in by_zone.items()}, ZONES)
    assert found == (Answered(says) if says else None)


def test_a_zone_has_its_own_answer_before_that_of_the_plant() -> None:
    row = requirement("A 1", (), (answer(Answered.MET), answer(Answered.NOT_MET, "b")), "Ask.")
    groups = {zone: g.conclusion for g in placed(row, {}, ZONES).in_zones for zone in g.zones}
    assert groups == {"a": "pass", "b": "fail", "c": "pass"}


def test_some_zones_are_a_beginning() -> None:
    row = placed(requirement("A 1", (), (answer(Answered.MET, "a"),), "Ask."), {}, ZONES)
    assert (row.standing, row.conclusion) == (Standing.PARTLY_JUDGED, "manual")
    assert {g.standing: g.zones for g in row.in_zones} == {Standing.ANSWERED: ("a",), Standing.OPEN: ("b", "c")}


def test_an_answer_to_the_requirement_counts_before_one_to_its_base() -> None:
    answers = (answer(Answered.NOT_MET, of="7.1.1 a)"), answer(Answered.MET))
    assert placed(requirement("A 1", (), answers, "Ask."), {}, ()).conclusion == "pass"


def test_what_fails_in_one_zone_is_open_in_another_that_it_says_nothing_of() -> None:
    rules = {"r1": rule("r1", Verdict.FAIL, {"a": Verdict.FAIL, "b": Verdict.PASS})}
    row = placed(requirement("A 1", ("r1",), (), ""), rules, ZONES)
    stands = {zone: g.standing for g in row.in_zones for zone in g.zones}
    assert stands == {"a": Standing.JUDGED, "b": Standing.JUDGED, "c": Standing.OPEN}
