"""IP addresses that somebody claims as his own (ARP, neighbour advertisement), and which of them two have at once.

An address that moves is claimed by one after the other: a new lease, a replaced device, a redundant pair. Two that have
it at once take turns; somebody who forges ARP claims it for moments while its owner goes on using it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from scanner.addresses import address_of
from scanner.assets.binding import Host, HostIndex, Sighting
from scanner.assets.surroundings import virtual_router

_MOVES = 2  # contested claims that a move and the move back explain
_MOMENT = 5_000_000_000  # ns that a claim lasts which is no move, when others use the address before and after
_FRAMES = 5
Segment = tuple[str, int | None]  # first capture, VLAN


class Holder(NamedTuple):
    """A MAC address that used an IP address in a segment; its sightings."""

    mac: str
    rows: Sequence[Sighting]

    @property
    def first(self) -> int:
        """Nanoseconds since 1970 UTC; 0 when no packet had a time."""
        return min((r.first_time for r in self.rows if r.first_time is not None), default=0)

    @property
    def last(self) -> int:
        """As ``first``."""
        return max((r.last_time for r in self.rows if r.last_time is not None), default=0)

    @property
    def claims(self) -> int:
        """How often it said that the address is its own."""
        return sum(r.claims or 0 for r in self.rows)

    @property
    def contested(self) -> int:
        """How often while others used it."""
        return sum(r.contested or 0 for r in self.rows)

    @property
    def proves(self) -> bool:
        """It claimed the address."""
        return any(r.proof == "arp" for r in self.rows)

    @property
    def uses(self) -> bool:
        """It sent more from the address than claims."""
        return any(r.claims is None or (r.packets or 0) > r.claims for r in self.rows)


def addresses(
    sightings: Iterable[Sighting],
    hosts: HostIndex,
    names: Callable[[str], str],
    shared: Callable[[str, set[str]], bool],
) -> list[dict[str, Any]]:
    """Rows of the facts table addresses.

    names: of a device id. shared: the inventory gives an IP address to several, among whom are all these MAC addresses.
    """
    rows = [r for r in sightings if r.mac and r.ip and (r.mac in hosts.of_mac or r.mac in hosts.by_id)]
    segment = _segments(rows)
    found: defaultdict[tuple[Segment, str], defaultdict[str, list[Sighting]]] = defaultdict(lambda: defaultdict(list))
    claimed = {(segment[r.capture, r.vlan], r.ip) for r in rows if r.proof == "arp"}
    for row in rows:
        key = segment[row.capture, row.vlan], row.ip
        if key in claimed:
            found[key][row.mac].append(row)
    return [_row(ip, by_mac, hosts, names, shared) for (_, ip), by_mac in sorted(found.items(), key=_order)]


def _order(item: tuple[tuple[Segment, str], Any]) -> tuple[int, int, str, int]:
    (segment, ip), _ = item
    address = address_of(ip)
    return address.version, address.number, segment[0], segment[1] or 0


def _segments(rows: Iterable[Sighting]) -> dict[Segment, Segment]:
    """Captures that show one MAC address in one VLAN show one segment."""
    above: dict[Segment, Segment] = {}

    def top(one: Segment) -> Segment:
        while above.get(one, one) != one:
            one = above[one]
        return one

    first: dict[tuple[str, int | None], Segment] = {}
    for row in rows:
        place = row.capture, row.vlan
        above.setdefault(place, place)
        one, other = sorted((top(first.setdefault((row.mac, row.vlan), place)), top(place)))
        above[other] = one
    return {place: top(place) for place in above}


def _row(
    ip: str,
    by_mac: Mapping[str, list[Sighting]],
    hosts: HostIndex,
    names: Callable[[str], str],
    shared: Callable[[str, set[str]], bool],
) -> dict[str, Any]:
    holders = list(_holders(ip, [Holder(mac, rows) for mac, rows in sorted(by_mac.items())], hosts))
    at_once = len({_device(hosts, h.mac) for h in holders}) > 1 and _at_once(holders)
    if at_once is not False and shared(ip, {h.mac for h in holders}):
        at_once = False
    rows = [r for h in holders for r in h.rows]
    capture = next((r.capture for r in rows if r.contested), rows[0].capture)
    frames = {f for r in rows if r.capture == capture for f in (r.first_frame, r.contested_frame) if f}
    devices = list(dict.fromkeys(_device(hosts, h.mac) for h in holders))
    version = address_of(ip).version
    return {
        "capture": capture,
        "vlan": rows[0].vlan,
        "ip": ip,
        "claimants": [h.mac for h in holders],
        "devices": devices,
        "names": [names(device) for device in devices],
        "claims": sum(h.claims for h in holders),
        "at_once": at_once,
        "first_time": min(h.first for h in holders) or None,
        "last_time": max(h.last for h in holders) or None,
        "frames": sorted(frames)[:_FRAMES],
        "filter": f"arp.src.proto_ipv4 == {ip}" if version == 4 else f"icmpv6.nd.na.target_address == {ip}",
    }


def _device(hosts: HostIndex, mac: str) -> str:
    host = hosts.by_id[hosts.owner(mac)]
    return host.part_of or host.id


def _holders(ip: str, holders: Sequence[Holder], hosts: HostIndex) -> Iterator[Holder]:
    """Those who have the address themselves: who claim it, and who use it while the claimants do nothing but claim."""
    only_claimed = not any(h.proves and h.uses for h in holders)
    claiming = [h for h in holders if h.proves]
    for holder in holders:
        host = hosts.by_id[hosts.owner(holder.mac)]
        if holder.proves:
            if len(claiming) == 1 or not answers_for_others(ip, host, hosts):
                yield holder
        elif ip in host.ips or (only_claimed and not host.virtual and _sends_from_one_network(host)):
            yield holder


def answers_for_others(ip: str, host: Host, hosts: HostIndex) -> bool:
    """A virtual router, or a router that answers for an address of another network than its own (proxy ARP)."""
    if virtual_router(host.mac):
        return True
    if not host.relayed:
        return False
    own = {address_of(o).network for o in host.ips if o != ip and hosts.owners.get(o, [host.id])[0] == host.id}
    return bool(own) and address_of(ip).network not in own


def _sends_from_one_network(host: Host) -> bool:
    """It is no router, as far as its addresses say."""
    return len({address_of(row.ip).network for row in host.rows if row.ip and not address_of(row.ip).link_local}) == 1


def _at_once(holders: Sequence[Holder]) -> bool | None:
    """They took turns more often than moves explain, or one claimed it for a moment in the midst of another's use.

    None: it came back from one that never used it, which may have forged ARP for a while.
    """
    contested = sum(h.contested for h in holders)
    if contested > _MOVES:
        return True
    if held_for_a_moment(holders):
        return True
    return None if contested == _MOVES and not all(h.uses for h in holders) else False


def held_for_a_moment(holders: Sequence[Holder]) -> bool:
    """One contested the address for a moment, and another used it before and after."""
    used_until = before = 0  # latest use by those who began before this one; the latest of those who began with it
    began: int | None = None
    for first, last, contested in sorted((h.first, h.last, h.contested) for h in holders):
        if first != began:
            used_until, began = max(used_until, before), first
        before = max(before, last)
        if contested and last - first < _MOMENT and last < used_until:
            return True
    return False
