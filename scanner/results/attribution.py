"""Why results differ from earlier ones: because of the plant, the evidence, the rules, a waiver or the policy.

Nothing is guessed: what two of them may have caused is incomparable, and the reason says what would tell. ``again`` is
what the rules of the later results say of the facts of the earlier ones: what it has and they have not, the rules have
caused. ``under_old`` is what the earlier rules say of the later facts.
"""

from __future__ import annotations

import enum
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from scanner.results.baseline import BaselineState, VerdictChange
from scanner.results.comparing import (
    UNDECIDED,
    InputFiles,
    Key,
    Known,
    key_of,
    known,
    rules_of,
    states,
    verdict_changes,
)
from scanner.results.model import Evidence, Finding, InputRecord, Results, RuleResult, Status, Verdict
from scanner.wording import Said, said


class ChangeCause(enum.StrEnum):
    """What a difference comes from."""

    PLANT = "plant"
    EVIDENCE = "evidence"
    RULES = "rules"
    WAIVER = "waiver"
    POLICY = "policy"
    INCOMPARABLE = "incomparable"


class Turn(enum.StrEnum):
    """What became of a finding, or of the verdict of a rule."""

    NEW = "new"
    GONE = "gone"
    LESS = "less"
    WAIVED = "waived"
    VERDICT = "verdict"


@dataclass(frozen=True)
class Attributed:
    """One difference, what made it, and how that is known. ``finding``: None where a verdict changed without one."""

    turn: Turn
    origin: ChangeCause
    why: Said
    rule: RuleResult
    finding: Finding | None = None
    verdict: VerdictChange | None = None


@dataclass
class _Side:
    """One of the results, by what is looked up in it."""

    results: Results
    known: Mapping[Key, Known] = field(init=False)
    rules: dict[str, RuleResult] = field(init=False)
    findings: defaultdict[Key, list[tuple[RuleResult, Finding]]] = field(init=False)
    files: InputFiles = field(init=False)

    def __post_init__(self) -> None:
        self.known = known(self.results)
        self.rules = {rule.rule: rule for rule in rules_of(self.results)}
        self.findings = defaultdict(list)
        for rule in rules_of(self.results):
            for found in rule.findings:
                self.findings[key_of(rule, found)].append((rule, found))
        self.files = InputFiles(self.results.inputs)

    def has(self, rule: str, subject: str) -> bool:
        """With any status."""
        return any((rule, subject, status) in self.known for status in Status)

    def digests(self, *kinds: str) -> set[str]:
        """Of its inputs of these kinds."""
        return {record.sha256 for record in self.results.inputs if record.kind in kinds}


