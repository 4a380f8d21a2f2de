"""Which MAC addresses, and addresses behind routers, are one device: the components of a graph.

Its nodes are what ``scanner.assets.binding`` found: a MAC address with its IP addresses, or an IP address without one.
An edge says that two of them are one device, and who says so:

- an inventory row that lists several addresses, or a device's own configuration. These make them one device: what is
  known of one address holds for all. A row is one device, so two rows of a list are never merged, and an address that
  several of them list merges nothing. Lists that repeat each other (copies, the old one and the new) are as one;
- the wire: LLDP of a port names its chassis, a virtual router's MAC address says hello from a router's address. Anyone
  can send that. Such a node is shown as *part of* the device and stays somebody of its own in everything else: it has
  no other name, zone, role or inventory row than its own (docs/decisions/0002).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import polars as pl

from scanner.addresses import is_group_mac
from scanner.assets.binding import Host, HostIndex, address_order
from scanner.assets.configured import Configured
from scanner.assets.surroundings import Surroundings, virtual_router
from scanner.assets.tables import Tables

Row = Mapping[str, Any]

_PORTS = 64  # MAC addresses above a chassis' that can be its ports'
_LOCAL_GROUPS = (  # where a port's own MAC address sends to: never a device's process data or commands
    "01:80:c2:00:00:",  # LLDP, STP, MRP and PTP path delays (802.1Q, table 8-1)
    "01:15:4e:",  # MRP, IEC 62439-2
    "01:0e:cf:00:04:",  # PTCP, IEC 61158-6-10
    "01:0e:cf:00:05:",
    "01:00:0c:cc:cc:c",  # CDP, PVST+
)


class Listed(NamedTuple):
    """Addresses that a source with authority says are one device's. key: of the source and the place."""

    key: tuple[str, int]
    macs: Sequence[str]
    ips: Sequence[str]
    vlans: Sequence[int]
    inventory: bool


def by_configurations(own: Iterable[Configured], tables: Tables) -> list[Listed]:
    """What configurations say of their own devices and of others. An interface address that a table binds to a MAC
    address tells that it is the device's.
    """
    left = {mac: ips for mac, ips in tables.ips_by_mac().items() if not virtual_router(mac)}
    found = []
    for device in own:
        macs = dict.fromkeys(mac for ip in device.ips if (mac := tables.macs.get(ip, "")) in left)
        ips = dict.fromkeys((*device.ips, *(ip for mac in macs for ip in left.pop(mac))))
        found.append(Listed((device.source, 0), tuple(macs), tuple(ips), (), False))
    return [*found, *(Listed((f"mac {mac}", 0), (mac,), tuple(ips), (), False) for mac, ips in left.items())]


def by_inventory(rows: Sequence[Row], together: Iterable[Iterable[int]]) -> list[Listed]:
    """What inventories say. together: rows by number by which several of them list one device."""
    return [_together([rows[number] for number in group]) for group in together]


def _together(group: Sequence[Row]) -> Listed:
    macs, ips = (tuple(dict.fromkeys(a for row in group for a in row[name])) for name in ("macs", "ips"))
    vlans = {vlan for row in group for vlan in row["vlans"]} if all(row["vlans"] for row in group) else ()
    return Listed((group[0]["source"], group[0]["row"] or 0), macs, ips, tuple(vlans), True)


class _Book:
    """Who lists an address."""

    def __init__(self, listed: Iterable[Listed]) -> None:
        self.rows = sorted(set(map(_frozen, listed)), key=lambda r: (not r.inventory, r.key, r.macs, r.ips))
        self.by_mac: defaultdict[str, list[Listed]] = defaultdict(list)
        self.by_ip: defaultdict[str, list[Listed]] = defaultdict(list)
        for row in self.rows:
            for mac in row.macs:
                self.by_mac[mac].append(row)
            for ip in row.ips:
                self.by_ip[ip].append(row)

    def alone(self, row: Listed, mac: str) -> bool:
        """No other row of its kind lists the MAC address."""
        return all(o is row or o.inventory != row.inventory for o in self.by_mac[mac])

    def others(self, row: Listed, mac: str) -> bool:
        """A row of its kind, or a stronger one, says whose the MAC address is."""
        return any(o.inventory or not row.inventory for o in self.by_mac.get(mac, ()))

    def only(self, row: Listed, ip: str) -> bool:
        """No other row of its kind lists the address, in its VLANs."""
        others = [o for o in self.by_ip[ip] if o is not row and o.inventory == row.inventory]
        return all(o.vlans and row.vlans and set(o.vlans).isdisjoint(row.vlans) for o in others)


