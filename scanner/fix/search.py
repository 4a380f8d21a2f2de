"""Which of the proposed edits are kept: the fewest that do it, and none that breaks anything.

Everything is judged again with the edits made, by the same rules; what is shown is what that says.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from scanner.errors import DefinitionError
from scanner.fix.edits import TextEdit
from scanner.fix.proposals import ChosenFinding, NoEdit
from scanner.results.comparing import PARTS, rules_of
from scanner.results.model import Finding, Results, Status, Verdict
from scanner.results.values import identity
from scanner.wording import Said, said

MOST_EDITS = 40  # that are tried; each is judged by itself
_MOST_NAMED = 5
_RANK = {
    verdict: rank
    for rank, verdict in enumerate(
        (
            Verdict.PASS,
            Verdict.NOT_APPLICABLE,
            Verdict.WAIVED,
            Verdict.NO_EVIDENCE,
            Verdict.REVIEW,
            Verdict.ERROR,
            Verdict.FAIL,
        )
    )
}
_LEFT = said("it is there still")
_TOO_MANY = said("more than {most} edits would have to be tried; choose fewer findings", most=MOST_EDITS)
_ENTRY = re.compile(r"\bentry \S+")
_Key = tuple[str, str, str, str]  # rule, status, and two of the subject
Judge = Callable[[Collection[TextEdit]], Results]


@dataclass(frozen=True)
class Fix:
    """edits: in the order of files and lines. refused: chosen findings that stay, and why. fixed: how many are gone."""

    edits: tuple[TextEdit, ...]
    refused: tuple[NoEdit, ...]
    fixed: int


def smallest(
    before: Results,
    chosen: Sequence[ChosenFinding],
    edits: Iterable[TextEdit],
    judge: Judge,
    without_edit: Iterable[NoEdit] = (),
) -> Fix:
    """The edits to make. judge: the results with some edits made; DefinitionError where a policy is wrong then.

    without_edit: chosen findings for which there is none; those that the edits of others settle are not refused.
    """
    own = {one.finding.id: one for one in chosen}
    trial = _Trial(before, {name: _key(one.rule, one.finding) for name, one in own.items()})
    refused: list[NoEdit] = []
    kept: list[TextEdit] = []
    for number, edit in enumerate(edits):
        if number >= MOST_EDITS:
            why: Said | None = _TOO_MANY
        else:
            why = trial.wrong(judge, (*kept, edit), loosens=edit.loosens)
        if why:
            refused += [NoEdit(own[name], why) for name in sorted(edit.findings)]
        else:
            kept.append(edit)
    for edit in list(kept):
        rest = [one for one in kept if one is not edit]
        if rest and not trial.wrong(judge, rest, _fixed(kept)):
            kept = rest  # the others do it alone
    kept.sort(key=lambda one: (one.source, one.after, one.added))
    beside = list(without_edit)
    if kept and beside:
        now = _findings(judge(kept))
        beside = [one for one in beside if _key(one.chosen.rule, one.chosen.finding) in now]
    fixed = len(own) - len({one.chosen.finding.id for one in (*beside, *refused)})
    return Fix(tuple(kept), (*beside, *refused), fixed)


def _fixed(edits: Iterable[TextEdit]) -> set[str]:
    return {name for edit in edits for name in edit.findings}


@dataclass(frozen=True)
class _Trial:
    """Results without an edit, and by what the chosen findings are found again."""

    before: Results
    keys: Mapping[str, _Key]

    def wrong(
        self, judge: Judge, edits: Collection[TextEdit], wanted: Iterable[str] = (), *, loosens: bool = False
    ) -> Said | None:
        """Why edits are not good enough for what they are made for, and is wanted beside; None: they are.

        What allows something must settle nothing but what was chosen: nobody asked for the rest to be allowed.
        """
        try:
            after = judge(edits)
        except DefinitionError as error:
            return said("the policy would be wrong: {what}", what=error.problems[0].what)
        was, now = _findings(self.before), _findings(after)
        gone = Counter(self.keys[name] for name in {*wanted, *_fixed(edits)})
        if any(now[key] > was[key] - count for key, count in gone.items()):  # entries that are alike have one key
            return _LEFT
        if fresh := {rule for rule, *_ in now - was}:
            return said("it would make other findings: {rules}", rules=_named(fresh))
        if worse := set(_worse(self.before, after)):
            return said("less would be known of {rules}", rules=_named(worse))
        others = {rule for rule, *_ in was - now - Counter(self.keys.values())}
        if loosens and others:
            return said("it would settle findings that were not chosen: {rules}", rules=_named(others))
        return None


def _named(rules: Iterable[str]) -> str:
    found = sorted(rules)
    more = len(found) - _MOST_NAMED
    return ", ".join(found[:_MOST_NAMED]) + (", ..." if more > 0 else "")


def _key(rule: str, found: Finding) -> _Key:
    """By what a finding is found again. Entries of a list have other numbers once one of them is gone."""
    if _ENTRY.search(found.subject.get("item", "")) or "entry" in found.subject:
        about = found.subject.get("device", ""), _ENTRY.sub("entry", found.message.get("en", ""))
    else:
        about = identity(found), ""
    return rule, found.status.value, *about


def _findings(results: Results) -> Counter[_Key]:
    """Everything that fails or waits, and how often."""
    return Counter(
        _key(rule.rule, found)
        for rule in rules_of(results)
        for found in rule.findings
        if found.status is not Status.WAIVED
    )


def _worse(before: Results, after: Results) -> Iterator[str]:
    """Rules whose verdict is worse than before."""
    was = {rule.rule: rule.verdict for rule in rules_of(before, PARTS)}
    for rule in rules_of(after, PARTS):
        if rule.rule in was and _RANK[rule.verdict] > _RANK[was[rule.rule]]:
            yield rule.rule