@dataclass
class Attribution:
    """Earlier and later results, and what is known of both by judging again."""

    before: _Side
    after: _Side
    again: _Side | None = None
    under_old: _Side | None = None

    @classmethod
    def of(
        cls, before: Results, after: Results, again: Results | None = None, under_old: Results | None = None
    ) -> Attribution:
        """The comparison of whole results."""
        others = (_Side(results) if results else None for results in (again, under_old))
        return cls(_Side(before), _Side(after), *others)

    def differences(self) -> Iterator[Attributed]:
        """Every difference once: findings, then verdicts that changed without any."""
        touched = set()
        for found in (*self._appeared(), *self._left()):
            touched.add(found.rule.rule)
            yield found
        for change in verdict_changes(self.before.results, self.after.results):
            if change.rule not in touched:
                rule = self.after.rules.get(change.rule) or self.before.rules[change.rule]
                yield Attributed(Turn.VERDICT, *self._verdict(change), rule, verdict=change)

    def _appeared(self) -> Iterator[Attributed]:
        for key, state in states(self.before.known, self.after.known).items():
            waived = key[2] is Status.WAIVED
            for rule, found in self.after.findings[key]:
                if state is BaselineState.NEW and not waived:
                    yield Attributed(Turn.NEW, *self._why_new(key, found), rule, found)
                elif state is BaselineState.UPDATED:
                    why = (ChangeCause.WAIVER, said("accepted since")) if waived else self._why_less(key, found)
                    yield Attributed(Turn.WAIVED if waived else Turn.LESS, *why, rule, found)

    def _left(self) -> Iterator[Attributed]:
        for key, gone in self.before.findings.items():
            name, subject, status = key
            if status is not Status.WAIVED and not self.after.has(name, subject):
                for rule, found in gone:
                    yield Attributed(Turn.GONE, *self._why_gone(key, found), rule, found)

    # --- why ----------------------------------------------------------------------------------------------------------

    def _why_new(self, key: Key, found: Finding) -> tuple[ChangeCause, Said]:
        name, subject, status = key
        if (name, subject, Status.WAIVED) in self.before.known and status is not Status.WAIVED:
            return ChangeCause.WAIVER, said("a waiver covered it before")
        if name not in self.before.rules and not self._was_silent(name):
            return ChangeCause.RULES, said("the rule was not judged before")
        if self.again and states(self.before.known, self.again.known).get(key) is BaselineState.NEW:
            return ChangeCause.RULES, said("the present rules say it of the earlier facts, too")
        if self.under_old and key not in self.under_old.known:
            told = ChangeCause.INCOMPARABLE, said("only the present rules say it, and only of the present facts")
            return self._not_only_facts(found) or told
        other = _Other(self._then, self.before.rules.get(name), said("the file was not examined before"))
        return self._not_only_facts(found) or other.why(found)

    def _why_less(self, key: Key, found: Finding) -> tuple[ChangeCause, Said]:
        """By where it stood before, which may be in more places."""
        stood = self.before.findings.get(key)
        return self._why_gone(key, stood[0][1] if stood else found)

    def _why_gone(self, key: Key, found: Finding) -> tuple[ChangeCause, Said]:
        name, subject, _ = key
        if name not in self.after.rules and name in {rule.rule for rule in self.before.results.rules}:
            return ChangeCause.RULES, said("the rule is no longer judged")
        if self.again and not self.again.has(name, subject):
            return ChangeCause.RULES, said("the present rules no longer say it of the earlier facts")
        if self.under_old and self.under_old.has(name, subject) and not self.after.has(name, subject):
            told = ChangeCause.INCOMPARABLE, said("the earlier rules would still say it of the present facts")
            return self._not_only_facts(found) or told
        other = _Other(self._now, self.after.rules.get(name), said("the file was not examined this time"))
        return self._not_only_facts(found) or other.why(found)

    def _was_silent(self, name: str) -> bool:
        """A rule outside of the profile is told only while it fails, so nobody can say whether it was there."""
        same = self.before.results.basis.rules == self.after.results.basis.rules
        return same and name in {rule.rule for rule in self.after.results.outside}

    def _not_only_facts(self, found: Finding) -> tuple[ChangeCause, Said] | None:
        """What else changed beside the facts, so that they cannot be blamed alone."""
        then, now = self.before.results.basis, self.after.results.basis
        lines = [e for e in found.evidence if e.line_start]
        if lines and all(self._same_file(e) for e in lines):
            if not self._same_policy():
                return ChangeCause.POLICY, said("the file is the same, and the policy or the inventory is another")
            return ChangeCause.RULES, said("the file is the same")
        if lines and any(self._kind(e) == "policy" for e in lines):
            return ChangeCause.POLICY, said("the policy says something else")
        judged = ("rules", "profile", "own", "limits")
        if self.again is None and any(getattr(then, name) != getattr(now, name) for name in judged):
            what = said("the rules are others, too: give the saved facts of the earlier scan to tell")
            return ChangeCause.INCOMPARABLE, what
        if not lines and not self._same_policy():
            return ChangeCause.INCOMPARABLE, said("the policy or the inventory is another, too")
        return None

    def _same_policy(self) -> bool:
        kinds = ("policy", "inventory", "answers")
        return self.before.digests(*kinds) == self.after.digests(*kinds)

    def _then(self, source: str) -> InputRecord | None:
        """The earlier file that this is."""
        return self.before.files.same(source, self.after.files)

    def _now(self, source: str) -> InputRecord | None:
        """The later file that this is."""
        return self.after.files.same(source, self.before.files)

    def _same_file(self, evidence: Evidence) -> bool:
        then, now = self._then(evidence.source), self._now(evidence.source)
        return bool(then and now and then.sha256 and then.sha256 == now.sha256)

    def _kind(self, evidence: Evidence) -> str:
        record = self._now(evidence.source) or self._then(evidence.source)
        return record.kind if record else ""

    def _verdict(self, change: VerdictChange) -> tuple[ChangeCause, Said]:
        if not change.before or not change.after:
            return ChangeCause.RULES, said("the rule is judged in one of them only")
        if self.again and change.rule in self.again.rules and self.again.rules[change.rule].verdict == change.after:
            return ChangeCause.RULES, said("the present rules say it of the earlier facts, too")
        then, now = self.before.results.basis, self.after.results.basis
        if self.again is None and (then.rules, then.profile, then.own) != (now.rules, now.profile, now.own):
            what = said("the rules are others, too: give the saved facts of the earlier scan to tell")
            return ChangeCause.INCOMPARABLE, what
        cause, why = _of_change(change)
        return (cause, why) if cause is not ChangeCause.PLANT else self._other_files(change) or (cause, why)

    def _other_files(self, change: VerdictChange) -> tuple[ChangeCause, Said] | None:
        """Files that the rule is about were examined one of the times only."""
        for side, other, missing in (
            (self.before, self._now, said("the file was not examined this time")),
            (self.after, self._then, said("the file was not examined before")),
        ):
            rule = side.rules.get(change.rule)
            records = (other(file) for row in (rule.by_file if rule else ()) for file in row.files)
            if any(record is None or not record.complete for record in records):
                return ChangeCause.EVIDENCE, missing
        return None


