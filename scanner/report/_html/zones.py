"""A view of each zone: its devices, what is wrong in it, who talks to it, and what was seen there."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from scanner.report._html.anchors import Anchors
from scanner.report._html.limits import LIMITS
from scanner.report._html.named import Named
from scanner.report._html.traffic import Cell, Traffic
from scanner.report._order import Cut, cut
from scanner.report._words import natural, printable
from scanner.results.model import CommandRow, DeviceRow, Results, Status, Verdict, ZoneRow

Key = tuple[str, int]  # of a finding: its rule and its place there


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
    families: dict[str, dict[str, int]]  # family of rules -> verdict -> how many of its rules say so of the zone

    @property
    def quiet(self) -> bool:
        """Nothing in it fails or must be confirmed."""
        return not (self.failing or self.review)


@dataclass(frozen=True)
class Observed:
    """What the views draw on. Devices, findings (by device) and traffic are fit to show, commands need not be."""

    devices: Sequence[DeviceRow]
    named: dict[str, list[Named]]
    flows: Traffic
    commands: Iterable[CommandRow]


def zones(results: Results, observed: Observed, anchors: Anchors) -> list[ZoneView]:
    """Views by level from the top, then by name."""
    order = sorted(results.zones, key=lambda z: (z.level is None, -(z.level or 0), natural(z.name or z.zone), z.zone))
    rows = {z.zone: z for z in order}.values()
    members: dict[str, list[DeviceRow]] = defaultdict(list)
    for device in observed.devices:
        members[device.zone].append(device)
    changes: dict[str, Counter[str]] = defaultdict(Counter)
    for command in observed.commands:
        if command.changes:
            changes[printable(command.server.zone)][printable(command.verb)] += command.count
    about = _subjects(observed.named)
    by_family = _families(results)
    found = {row.zone: _findings(members[row.zone], observed.named, about[row.zone]) for row in rows}
    partners = _partners(observed.flows)
    return [
        ZoneView(
            row=row,
            anchor=anchors.add("zone", row.zone),
            devices=cut(_busiest(members[row.zone], observed.named), LIMITS.zone_devices),
            roles=tuple(Counter(role for d in members[row.zone] for role in d.roles).most_common()),
            unseen=sum(not d.seen for d in members[row.zone]),
            failing=sum(n.status is Status.FAIL for n in found[row.zone]),
            review=sum(n.status is Status.REVIEW for n in found[row.zone]),
            findings=cut(found[row.zone], LIMITS.zone_findings),
            inbound=cut(partners.get(("in", row.zone), []), LIMITS.zone_partners),
            outbound=cut(partners.get(("out", row.zone), []), LIMITS.zone_partners),
            protocols=tuple(sorted({p for d in members[row.zone] for p in d.serves})),
            changes=tuple(changes[row.zone].most_common()),
            families=by_family[row.zone],
        )
        for row in rows
    ]


def families(results: Results) -> list[str]:
    """Families of rules that say something of zones."""
    return sorted({rule.family for rule in results.rules if rule.by_zone})


def _families(results: Results) -> dict[str, dict[str, dict[str, int]]]:
    """Zone -> family -> verdict -> rules; what does not apply is left out."""
    found: dict[str, dict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    for rule in results.rules:
        for said in rule.by_zone:
            if said.verdict is not Verdict.NOT_APPLICABLE:
                found[said.zone][rule.family][said.verdict.value] += 1
    order = [v.value for v in Verdict]
    return defaultdict(
        dict,
        {zone: {family: {v: n[v] for v in order if n[v]} for family, n in by.items()} for zone, by in found.items()},
    )


def _busiest(devices: list[DeviceRow], named: dict[str, list[Named]]) -> list[DeviceRow]:
    """Those with the most findings first."""
    return sorted(devices, key=lambda d: (-len(named.get(d.device, ())), natural(d.name)))


def _findings(devices: list[DeviceRow], named: dict[str, list[Named]], about: dict[Key, Named]) -> list[Named]:
    """Those that name a device of the zone or the zone itself, what fails first."""
    found = {n.key: n for d in devices for n in named.get(d.device, ())} | about
    return sorted(found.values(), key=lambda n: (n.status is not Status.FAIL, -n.severity.rank, n.rule))


def _subjects(named: dict[str, list[Named]]) -> dict[str, dict[Key, Named]]:
    """Findings by the zones that their subjects name."""
    about: dict[str, dict[Key, Named]] = defaultdict(dict)
    for entries in named.values():
        for entry in entries:
            for zone in entry.zones:
                about[zone][entry.key] = entry
    return about


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
