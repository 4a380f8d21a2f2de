"""Results beside earlier ones: what of their findings is new, and what has become of the others.

A finding is the same when rule, subject and values are (``scanner.results.values``); lines that moved, times and counts
say nothing. Whatever cannot be told is new: a finding is known only when every value of it was there.
"""

from __future__ import annotations

import hashlib
import uuid
from collections import ChainMap, Counter
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import PurePath
from typing import Any

from scanner.places import file_and_sheet
from scanner.results.baseline import AbsentRow, Baseline, BaselineState, VerdictChange
from scanner.results.model import Finding, InputRecord, Results, RuleResult, Severity, Status, Verdict
from scanner.results.rows import mapped, picked
from scanner.results.values import identity, values_of

PARTS = ("rules", "outside", "nursery", "reach")
COUNTING = ("rules", "outside")  # those that make the exit status
UNDECIDED = (Verdict.NO_EVIDENCE, Verdict.ERROR)
_WORSE = {Status.WAIVED: 0, Status.REVIEW: 1, Status.FAIL: 2}
Key = tuple[str, str, Status]  # rule, identity, status
States = Mapping[Key, BaselineState]


@dataclass
class Known:
    """What was found of one subject of a rule with one status. A waiver each makes a finding of its own."""

    rank: int = 0  # of the gravest severity
    values: Counter[Hashable] = field(default_factory=Counter)

    def add(self, found: Finding) -> None:
        """One more finding of the subject."""
        self.rank = max(self.rank, found.severity.rank)
        self.values += values_of(found)


def key_of(rule: RuleResult, found: Finding) -> Key:
    """By what it is found again. Rows that say the same share one."""
    return rule.rule, identity(found), found.status


def known(results: Results) -> dict[Key, Known]:
    """Everything that was found."""
    made: dict[Key, Known] = {}
    for rule in rules_of(results):
        for found in rule.findings:
            made.setdefault(key_of(rule, found), Known()).add(found)
    return made


def rules_of(results: Results, parts: Iterable[str] = PARTS) -> Iterator[RuleResult]:
    """The rules of these parts of the results."""
    for part in parts:
        yield from getattr(results, part)


def states(before: Mapping[Key, Known], after: Mapping[Key, Known]) -> dict[Key, BaselineState]:
    """Of everything that is found now, how it stands to what was found before."""
    return {key: _state(key, now, before) for key, now in after.items()}


def _state(key: Key, now: Known, before: Mapping[Key, Known]) -> BaselineState:
    rule, subject, status = key
    was = before.get(key)
    if was is None:
        graver = [s for s in Status if _WORSE[s] > _WORSE[status] and (rule, subject, s) in before]
        if not graver:
            return BaselineState.NEW
        if status is Status.WAIVED:
            return BaselineState.UPDATED
        was = before[rule, subject, graver[0]]
        return BaselineState.NEW if now.values - was.values else BaselineState.UPDATED
    if now.values - was.values or now.rank > was.rank:
        return BaselineState.NEW
    return BaselineState.UNCHANGED if now == was else BaselineState.UPDATED


def compared(results: Results, before: Results, source: str, sha256: str) -> Results:
    """The results, every finding with its state, and what is to be told of the earlier ones."""
    then, now = known(before), known(results)
    told = states(then, now)
    marked: dict[str, Any] = {part: tuple(_marked(rule, told) for rule in getattr(results, part)) for part in PARTS}
    counts = Counter(
        told[key_of(rule, found)]
        for rule in rules_of(results, COUNTING)
        for found in rule.findings
        if found.status is not Status.WAIVED
    )
    baseline = Baseline(
        source=source,
        sha256=sha256,
        guid=guid(before),
        started=before.run.started,
        version=before.run.version,
        profile=before.profile,
        new=counts[BaselineState.NEW],
        unchanged=counts[BaselineState.UNCHANGED],
        updated=counts[BaselineState.UPDATED],
    )
    return replace(
        results,
        baseline=baseline,
        absent=tuple(absent(before, results, now.keys())),
        verdict_changes=tuple(verdict_changes(before, results)),
        **marked,
    )


def _marked(rule: RuleResult, told: States) -> RuleResult:
    """The rule with the state of each finding; of those with one status, what is new comes first."""

    def mark(found: Finding) -> Finding:
        return replace(found, baseline_state=told[key_of(rule, found)])

    if not len(rule.findings):
        return rule
    statuses = list(Status)
    rank = [(statuses.index(f.status), told[key_of(rule, f)] is not BaselineState.NEW) for f in rule.findings]
    order = sorted(range(len(rank)), key=rank.__getitem__)
    return replace(rule, findings=mapped(picked(rule.findings, order), mark))