def _of_change(change: VerdictChange) -> tuple[ChangeCause, Said]:
    """By the verdicts alone, of the same rules."""
    if change.after in UNDECIDED:
        return ChangeCause.EVIDENCE, said("there is too little evidence this time")
    if change.before in UNDECIDED:
        return ChangeCause.EVIDENCE, said("there was too little evidence before")
    if Verdict.WAIVED in (change.before, change.after):
        return ChangeCause.WAIVER, said("a waiver came or went")
    return ChangeCause.PLANT, said("both were judged")


@dataclass(frozen=True)
class _Other:
    """The side on which a finding is not there: its files, the rule there, and what a missing file means."""

    file: Callable[[str], InputRecord | None]
    rule: RuleResult | None
    missing: Said

    def why(self, found: Finding) -> tuple[ChangeCause, Said]:
        """Why it is not there, when the rules are the same."""
        lines = [e for e in found.evidence if e.line_start]
        return self._of_files(lines) if lines else _of_verdict(self.rule, found)

    def _of_files(self, lines: list[Evidence]) -> tuple[ChangeCause, Said]:
        """What its files say: not examined, or other content."""
        records = [self.file(e.source) for e in lines]
        if any(record is None or not record.complete for record in records):
            return ChangeCause.EVIDENCE, self.missing
        return ChangeCause.PLANT, said("the file was changed")


def _of_verdict(rule: RuleResult | None, found: Finding) -> tuple[ChangeCause, Said]:
    """Whether the other side would have shown what passes on the wire: it is believed where the rule passed."""
    if rule is None:
        return ChangeCause.INCOMPARABLE, said("the other results do not say whether it was judged")
    by_device = {device: row.verdict for row in rule.by_device for device in row.devices}
    of_devices = {by_device[device] for device in found.devices if device in by_device}
    if rule.verdict in (Verdict.PASS, Verdict.NOT_APPLICABLE) or of_devices == {Verdict.PASS}:
        return ChangeCause.PLANT, said("the other recordings would have shown it")
    if rule.verdict in UNDECIDED or of_devices & set(UNDECIDED):
        return ChangeCause.EVIDENCE, said("the other recordings show too little")
    return ChangeCause.INCOMPARABLE, said("it is not known whether the other recordings would have shown it")
