"""Zones with their ids, levels and members as a policy lists them: networks where all of one is in the zone, else
single addresses; VLANs of which the same is true; MAC addresses of devices that have no address to list.
"""

from __future__ import annotations

import ipaddress
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count

import numpy as np

from scanner.addresses import address_of
from scanner.learn.ground import Ground
from scanner.learn.levels import CONTROL, OUTER, SUPERVISION, listed_level
from scanner.learn.partition import Partition
from scanner.learn.seen import Participant
from scanner.vocabulary import LEVELS

_KINDS = {
    0.0: "field",
    1.0: "cell",
    2.0: "panels",
    3.0: "supervision",
    3.5: "dmz",
    4.0: "enterprise",
    5.0: "enterprise",
}
_MOST = 64  # characters of an id


@dataclass(frozen=True)
class Zone:
    """name: of the inventory, else empty. nodes: of its members, in order."""

    id: str
    name: str
    level: float
    subnets: tuple[str, ...]
    vlans: tuple[int, ...]
    macs: tuple[str, ...]
    nodes: tuple[Participant, ...]


def zones(ground: Ground, found: Partition, levels: Mapping[int, float]) -> tuple[Zone, ...]:
    """The zones in order of level, lowest first, and id."""
    tied = np.zeros(len(ground.members), dtype=bool)
    tied[ground.ties.a] = tied[ground.ties.b] = True
    by_number: defaultdict[int, list[int]] = defaultdict(list)
    for member, zone in enumerate(found.zone.tolist()):
        by_number[zone].append(member)
    kept = [members for members in by_number.values() if any(_real(ground.members[m], tied[m]) for m in members)]
    places = _Places.of(ground, kept, found)
    drafts = []
    for number, members in enumerate(kept):
        nodes = tuple(ground.members[m] for m in members)
        given = next((node.zone for node in nodes if node.zone), "")
        drafts.append((given, _level(ground, found, levels, members), nodes, *places.of_zone(number)))
    ids = _ids(drafts)
    made = [
        Zone(id_, given, level, subnets, vlans, macs, nodes)
        for id_, (given, level, nodes, subnets, vlans, macs) in zip(ids, drafts, strict=True)
        if subnets or vlans or macs
    ]
    return tuple(sorted(made, key=lambda zone: (zone.level, zone.id)))


def _real(node: Participant, tied: bool) -> bool:
    """More than a source address in a few frames that a router forwarded, or a sender of broadcasts only."""
    return tied or bool(node.zone) or bool(node.listed) or (bool(node.addresses) and bool(node.mac))


def _level(ground: Ground, found: Partition, levels: Mapping[int, float], members: Sequence[int]) -> float:
    chosen = np.zeros(len(ground.members), dtype=bool)
    chosen[members] = True
    listed = listed_level(ground, chosen)
    if listed is not None and listed in LEVELS:
        return float(listed)
    if (ground.control & chosen).any():
        return CONTROL
    cut = chosen & (ground.segment == found.flat)
    if cut.any():
        return CONTROL if (ground.panel & cut).all() else SUPERVISION
    here = [levels[int(s)] for s in ground.segment[members]]
    return max(here) if OUTER in here else min(here)


@dataclass(frozen=True)
class _Places:
    """Networks, VLANs and MAC addresses by zone number."""

    subnets: Mapping[int, list[str]]
    vlans: Mapping[int, list[int]]
    macs: Mapping[int, list[str]]

    @classmethod
    def of(cls, ground: Ground, kept: Sequence[Sequence[int]], found: Partition) -> _Places:
        zone_of = {member: number for number, members in enumerate(kept) for member in members}
        holders: defaultdict[tuple[int, int], set[int]] = defaultdict(set)
        in_vlan: defaultdict[int, set[int]] = defaultdict(set)
        for member, node in enumerate(ground.members):
            number = zone_of.get(member, -1)
            cut = ground.segment[member] == found.flat
            for ip in node.addresses:
                holders[address_of(ip).network].update((number, -1) if cut else (number,))
            if node.vlan > 0:
                in_vlan[node.vlan].add(number)
        subnets: defaultdict[int, set[str]] = defaultdict(set)
        macs: defaultdict[int, list[str]] = defaultdict(list)
        for member, number in zone_of.items():
            node = ground.members[member]
            for ip in node.addresses:
                whole = len(holders[address_of(ip).network]) == 1 and not address_of(ip).public
                subnets[number].add(_network(ip) if whole else ip)
            if not node.addresses and node.mac:
                macs[number].append(node.mac)
        vlans: defaultdict[int, list[int]] = defaultdict(list)
        for vlan, numbers in sorted(in_vlan.items()):
            if len(numbers) == 1 and -1 not in numbers:
                vlans[next(iter(numbers))].append(vlan)
        return cls(
            {n: sorted(s, key=_order) for n, s in subnets.items()}, vlans, {n: sorted(m) for n, m in macs.items()}
        )

    def of_zone(self, number: int) -> tuple[tuple[str, ...], tuple[int, ...], tuple[str, ...]]:
        return tuple(self.subnets.get(number, ())), tuple(self.vlans.get(number, ())), tuple(self.macs.get(number, ()))


def _network(ip: str) -> str:
    length = 24 if address_of(ip).version == 4 else 64
    return str(ipaddress.ip_network(f"{ip}/{length}", strict=False))


def _order(text: str) -> tuple[int, int, int]:
    network = ipaddress.ip_network(text)
    return network.version, int(network.network_address), network.prefixlen


def _ids(
    drafts: Sequence[tuple[str, float, tuple[Participant, ...], tuple[str, ...], tuple[int, ...], tuple[str, ...]]],
) -> list[str]:
    """Ids that say kind and place, and stay what they are when other zones are seen another time."""
    made: list[str] = []
    for given, level, _, subnets, vlans, macs in drafts:
        kind = _KINDS.get(level, "zone")
        place = subnets[0].split("/")[0] if subnets else f"vlan-{vlans[0]}" if vlans else macs[0] if macs else ""
        word = given or (f"{kind}-{place}" if level != OUTER else kind)
        word = re.sub(r"[^\w.-]+", "-", word).strip("-.")[: _MOST - 6] or f"{kind}-{len(made) + 1}"
        known = set(made)
        made.append(next(c for c in _numbered(word) if c not in known))
    return made


def _numbered(word: str) -> Iterator[str]:
    yield word
    yield from (f"{word}-{number}" for number in count(2))