def absent(before: Results, after: Results, there: Collection[Key]) -> Iterator[AbsentRow]:
    """The findings that failed or waited for a person, and are there no longer with any status."""
    subjects = {(rule, subject) for rule, subject, _ in there}
    judged = {rule.rule: rule.verdict for rule in rules_of(after)}
    files = InputFiles(before.inputs), InputFiles(after.inputs)
    for rule in rules_of(before, COUNTING):
        for found in rule.findings:
            if found.status is not Status.WAIVED and key_of(rule, found)[:2] not in subjects:
                verdict = judged.get(rule.rule)
                again = verdict is not None and verdict not in UNDECIDED and looked_at(found, *files)
                yield _absent(rule, found, judged=again)


def _absent(rule: RuleResult, found: Finding, *, judged: bool) -> AbsentRow:
    first = found.evidence[0] if len(found.evidence) else None
    return AbsentRow(
        id=found.id,
        rule=rule.rule,
        title=rule.title,
        severity=found.severity.value,
        status=found.status.value,
        subject=found.subject,
        message=found.message,
        source=first.source if first else "",
        line=first.line_start if first else 0,
        judged=judged,
    )


class InputFiles:
    """The inputs of results, by where they lie."""

    def __init__(self, inputs: Iterable[InputRecord]) -> None:
        self._by_source = {record.source: record for record in inputs}
        self._by_tail: dict[tuple[str, ...], InputRecord | None] = {}  # None: of several
        for record in self._by_source.values():
            for tail in _tails(record.source):
                self._by_tail[tail] = None if tail in self._by_tail else record

    def like(self, source: str) -> InputRecord | None:
        """The one with this name in the most folders with the same names; None when there is none, or several are."""
        return next((self._by_tail[tail] for tail in _tails(source) if tail in self._by_tail), None)

    def same(self, source: str, others: InputFiles) -> InputRecord | None:
        """The one that a file of others is: where they lie may have changed, and many devices may name a file alike."""
        file, _ = file_and_sheet(source, ChainMap(self._by_source, others._by_source))
        found = self.like(file)
        own = others._by_source.get(file)
        return found if found and (own is None or others.like(found.source) is own) else None


def _tails(source: str) -> Iterator[tuple[str, ...]]:
    """The whole path, then without its first folder, and so on to the name."""
    parts = PurePath(source).parts
    return (parts[n:] for n in range(len(parts)))


def looked_at(found: Finding, before: InputFiles, after: InputFiles) -> bool:
    """Every file in which it stood was read whole. Recordings are new each time, and are not asked for by name."""
    records = (after.same(e.source, before) for e in found.evidence if e.line_start)
    return all(record is not None and record.complete for record in records)


def verdict_changes(before: Results, after: Results) -> Iterator[VerdictChange]:
    """The rules whose verdict is another one, those first that lost what they had passed by.

    Rules outside of the profile are told only while they fail: that they come and go is what findings say.
    """
    old, new = ({rule.rule: rule for rule in rules_of(results)} for results in (before, after))
    titles = {r.rule: r.title for results in (before, after) for r in rules_of(results, ("rules", "reach"))}
    changes = []
    for name, title in titles.items():
        was, now = (rules[name].verdict if name in rules else None for rules in (old, new))
        if was is not now:
            lost = was is Verdict.PASS and (now is None or now in UNDECIDED)
            changes.append(VerdictChange(name, title, was.value if was else "", now.value if now else "", lost))
    yield from sorted(changes, key=lambda c: (not c.lost, c.rule))


def is_new(found: Finding, statuses: Collection[Status] = (Status.FAIL, Status.REVIEW)) -> bool:
    """It was compared, was not there, and has one of the statuses: by default, nobody has accepted it."""
    return found.status in statuses and found.baseline_state is BaselineState.NEW


def newly_failing(results: Results, at_least: Severity, statuses: Collection[Status]) -> list[RuleResult]:
    """The rules that count, at or above the severity, of which something is new that has one of the statuses."""
    return [
        rule
        for rule in rules_of(results, COUNTING)
        if rule.severity.rank >= at_least.rank and any(is_new(found, statuses) for found in rule.findings)
    ]


def guid(results: Results) -> str:
    """A name for the run, the same whenever it is asked for: of when it began, and on what."""
    inputs = ",".join(f"{record.source}={record.sha256}" for record in results.inputs)
    text = f"otaudit\n{results.run.started}\n{results.run.version}\n{results.profile}\n{inputs}"
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    return str(uuid.UUID(digest[:32], version=4))