def _frozen(row: Listed) -> Listed:
    return row._replace(macs=tuple(row.macs), ips=tuple(row.ips), vlans=tuple(row.vlans))


def merged(hosts: HostIndex, listed: Iterable[Listed]) -> HostIndex:
    """Devices, with everything that the inventory and configurations say is one made one."""
    book = _Book(listed)
    if not book.rows:
        return hosts
    groups = _Groups(hosts, book)
    for row in book.rows:
        members = sorted(_members(row, hosts, book))
        for member in members[1:]:
            groups.unite(members[0], member)
    return _rebuilt(hosts, groups.components())


def _members(row: Listed, hosts: HostIndex, book: _Book) -> set[str]:
    """Hosts that the row is about."""
    found = {mac for mac in row.macs if mac in hosts.by_id and book.alone(row, mac)}
    for ip in row.ips:
        if not book.only(row, ip):
            continue
        able = [o for o in hosts.owners.get(ip, [ip] if ip in hosts.by_id else []) if _fits(hosts.by_id[o], row, book)]
        if len(able) == 1:
            found.add(able[0])
    return found


def _fits(host: Host, row: Listed, book: _Book) -> bool:
    """The host that has an address of the row can be its device.

    A row that lists as many MAC addresses as IP addresses lists them all.
    """
    if not host.mac or host.mac in row.macs:
        return True
    if host.virtual or book.others(row, host.mac) or (row.macs and len(row.macs) >= len(row.ips)):
        return False
    vlans = {r.vlan for r in host.rows}
    return not row.vlans or not vlans.isdisjoint(row.vlans) or vlans <= {None, -1}


class _Groups:
    """Sets of host ids; a set has at most one row of the inventory."""

    def __init__(self, hosts: HostIndex, book: _Book) -> None:
        self._above: dict[str, str] = {}
        self._row: dict[str, tuple[str, int]] = {}
        for row in book.rows:
            if row.inventory:
                for member in _members(row, hosts, book):
                    self._row.setdefault(member, row.key)

    def _top(self, one: str) -> str:
        while one in self._above:
            one = self._above[one]
        return one

    def unite(self, one: str, other: str) -> None:
        """Both are one device, unless the inventory says that they are two."""
        a, b = sorted((self._top(one), self._top(other)))
        rows = {self._row[o] for o in (a, b) if o in self._row}
        if a == b or len(rows) > 1:
            return
        self._above[b] = a
        for row in rows:
            self._row[a] = row

    def components(self) -> list[list[str]]:
        """Sets of more than one."""
        found: defaultdict[str, list[str]] = defaultdict(list)
        for one in sorted({*self._above, *self._above.values()}):
            found[self._top(one)].append(one)
        return list(found.values())


def _rebuilt(hosts: HostIndex, components: Iterable[Sequence[str]]) -> HostIndex:
    by_id = dict(hosts.by_id)
    renamed: dict[str, str] = {}
    of_mac: dict[str, str] = {}
    owners = {ip: list(found) for ip, found in hosts.owners.items()}
    for component in components:
        members = sorted((by_id.pop(id_) for id_ in component), key=lambda h: (not h.mac, not h.ips, h.id))
        host = _one(members)
        by_id[host.id] = host
        renamed |= dict.fromkeys(component, host.id)
        of_mac |= dict.fromkeys(host.macs, host.id)
        for ip in host.ips:
            owners.setdefault(ip, [host.id])
    owners = {ip: list(dict.fromkeys(renamed.get(o, o) for o in found)) for ip, found in owners.items()}
    return HostIndex(by_id, owners, of_mac)


