"""Which findings name which device. All of them pass by once, on the way to the digest of the results, and are noted
there: to make those of a large plant takes longer than everything else on the page.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from scanner.report._order import active
from scanner.report._words import cleaned
from scanner.results.model import Finding, Results, RuleResult, Severity, Status
from scanner.results.rows import AT_ONCE, Lazy

_SUBJECTS = ("zone", "client_zone", "server_zone")  # of findings, that name a zone


@dataclass(frozen=True)
class Named:
    """A finding that names a device.

    place: where it is among those of its rule. zones: that its subject names.
    """

    rule: str
    place: int
    status: Status
    severity: Severity
    zones: tuple[str, ...]
    findings: Sequence[Finding]

    @property
    def key(self) -> tuple[str, int]:
        """Of no other finding."""
        return self.rule, self.place

    @cached_property
    def finding(self) -> Finding:
        """The finding itself, fit to show, without its evidence."""
        return cleaned(_brief(self.findings[self.place]))


class Notes:
    """What is looked at of every active finding, inside the profile and outside.

    results: those given; whoever goes through their findings notes them.
    """

    def __init__(self, given: Results) -> None:
        self._rules = [_OfRule(rule) for rule in (*given.rules, *given.outside)]
        noting = [rule.noting() for rule in self._rules]
        inside = len(given.rules)
        self.results = replace(given, rules=tuple(noting[:inside]), outside=tuple(noting[inside:]))

    def by_device(self) -> dict[str, list[Named]]:
        """By device id the findings that name it, the most severe first; what names no device is under the empty id."""
        named: dict[str, list[Named]] = defaultdict(list)
        for rule in self._rules:
            for entry, devices in rule.all():
                for device in devices:
                    named[device].append(entry)
        for entries in named.values():
            entries.sort(key=lambda n: -n.severity.rank)
        return named


class _OfRule:
    """The findings of a rule. Where they are few, what is shown of them is kept; others are made anew for it."""

    def __init__(self, rule: RuleResult) -> None:
        self._rule, self._findings = rule, active(rule)
        self._noted: dict[int, tuple[Named, tuple[str, ...]]] = {}
        self._briefs: dict[int, Finding] = {}
        self._shown = self._findings
        if isinstance(self._findings, Lazy) and len(self._findings) <= AT_ONCE:
            self._shown = Lazy(len(self._findings), lambda *places: map(self._briefs.__getitem__, range(*places)))

    def noting(self) -> RuleResult:
        """The rule, whose findings are noted when they are made."""
        findings = self._rule.findings
        if not isinstance(findings, Lazy):
            return self._rule

        def part(start: int, stop: int) -> Iterator[Finding]:
            for place, finding in enumerate(findings[start:stop], start):
                if place < len(self._findings):
                    self._note(place, finding)
                yield finding

        return replace(self._rule, findings=Lazy(len(findings), part))

    def all(self) -> Iterator[tuple[Named, tuple[str, ...]]]:
        """Each active finding and the devices that it names."""
        if len(self._noted) < len(self._findings):
            for place, finding in enumerate(self._findings):
                self._note(place, finding)
        return map(self._noted.__getitem__, range(len(self._findings)))

    def _note(self, place: int, finding: Finding) -> None:
        if self._shown is not self._findings:
            self._briefs[place] = _brief(finding)
        zones = tuple(cleaned(zone) for key in _SUBJECTS if (zone := finding.subject.get(key)))
        entry = Named(cleaned(self._rule.rule), place, finding.status, finding.severity, zones, self._shown)
        self._noted[place] = entry, tuple(dict.fromkeys(map(cleaned, finding.devices or ("",))))


def _brief(finding: Finding) -> Finding:
    return replace(finding, evidence=(), devices=(), matches=())
