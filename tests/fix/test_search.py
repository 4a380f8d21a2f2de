"""Which edits are kept, when everything is judged again."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection

import pytest

from scanner.errors import DefinitionError, Problem
from scanner.fix.edits import TextEdit
from scanner.fix.proposals import ChosenFinding, NoEdit
from scanner.fix.search import MOST_EDITS, Fix, smallest
from scanner.results.model import Finding, Results, RuleResult, Severity, Status, Verdict
from scanner.wording import plain, said
from tests.report import sample

_RULE = next(rule for rule in sample.plant().rules if rule.findings)


def _finding(name: str, **subject: str) -> Finding:
    about = {"client": name, **subject}
    return Finding(name, Status.FAIL, Severity.HIGH, about, {"en": f"{name} {subject.get('item', '')}"}, ())


def _rule(name: str, *findings: Finding, verdict: Verdict | None = None) -> RuleResult:
    told = verdict or (Verdict.FAIL if findings else Verdict.PASS)
    return dataclasses.replace(_RULE, rule=name, verdict=told, findings=findings)


def _results(*rules: RuleResult) -> Results:
    return dataclasses.replace(sample.plant(), rules=rules, outside=(), reach=(), nursery=())


A, B, OTHER = _finding("a"), _finding("b"), _finding("other")
STAYS = _rule("s", OTHER)
BEFORE = _results(_rule("r", A, B), _rule("s", OTHER), _rule("t"))


def _edit(*findings: str, loosens: bool = False) -> TextEdit:
    return TextEdit("p.yaml", 0, 0, tuple(findings), frozenset(findings), loosens=loosens)


def _found(edits: list[TextEdit], after: dict[frozenset[str], Results]) -> Fix:
    def judge(made: Collection[TextEdit]) -> Results:
        return after[frozenset(line for edit in made for line in edit.added)]

    return smallest(BEFORE, [ChosenFinding("r", A), ChosenFinding("r", B)], edits, judge)


WITHOUT_A = _results(_rule("r", B), _rule("s", OTHER), _rule("t"))
WITHOUT_BOTH = _results(_rule("r"), _rule("s", OTHER), _rule("t"))


@pytest.mark.parametrize(
    ("after", "loosens", "why"),
    [
        (WITHOUT_A, False, ""),
        (WITHOUT_A, True, ""),
        (BEFORE, False, "it is there still"),
        (
            _results(_rule("r", B), _rule("s", OTHER), _rule("t", _finding("new"))),
            False,
            "it would make other findings: t",
        ),
        (
            _results(_rule("r", B), _rule("s", OTHER), _rule("t", verdict=Verdict.NO_EVIDENCE)),
            False,
            "less would be known of t",
        ),
        (_results(_rule("r", B), _rule("s"), _rule("t")), False, ""),
        (_results(_rule("r", B), _rule("s"), _rule("t")), True, "it would settle findings that were not chosen: s"),
    ],
)
def test_one_edit(after: Results, loosens: bool, why: str) -> None:
    found = _found([_edit("a", loosens=loosens)], {frozenset("a"): after})
    assert [plain(one.why) for one in found.refused] == ([why] if why else [])
    assert bool(found.edits) is not bool(why)


def test_an_edit_that_another_makes_needless_is_left_out() -> None:
    after = {frozenset("a"): WITHOUT_A, frozenset("ab"): WITHOUT_BOTH, frozenset("b"): WITHOUT_BOTH}
    found = _found([_edit("a"), _edit("b")], after)
    assert [edit.findings for edit in found.edits] == [frozenset("b")]
    assert not found.refused


def test_a_policy_that_would_be_wrong_is_none() -> None:
    def judge(_: Collection[TextEdit]) -> Results:
        raise DefinitionError(Problem("p.yaml", said("is a folder, not a file")))

    found = smallest(BEFORE, [ChosenFinding("r", A)], [_edit("a")], judge)
    assert [plain(one.why) for one in found.refused] == ["the policy would be wrong: is a folder, not a file"]


def test_entries_may_have_other_numbers_afterwards() -> None:
    first, second = (_finding(n, item=f"acl X entry {n}", device="sw") for n in "12")
    renamed = dataclasses.replace(second, id="1", subject=first.subject, message={"en": "2 acl X entry 1"})
    before = _results(_rule("acl", first, second))
    found = smallest(before, [ChosenFinding("acl", first)], [_edit("1")], lambda _: _results(_rule("acl", renamed)))
    assert len(found.edits) == 1


def test_of_very_many_edits_the_rest_is_refused() -> None:
    many = [_finding(f"f{n}") for n in range(MOST_EDITS + 2)]
    before = _results(_rule("r", *many))

    def judge(made: Collection[TextEdit]) -> Results:
        gone = {name for edit in made for name in edit.findings}
        return _results(_rule("r", *(one for one in many if one.id not in gone)))

    found = smallest(before, [ChosenFinding("r", one) for one in many], [_edit(one.id) for one in many], judge)
    assert (len(found.edits), len(found.refused)) == (MOST_EDITS, 2)


def test_entries_that_are_alike_go_one_by_one() -> None:
    twins = [_finding(n, item=f"acl X entry {n}", device="sw") for n in "23"]
    twins = [dataclasses.replace(one, message={"en": f"acl X entry {one.id} never matches"}) for one in twins]

    def judge(made: Collection[TextEdit]) -> Results:
        return _results(_rule("acl", *twins[len(made) :]))

    chosen = [ChosenFinding("acl", one) for one in twins]
    found = smallest(_results(_rule("acl", *twins)), chosen, [_edit("2"), _edit("3")], judge)
    assert (len(found.edits), len(found.refused), found.fixed) == (2, 0, 2)


@pytest.mark.parametrize(("after", "fixed"), [(WITHOUT_BOTH, 2), (WITHOUT_A, 1)])
def test_what_the_edit_of_another_settles_is_not_refused(after: Results, fixed: int) -> None:
    both = [ChosenFinding("r", A), ChosenFinding("r", B)]
    found = smallest(BEFORE, both, [_edit("a")], lambda _: after, [NoEdit(both[1], said("no edit"))])
    assert (len(found.edits), found.fixed, len(found.refused)) == (1, fixed, 2 - fixed)
