"""The table of devices: who they are, who says so, and which findings name them."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from scanner.report._html.anchors import Anchors
from scanner.report._html.limits import LIMITS
from scanner.report._html.named import Named, Place
from scanner.report._order import Cut, Foremost, cut
from scanner.report._words import cleaned, natural
from scanner.results.model import DeviceRow, IdentityRow, Results
from scanner.results.rows import mapped

_COLUMNS = ("name", "zone", "roles", "addresses", "identity", "protocols", "inventory", "findings", "packets")


@dataclass(frozen=True)
class DeviceView:
    """A device, its address in the page, and the findings that name it."""

    device: DeviceRow
    anchor: str
    findings: Cut[Named]
    identities: Cut[IdentityRow]


def table(
    devices: Iterable[DeviceRow], named: dict[str, list[Named]], places: Container[Place], anchors: Anchors
) -> dict[str, Any]:
    """The variables of the table. ``devices`` are fit to show, ``named``: the findings of each, ``places``: those with
    an address in the page.
    """

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
            cut(_linked(named.get(d.device, []), places), LIMITS.device_findings),
            cut(d.identities, LIMITS.identities),
        )
        for d in shown.shown
    ]
    columns = [c for c in _COLUMNS if c in present or c not in _OPTIONAL]
    return {"devices": views, "devices_hidden": shown.hidden, "device_columns": columns}


def _linked(named: list[Named], places: Container[Place]) -> list[Named]:
    """Those with an address in the page first."""
    return sorted(named, key=lambda n: n.key not in places)


_OPTIONAL = ("zone", "inventory")


def _filled(device: DeviceRow) -> set[str]:
    """The optional columns that say anything here."""
    zone = {"zone"} if device.zone or device.level is not None else set()
    return zone if device.listed is None else zone | {"inventory"}


def fit(results: Results) -> Sequence[DeviceRow]:
    """Every device with its texts made fit to show."""
    return mapped(results.devices, cleaned)
