"""Answers of people beside the verdicts of rules: which count, which are refused, and what they change."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from scanner.engine.definitions.profiles import Profile, Selector
from scanner.engine.judge import judge
from scanner.errors import DefinitionError
from scanner.facts.frames import Facts, frame
from scanner.facts.schema import TABLES
from scanner.provenance import Provenance
from scanner.results.answers import AnswerState, Standing
from scanner.results.model import FrameworkResult, RequirementResult, Results
from scanner.results.standing import total
from tests.engine.engine_cases import FRAMEWORKS, TODAY, capture, rule

NOBODY = Profile("test", {}, {}, ("iec-62443-3-3",), Selector())
ZONE = {"source": "policy.yaml", "line": 3, "zone": "cell", "name": "Cell", "level": 1.0, "sl_t": 1}
ZONES = [ZONE | {"subnets": ["10.0.1.0/24"]}, ZONE | {"zone": "office", "level": 4.0, "subnets": ["10.0.0.0/24"]}]
WRITE = {"capture": "c0ffee", "client": "10.0.0.5", "server": "10.0.1.5", "transport": "tcp", "server_port": 502,
         "protocol": "modbus", "industrial": True, "verb": "write", "count": 3, "accepted": 3}  # fmt: skip


def row(**columns: Any) -> dict[str, Any]:
    usual = {"source": "answers.yaml", "line": 5, "places": [5, 16, 6, 18, 5, 5], "framework": "iec-62443-3-3"}
    said = {"requirement": "SR 1.5", "verdict": "met", "answered_by": "J. Meier", "answered_on": "2026-04-01"}
    return usual | said | columns


def judged_with(*answers: dict[str, Any], failing: bool = False, profile: Profile = NOBODY, **rows: Any) -> Results:
    rows |= {"answers": list(answers), "captures": [capture()], "operations": [WRITE] if failing else []}
    rows.setdefault("zones", ZONES if failing else [])
    facts = Facts(
        tables={name: frame(TABLES[name], found) for name, found in rows.items()},
        inputs=(Provenance("plant.pcap", "capture", 1, "ab", True), Provenance("policy.yaml", "policy", 1, "cd")),
    )
    return judge(facts, [rule()], profile, list(FRAMEWORKS.values()), today=TODAY)


def framework(results: Results, name: str = "iec-62443-3-3") -> FrameworkResult:
    return next(f for f in results.frameworks if f.framework == name)


def requirement(results: Results, name: str = "SR 1.5") -> RequirementResult:
    return next(r for f in results.frameworks for r in f.requirements if r.requirement == name)


def state(results: Results, name: str = "SR 1.5") -> AnswerState:
    (answer,) = requirement(results, name).answers
    return answer.state


def problems(*answers: dict[str, Any], **rows: Any) -> list[str]:
    with pytest.raises(DefinitionError) as caught:
        judged_with(*answers, **rows)
    return [str(problem) for problem in caught.value.problems]


def test_an_answer_stands_beside_the_verdicts() -> None:
    results = judged_with(row(remark="Reviewed."))
    found = requirement(results)
    assert (found.standing, found.conclusion, found.verdict) == (Standing.ANSWERED, "pass", None)
    assert found.answers[0].remark == "Reviewed."
    counts = framework(results).standings
    assert counts.answered == 1
    assert total(counts) == len(framework(results).requirements) == 100
    assert results.problems == ()


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ({"until": "2026-05-01"}, "counts"),
        ({"until": "2026-04-30"}, "expired"),
        ({"answered_on": "2026-05-02"}, "not-yet"),
        ({"evidence_state": "differs"}, "evidence-differs"),
        ({"evidence_state": "absent"}, "counts"),
        ({"zone": "cell"}, "zone-unknown"),
    ],
)
def test_which_answers_count_today(columns: dict[str, Any], expected: str) -> None:
    results = judged_with(row(**columns))
    assert state(results) == expected
    assert (requirement(results).standing is Standing.ANSWERED) is (expected == "counts")
    told = [p.what["en"] for p in results.problems]
    assert bool(told) is (expected != "counts" or "evidence_state" in columns)


def test_what_was_seen_is_never_overridden_and_the_contradiction_is_told() -> None:
    results = judged_with(row(requirement="SR 2.1"), failing=True)
    found = requirement(results, "SR 2.1")
    assert (found.standing, found.conclusion) == (Standing.JUDGED, "fail")
    assert state(results, "SR 2.1") is AnswerState.CONTRADICTED
    (told,) = results.problems
    assert "what was seen contradicts it (rule writes-are-allowed)" in told.what["en"]
    assert state(judged_with(row(requirement="SR 2.1", verdict="not-met"), failing=True), "SR 2.1") == "counts"


def test_a_rule_outside_the_profile_contradicts_too() -> None:
    outside = replace(NOBODY, select=Selector(ids=("another",)))
    results = judged_with(row(requirement="SR 2.1"), failing=True, profile=outside)
    assert state(results, "SR 2.1") is AnswerState.CONTRADICTED
    assert requirement(results, "SR 2.1").standing is Standing.OPEN


def test_what_there_is_not_is_an_error_with_its_place_and_the_nearest_word() -> None:
    (told,) = problems(row(framework="iec-62443-33"))
    assert told.startswith("answers.yaml: line 5, column 16: answer about unknown framework 'iec-62443-33'; did you")
    assert problems(row(requirement="SR 1.55")) == [
        "answers.yaml: line 6, column 18: iec-62443-3-3 has no requirement 'SR 1.55'; did you mean 'SR 1.5'?"
    ]
    assert problems(row(zone="sell"), zones=[ZONE]) == [
        "answers.yaml: line 5, column 5: the policy has no zone 'sell'; did you mean 'cell'?"
    ]


def test_two_answers_to_one_question_are_an_error_that_names_both() -> None:
    (told,) = problems(row(), row(source="more.yaml", line=9, verdict="not-met"))
    assert told == (
        "more.yaml: line 9: SR 1.5 of iec-62443-3-3 is answered twice: also in answers.yaml, line 5; "
        "remove one, or end the older one with until"
    )


def test_an_answer_follows_one_that_expired() -> None:
    old = row(until="2026-03-31", answered_on="2025-04-01", verdict="not-met")
    results = judged_with(old, row(line=9))
    assert [a.state for a in requirement(results).answers] == ["expired", "counts"]
    assert results.problems == (), "nobody need answer again"


def test_an_answer_may_be_about_a_zone() -> None:
    other = ZONE | {"zone": "sup"}
    results = judged_with(row(zone="cell"), zones=[ZONE, other])
    found = requirement(results)
    assert {zone: g.standing for g in found.in_zones for zone in g.zones} == {"cell": "answered", "sup": "open"}
    by_zone = {z.zone: z.standings.answered for z in framework(results).zone_standings}
    assert by_zone == {"cell": 1, "sup": 0}
    at_level_1 = [r for r in framework(results).requirements if r.level == "SL 1"]
    assert {total(z.standings) for z in framework(results).zone_standings} == {len(at_level_1)}, "SL-T is 1"


def test_an_answer_about_the_base_counts_in_the_overlay() -> None:
    profile = replace(NOBODY, frameworks=("gb-t-22239-2019-l2",))
    answer = row(framework="gb-t-22239-2019-l3", requirement="8.1.4.9 a)", verdict="partly-met")
    results = judged_with(answer, profile=profile)
    found = requirement(results, "7.1.4.8 a)")
    assert (found.standing, found.conclusion, found.answers[0].of) == (Standing.ANSWERED, "partial", "8.1.4.9 a)")
    assert results.problems == ()


def test_an_answer_that_no_report_shows_is_told() -> None:
    results = judged_with(row(framework="nis2", requirement="Art. 21(2)(a)"))
    (told,) = results.problems
    assert told.what["en"] == "1 answer is about nis2, which the profile does not show"


def test_an_answer_beyond_the_level_of_the_profile_is_told() -> None:
    first = replace(NOBODY, select=Selector(controls={"iec-62443-3-3": "SL 1"}))
    results = judged_with(row(), row(requirement="SR 1.5 RE 1", line=9), profile=first)
    (told,) = results.problems
    assert told.what["en"] == "1 answer is about requirements of iec-62443-3-3 beyond the level of the profile"
    assert {r.level for r in framework(results).requirements} == {"SL 1"}
    assert total(framework(results).standings) == len(framework(results).requirements)


def test_security_levels_are_proven_by_answers_alone() -> None:
    first = [r for r in FRAMEWORKS["iec-62443-3-3"].requirements.values() if r.level == "SL 1"]
    data = [r for r in first if r.id.startswith("SR 4.")]
    answers = [row(requirement=r.id, line=n) for n, r in enumerate(data, 5)]
    zones = [ZONE | {"sl_t": 1}]

    def level(*given: dict[str, Any]) -> tuple[int, int, int, int]:
        (shown,) = judged_with(*given, zones=zones).zones
        found = next(r for r in shown.levels if r.code == "DC")
        return found.at_least, found.at_most, found.settled, len(found.open)

    assert level() == (0, 4, 0, len(data))
    assert level(*answers) == (1, 4, len(data), 0)
    assert level(*answers[:-1], answers[-1] | {"verdict": "partly-met"}) == (0, 0, len(data) - 1, 0)
    assert level(*answers[:-1]) == (0, 4, len(data) - 1, 1)


def test_a_question_that_nobody_answered_changes_nothing() -> None:
    assert judged_with().frameworks == judged_with(row(verdict="")).frameworks
