"""A view of each zone: its devices, what is wrong in it, who talks to it, and what was seen there."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from scanner.report._html.anchors import Anchors
from scanner.report._html.devices import Named
from scanner.report._html.limits import LIMITS
from scanner.report._html.traffic import Cell, Traffic
from scanner.report._order import Cut, cut
from scanner.report._words import natural, printable
from scanner.results.model import CommandRow, DeviceRow, Results, Status, ZoneRow

_SUBJECTS = ("zone", "client_zone", "server_zone")  # of findings, that name a zone


@dataclass(frozen=True)
class Partner:
    """Traffic with another zone, one way."""

    zone: str
    cell: Cell


@dataclass(frozen=True)
class ZoneView:
    """One zone, its address in the page, and everything known of it."""

    row: ZoneRow
    anchor: str
    devices: Cut[DeviceRow]
    roles: tuple[tuple[str, int], ...]
    unseen: int  # devices that are only listed
    failing: int  # findings
    review: int
    findings: Cut[Named]
    inbound: Cut[Partner]
    outbound: Cut[Partner]
    protocols: tuple[str, ...]  # that its devices serve
    changes: tuple[tuple[str, int], ...]  # requests that change a device of the zone, by verb

    @property
    def quiet(self) -> bool:
        """Nothing in it fails or must be confirmed."""
        return not (self.failing or self.review)


def zones(
    results: Results,
    devices: Sequence[DeviceRow],
    named: dict[str, list[Named]],
    flows: Traffic,
    commands: Iterable[CommandRow],
    anchors: Anchors,
) -> list[ZoneView]:
    """Views by level from the top, then by name. ``devices`` and ``named`` are fit to show, ``commands`` need not be."""
    members: dict[str, list[DeviceRow]] = defaultdict(list)
    for device in devices:
        members[device.zone].append(device)
    changes: dict[str, Counter[str]] = defaultdict(Counter)
    for command in commands:
        if command.changes:
            changes[printable(command.server.zone)][command.verb] += command.count
    partners = _partners(flows)
    about = _subjects(named)
    order = sorted(results.zones, key=lambda z: (z.level is None, -(z.level or 0), natural(z.name or z.zone), z.zone))
    return [
        _view(row, members[row.zone], named, about[row.zone], partners, changes[row.zone], anchors)
        for row in {z.zone: z for z in order}.values()
    ]


def _view(
    row: ZoneRow,
    devices: list[DeviceRow],
    named: dict[str, list[Named]],
    about: list[Named],
    partners: dict[tuple[str, str], list[Partner]],
    changes: Counter[str],
    anchors: Anchors,
) -> ZoneView:
    found = {n.finding.id: n for d in devices for n in named.get(d.device, ())} | {n.finding.id: n for n in about}
    ranked = sorted(found.values(), key=lambda n: (n.finding.status is not Status.FAIL, -n.severity.rank, n.rule))
    busiest = sorted(devices, key=lambda d: (-len(named.get(d.device, ())), natural(d.name)))
    return ZoneView(
        row=row,
        anchor=anchors.add("zone", row.zone),
        devices=cut(busiest, LIMITS.zone_devices),
        roles=tuple(Counter(role for d in devices for role in d.roles).most_common()),
        unseen=sum(not d.seen for d in devices),
        failing=sum(n.finding.status is Status.FAIL for n in ranked),
        review=sum(n.finding.status is Status.REVIEW for n in ranked),
        findings=cut(ranked, LIMITS.zone_findings),
        inbound=cut(partners.get(("in", row.zone), []), LIMITS.zone_partners),
        outbound=cut(partners.get(("out", row.zone), []), LIMITS.zone_partners),
        protocols=tuple(sorted({p for d in devices for p in d.serves})),
        changes=tuple(changes.most_common()),
    )


def _subjects(named: dict[str, list[Named]]) -> dict[str, list[Named]]:
    """Findings by the zones that their subjects name."""
    about: dict[str, dict[str, Named]] = defaultdict(dict)
    for entries in named.values():
        for entry in entries:
            for key in _SUBJECTS:
                if zone := entry.finding.subject.get(key):
                    about[zone][entry.finding.id] = entry
    return defaultdict(list, {zone: list(entries.values()) for zone, entries in about.items()})


def _partners(flows: Traffic) -> dict[tuple[str, str], list[Partner]]:
    """By direction and zone, what is forbidden first."""
    partners: dict[tuple[str, str], list[Partner]] = defaultdict(list)
    for source, target in flows.cells:
        cell = flows.cell(source, target)
        if source != target and cell:
            partners["out", source].append(Partner(target, cell))
            partners["in", target].append(Partner(source, cell))
    for found in partners.values():
        found.sort(key=lambda p: (-p.cell.forbidden, -p.cell.connections, natural(p.zone)))
    return partners
