"""The table of devices: who they are, who says so, and which findings name them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from scanner.report._html.anchors import Anchors
from scanner.report._html.limits import LIMITS
from scanner.report._order import Cut, Foremost, active, cut
from scanner.report._words import cleaned, natural
from scanner.results.model import DeviceRow, Finding, IdentityRow, Results, Severity, Status
from scanner.results.rows import AT_ONCE, mapped

_COLUMNS = ("name", "zone", "roles", "addresses", "identity", "protocols", "inventory", "findings", "packets")
_SUBJECTS = ("zone", "client_zone", "server_zone")  # of findings, that name a zone


@dataclass(frozen=True)
class Named:
    """A finding that names a device. It is made anew when it is shown, since there may be hundreds of thousands.

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
        """The finding itself, without its evidence."""
        return replace(self.findings[self.place], evidence=(), devices=(), matches=())


@dataclass(frozen=True)
class DeviceView:
    """A device, its address in the page, and the findings that name it."""

    device: DeviceRow
    anchor: str
    findings: Cut[Named]
    identities: Cut[IdentityRow]


def findings_of(results: Results, given: Results) -> dict[str, list[Named]]:
    """By device id: every active finding that names it, inside the profile and outside, the most severe first.

    What names no device stands under the empty id. given: the results before they were made fit to show, which is
    done here for what is looked at of each finding, and not for its evidence.
    """
    named: dict[str, list[Named]] = defaultdict(list)
    for rule, as_given in zip((*results.rules, *results.outside), (*given.rules, *given.outside), strict=True):
        shown, findings = active(rule), active(as_given)
        if len(shown) <= AT_ONCE:
            shown = findings = tuple(shown)
        for place, finding in enumerate(findings):
            zones = tuple(cleaned(zone) for key in _SUBJECTS if (zone := finding.subject.get(key)))
            entry = Named(rule.rule, place, finding.status, finding.severity, zones, shown)
            for device in dict.fromkeys(finding.devices or ("",)):
                named[cleaned(device)].append(entry)
    for entries in named.values():
        entries.sort(key=lambda n: -n.severity.rank)
    return named


def table(devices: Iterable[DeviceRow], named: dict[str, list[Named]], anchors: Anchors) -> dict[str, Any]:
    """The variables of the table. ``devices`` are fit to show, ``named`` as ``findings_of`` gives it."""

    def rank(d: DeviceRow) -> tuple[Any, ...]:
        findings = len(named.get(d.device, ()))
        return d.level is None, -(d.level or 0), natural(d.zone), -findings, natural(d.name), d.device

    ranked = Foremost(LIMITS.devices, rank)
    present, ids = set[str](), set[str]()
    for device in devices:
        present |= _filled(device)
        if device.device not in ids:
            ids.add(device.device)
            ranked.add(device)
    shown = ranked.cut()
    views = [
        DeviceView(
            d,
            anchors.add("device", d.device),
            cut(_linked(named.get(d.device, []), anchors), LIMITS.device_findings),
            cut(d.identities, LIMITS.identities),
        )
        for d in shown.shown
    ]
    columns = [c for c in _COLUMNS if c in present or c not in _OPTIONAL]
    return {"devices": views, "devices_hidden": shown.hidden, "device_columns": columns}


def _linked(named: list[Named], anchors: Anchors) -> list[Named]:
    """Those with an address in the page first."""
    return sorted(named, key=lambda n: not anchors.of("finding", n.finding.id))


_OPTIONAL = ("zone", "inventory")


def _filled(device: DeviceRow) -> set[str]:
    """The optional columns that say anything here."""
    zone = {"zone"} if device.zone or device.level is not None else set()
    return zone if device.listed is None else zone | {"inventory"}


def fit(results: Results) -> Sequence[DeviceRow]:
    """Every device with its texts made fit to show."""
    return mapped(results.devices, cleaned)
