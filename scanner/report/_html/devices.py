"""The table of devices: who they are, who says so, and which findings name them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from scanner.report._html.anchors import Anchors
from scanner.report._html.limits import LIMITS
from scanner.report._order import Cut, active, cut
from scanner.report._words import cleaned, natural
from scanner.results.model import DeviceRow, Finding, IdentityRow, Results, Severity

_COLUMNS = ("name", "zone", "roles", "addresses", "identity", "protocols", "inventory", "findings", "packets")


@dataclass(frozen=True)
class Named:
    """A finding that names a device; its evidence is left out, since there may be hundreds of thousands."""

    rule: str
    finding: Finding
    severity: Severity


@dataclass(frozen=True)
class DeviceView:
    """A device, its address in the page, and the findings that name it."""

    device: DeviceRow
    anchor: str
    findings: Cut[Named]
    identities: Cut[IdentityRow]


def findings_of(results: Results) -> dict[str, list[Named]]:
    """By device id: every active finding that names it, inside the profile and outside, the most severe first.

    What names no device stands under the empty id.
    """
    named: dict[str, list[Named]] = defaultdict(list)
    for rule in (*results.rules, *results.outside):
        for finding in active(rule):
            entry = Named(rule.rule, replace(finding, evidence=(), devices=(), matches=()), finding.severity)
            for device in dict.fromkeys(finding.devices or ("",)):
                named[device].append(entry)
    for entries in named.values():
        entries.sort(key=lambda n: -n.severity.rank)
    return named


def table(devices: Iterable[DeviceRow], named: dict[str, list[Named]], anchors: Anchors) -> dict[str, Any]:
    """The variables of the table. ``devices`` are fit to show, ``named`` as ``findings_of`` gives it."""
    ranked = sorted(
        devices,
        key=lambda d: (
            d.level is None,
            -(d.level or 0),
            natural(d.zone),
            -len(named.get(d.device, ())),
            natural(d.name),
            d.device,
        ),
    )
    shown = cut(list({d.device: d for d in ranked}.values()), LIMITS.devices)
    views = [
        DeviceView(
            d,
            anchors.add("device", d.device),
            cut(_linked(named.get(d.device, []), anchors), LIMITS.device_findings),
            cut(d.identities, LIMITS.identities),
        )
        for d in shown.shown
    ]
    return {"devices": views, "devices_hidden": shown.hidden, "device_columns": _columns(ranked)}


def _linked(named: list[Named], anchors: Anchors) -> list[Named]:
    """Those with an address in the page first."""
    return sorted(named, key=lambda n: not anchors.of("finding", n.finding.id))


def _columns(devices: list[DeviceRow]) -> list[str]:
    """The columns that say anything here."""
    absent = set()
    if not any(d.zone for d in devices) and all(d.level is None for d in devices):
        absent.add("zone")
    if all(d.listed is None for d in devices):
        absent.add("inventory")
    return [c for c in _COLUMNS if c not in absent]


def fit(results: Results) -> list[DeviceRow]:
    """Every device with its texts made fit to show."""
    return [cleaned(d) for d in results.devices]
