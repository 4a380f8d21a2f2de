"""Which findings name which device. Those of a large plant are so many that only what is shown of them is made."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache

from scanner.report._order import active
from scanner.report._words import cleaned
from scanner.results.model import Finding, RuleResult, Severity, Status
from scanner.results.rows import glances

_SUBJECTS = ("zone", "client_zone", "server_zone")  # of findings, that name a zone
Place = tuple[str, int]  # a rule, and which of its findings


@dataclass(frozen=True, slots=True)
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
    def key(self) -> Place:
        """Of no other finding."""
        return self.rule, self.place

    @property
    def finding(self) -> Finding:
        """The finding itself, fit to show, without its evidence. It is made for it."""
        return cleaned(replace(self.findings[self.place], evidence=(), devices=(), matches=()))


def by_device(rules: Iterable[RuleResult]) -> dict[str, list[Named]]:
    """By device id the findings that name it and are not waived, the most severe first; those that name no device are
    under the empty id.
    """
    named: dict[str, list[Named]] = defaultdict(list)
    fit = cache(cleaned)
    for rule in rules:
        name, findings = cleaned(rule.rule), active(rule)
        for place, outline in enumerate(glances(findings)):
            zones = tuple(fit(zone) for key in _SUBJECTS if (zone := outline.subject.get(key)))
            entry = Named(name, place, outline.status, outline.severity, zones, findings)
            for device in dict.fromkeys(map(fit, outline.devices or ("",))):
                named[device].append(entry)
    for entries in named.values():
        entries.sort(key=lambda n: -n.severity.rank)
    return named
