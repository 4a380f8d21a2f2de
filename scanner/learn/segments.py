"""Segments: devices that are in one network as far as the frames show. A zone is made of segments or cuts one up.

Devices are in one segment when they send in one VLAN of their own, or have addresses in one network and no VLAN tells
them apart, or talk to each other without a router between them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

import numpy as np
import polars as pl

from scanner.addresses import address_of
from scanner.learn.clusters import Ints, joined
from scanner.learn.conduct import LASTING, Conduct
from scanner.learn.seen import Participant, SeenTraffic

Network = tuple[int, int]  # version and number of a /24 or /64


def networks(node: Participant) -> list[Network]:
    """The networks of its addresses, IPv4 first."""
    return list(dict.fromkeys(address_of(ip).network for ip in node.addresses))


def segments(seen: SeenTraffic, members: Sequence[Participant], conduct: Conduct) -> Ints:
    """A segment number for each member: the smallest number of a member in it."""
    number = {node.id: n for n, node in enumerate(members)}
    pairs = [*_by_vlan(members), *_by_network(members)]
    found = _join(len(members), pairs)
    return _join(len(members), [*pairs, *_direct(seen, members, number, conduct, found)])


def _join(count: int, pairs: Iterable[tuple[int, int]]) -> Ints:
    a, b = np.array(list(pairs), dtype=np.int64).reshape(-1, 2).T
    return joined(count, a, b)


def _chains(places: Iterable[Sequence[int]]) -> Iterator[tuple[int, int]]:
    for place in places:
        yield from pairwise(place)


def _by_vlan(members: Sequence[Participant]) -> Iterator[tuple[int, int]]:
    places: defaultdict[int, list[int]] = defaultdict(list)
    for number, node in enumerate(members):
        if node.vlan > 0:
            places[node.vlan].append(number)
    return _chains(places.values())


def _by_network(members: Sequence[Participant]) -> Iterator[tuple[int, int]]:
    """Those of one network; those of one network and VLAN when it has several VLANs.

    A second network of a device (IPv6 beside IPv4) joins only those for whom the first is the same or missing.
    """
    known = [networks(node) for node in members]
    places: defaultdict[Network, list[int]] = defaultdict(list)
    for number, of_node in enumerate(known):
        for network in of_node[:1] + [n for n in of_node[1:] if n[0] == 6]:
            places[network].append(number)
    for network, found in places.items():
        others = {known[n][0] for n in found} - {network}
        numbers = found if len(others) < 2 else [n for n in found if known[n][0] == network]
        vlans = {members[n].vlan for n in numbers if members[n].vlan > 0}
        if len(vlans) < 2:
            yield from _chains([numbers])
        else:
            yield from _chains([[n for n in numbers if members[n].vlan == v] for v in (*sorted(vlans), -1)])


def _direct(
    seen: SeenTraffic, members: Sequence[Participant], number: dict[str, int], conduct: Conduct, found: Ints
) -> Iterator[tuple[int, int]]:
    """Lasting unicast frames from device to device: no router is between them, so neither is a boundary.

    One such pair is enough for a device without an IP address; whole networks need two pairs.
    """
    kept = pl.col("direct") & (pl.col("asked") > 0) & (pl.col("replied") > 0) & (pl.col("lasting") >= LASTING)
    rows = seen.relations.filter(kept).select("c", "s").unique(maintain_order=True)
    between: defaultdict[tuple[int, int], set[tuple[int, int]]] = defaultdict(set)
    for client, server in rows.iter_rows():
        if client in number and server in number and not {client, server} & conduct.strangers:
            a, b = number[client], number[server]
            low, high = sorted((int(found[a]), int(found[b])))
            if low != high and _may_join(members[a], members[b]):
                between[low, high].add((min(a, b), max(a, b)))
    for pairs in between.values():
        if len(pairs) > 1 or any(not members[a].addresses or not members[b].addresses for a, b in pairs):
            yield from pairs


def _may_join(left: Participant, right: Participant) -> bool:
    """Frames of two VLANs never meet without a router."""
    return left.vlan < 1 or right.vlan < 1 or left.vlan == right.vlan