def _one(members: Sequence[Host]) -> Host:
    """All of them as one device, called by the first."""
    ips = sorted({ip for host in members for ip in host.ips}, key=address_order)
    relayed = {ip for host in members for ip in host.relayed} - set(ips)
    return replace(
        members[0],
        ips=ips,
        rows=[row for host in members for row in host.rows],
        distant=[row for host in members for row in host.distant],
        relayed=sorted(relayed, key=address_order),
        macs=tuple(dict.fromkeys(mac for host in members for mac in host.macs)),
    )


def with_parts(hosts: HostIndex, around: Surroundings, chassis: Mapping[str, Collection[str]], sent: Sent) -> HostIndex:
    """Hosts, those that are ports or virtual MAC addresses of others marked as their parts.

    chassis: MAC address of a port -> those of the chassis that it names.
    """
    parts = {**dict(_ports(hosts, chassis, sent)), **dict(_virtual(hosts, around))}
    by_id = {id_: replace(h, part_of=parts[id_]) if id_ in parts else h for id_, h in hosts.by_id.items()}
    return HostIndex(by_id, hosts.owners, hosts.of_mac)


class Sent(NamedTuple):
    """Who sends to whom at layer 2: groups by sender, and whoever was sent anything else or answered."""

    groups: Mapping[str, Collection[str]]
    others: Collection[str]


def sent(links: pl.DataFrame) -> Sent:
    """From flows summed up: ``Evidence.links``."""
    pairs = links.filter(pl.col("transport") == "ethernet").select("client_mac", "server").unique()
    groups: defaultdict[str, set[str]] = defaultdict(set)
    for client, server in pairs.iter_rows():
        if is_group_mac(server):
            groups[client].add(server)
    known = {server for found in groups.values() for server in found}
    to_group = (pl.col("transport") == "ethernet") & pl.col("server").is_in(known)
    rest = links.filter(~to_group)
    return Sent(groups, {mac for name in ("client_mac", "server_mac", "server") for mac in rest[name].unique()})


def _ports(hosts: HostIndex, chassis: Mapping[str, Collection[str]], sent: Sent) -> Iterator[tuple[str, str]]:
    """A port sends nothing but what stays on its link, and its MAC address is next to that of its chassis."""
    of_unseen: dict[str, str] = {}
    for port in sorted(chassis):
        host = hosts.by_id.get(port)
        if host is None or host.ips or host.relayed or host.virtual or len(host.macs) > 1 or port in sent.others:
            continue
        named = [mac for mac in chassis[port] if mac != port]
        if len(named) != 1 or not _next_to(port, named[0]):
            continue
        if any(not group.startswith(_LOCAL_GROUPS) for group in sent.groups.get(port, ())):
            continue
        whole = hosts.owner(named[0])
        if whole and whole != port:
            yield port, whole
        elif not whole and of_unseen.setdefault(named[0], port) != port:
            yield port, of_unseen[named[0]]


def _next_to(port: str, chassis: str) -> bool:
    one, other = (int(mac.replace(":", ""), 16) for mac in (port, chassis))
    return port[:8] == chassis[:8] and abs(one - other) <= _PORTS


def _virtual(hosts: HostIndex, around: Surroundings) -> Iterator[tuple[str, str]]:
    """A virtual router's MAC address is that of the router that says hello for it most often."""
    for id_, host in hosts.by_id.items():
        if not host.virtual:
            continue
        packets: Counter[str] = Counter()
        for row in host.rows:
            if (id_, row.ip) in around.hellos:
                for owner in hosts.owners.get(row.ip, ()):
                    packets[owner] += row.packets or 0
        if not packets.keys() - {id_}:
            vlans = {row.vlan for row in host.rows}
            for mac, ip in around.hellos:
                owner = hosts.owner(ip, mac)
                if owner and not virtual_router(mac) and any(row.vlan in vlans for row in hosts.by_id[owner].rows):
                    packets[owner] += 1
        real = [owner for owner in packets if not hosts.by_id[owner].virtual]
        if real:
            yield id_, min(real, key=lambda owner: (-packets[owner], owner))
