"""Which IP addresses a MAC address has, and which it only forwards.

A device proves that it owns an address by ARP or neighbour advertisement, or a protocol says so (PROFINET DCP). A MAC
address that sends from addresses of several networks, or from addresses that others have proved to be theirs, is a
router: the addresses behind it are devices of their own, without a MAC address. Group addresses are never devices.
Which MAC addresses are one device is told by ``scanner.assets.merging``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from scanner.addresses import Address, address_of, is_group_mac
from scanner.assets.surroundings import Surroundings, virtual_router

Pair = tuple[str, str]  # MAC, IP
_NOTHING = Surroundings()


class Sighting(NamedTuple):
    """A row of the facts table sightings; times are nanoseconds since 1970 UTC."""

    capture: str
    mac: str
    ip: str
    vlan: int | None
    proof: str
    packets: int | None
    first_time: int | None
    last_time: int | None
    first_frame: int | None
    claims: int | None = None
    contested: int | None = None
    contested_frame: int | None = None


@dataclass(slots=True)
class Host:
    """One device as it appears on the wire.

    id: its first MAC address, else its IP address. macs: every one that is its own.
    rows: what its MAC addresses sent (for an address without MAC: what was forwarded from it); distant: what routers
    forwarded from its addresses; relayed: addresses that it forwards for others.
    part_of: id of the device that it is a port or a virtual MAC address of, as far as the wire tells: shown as that
    device, but nobody by it.
    """

    id: str
    mac: str
    ips: list[str]
    rows: Sequence[Sighting] = ()
    distant: Sequence[Sighting] = ()
    relayed: Sequence[str] = ()
    virtual: str = ""  # VRRP, HSRP
    macs: Sequence[str] = ()
    part_of: str = ""

    @property
    def routes(self) -> bool:
        """It forwards packets of others."""
        return bool(self.relayed or self.virtual)


@dataclass
class HostIndex:
    """All devices by id, who owns an address, and whose a MAC address is."""

    by_id: dict[str, Host]
    owners: dict[str, list[str]]  # IP -> ids, the likeliest first
    of_mac: dict[str, str]  # MAC -> id, of devices with several

    def owner(self, address: str, mac: str = "", vlan: int | None = None) -> str:
        """Id of the device with this IP or MAC address; empty: not seen.

        Where several have the IP address, ``mac`` decides, else who was seen in the VLAN.
        """
        if address in self.by_id:
            return address
        if address in self.of_mac:
            return self.of_mac[address]
        owners = self.owners.get(address, ())
        holder = self.of_mac.get(mac, mac)
        if holder in owners:
            return holder
        if len(owners) > 1 and vlan is not None:
            near = [o for o in owners if any(row.vlan == vlan and row.ip == address for row in self.by_id[o].rows)]
            return (near or owners)[0]
        return owners[0] if owners else ""


def bind(sightings: Iterable[Sighting], claims: Iterable[Pair], around: Surroundings = _NOTHING) -> HostIndex:
    """Devices from rows of the facts table sightings, one for each MAC address.

    claims: further pairs known to belong together.
    """
    by_mac, proved = _grouped(sightings, claims)
    outside = _outside(by_mac, around.inside)
    provers: defaultdict[str, set[str]] = defaultdict(set)
    for mac, ip in proved:
        provers[ip].add(mac)
    seen = _Seen(by_mac, proved, provers, outside, around)

    hosts: dict[str, Host] = {}
    owners: defaultdict[str, list[tuple[bool, int, str]]] = defaultdict(list)
    loose: dict[str, list[Sighting]] = {}  # IP -> rows under somebody else's MAC or none
    for mac, ips in by_mac.items():
        own = seen.own(mac) if mac else set()
        for ip in own:
            owners[ip].append(((mac, ip) in proved, sum(r.packets or 0 for r in ips[ip]), mac))
        relayed = sorted((ip for ip in ips if ip and ip not in own), key=address_order)
        for ip in relayed:
            loose[ip] = [*loose.get(ip, ()), *ips[ip]]
        if mac:
            rows = [row for found in ips.values() for row in found]
            hosts[mac] = Host(mac, mac, list(own), rows, relayed=relayed, virtual=virtual_router(mac), macs=(mac,))
    for mac, ip in sorted(proved):
        if mac in hosts and ip not in by_mac[mac] and address_of(ip).host:
            hosts[mac].ips.append(ip)  # stated, but nothing was sent from it
            owners[ip].append((False, -1, mac))
    for host in hosts.values():
        host.ips.sort(key=address_order)
    ranked = {ip: _ranked(found) for ip, found in owners.items()}
    for ip, rows in loose.items():
        if ip in ranked:
            host = hosts[ranked[ip][0]]
            host.distant = [*host.distant, *rows]
        else:
            hosts[ip] = Host(ip, "", [ip], rows)
    return HostIndex(hosts, ranked, {})


def _ranked(found: Iterable[tuple[bool, int, str]]) -> list[str]:
    """The likeliest owner first; a virtual router's address is that of the router, where that was seen too."""
    macs = [mac for _, _, mac in sorted(found, reverse=True)]
    return [mac for mac in macs if not virtual_router(mac)] or macs


def _grouped(
    sightings: Iterable[Sighting], claims: Iterable[Pair]
) -> tuple[dict[str, dict[str, list[Sighting]]], set[Pair]]:
    """Sightings of single devices by MAC and IP, and the pairs that are proved."""
    by_mac: defaultdict[str, defaultdict[str, list[Sighting]]] = defaultdict(lambda: defaultdict(list))
    proved = set(claims)
    for row in sightings:
        mac, ip = row.mac, row.ip
        if (mac and is_group_mac(mac)) or (ip and not address_of(ip).host) or not (mac or ip):
            continue
        by_mac[mac][ip].append(row)
        if row.proof == "arp" and mac and ip:
            proved.add((mac, ip))
    return {mac: dict(ips) for mac, ips in by_mac.items()}, proved


def address_order(ip: str) -> tuple[int, bool, int]:
    """IPv4 first, link-local addresses last."""
    address = address_of(ip)
    return address.version, address.link_local, address.number


class _Seen(NamedTuple):
    """Everything that was seen: rows by MAC and IP, pairs that are proved, who proves an address."""

    by_mac: Mapping[str, Mapping[str, list[Sighting]]]
    proved: set[Pair]
    provers: Mapping[str, set[str]]
    outside: set[str]
    around: Surroundings

    def own(self, mac: str) -> set[str]:
        """The addresses that belong to the MAC itself; the others it only forwards."""
        ips = self.by_mac[mac]
        firm = {ip for ip in ips if ip and ((mac, ip) in self.proved or _says_mac(ip, mac) or self._listed(mac, ip))}
        if virtual_router(mac):
            return self._of_virtual(mac, firm)
        rest = [ip for ip in ips if ip and ip not in firm]
        moved = {ip for ip in rest if self._moved(mac, ip)}
        foreign = [ip for ip in rest if self.provers.get(ip) and ip not in moved and not self._taken(mac, ip)]
        unknown = [ip for ip in rest if ip not in foreign and ip not in moved]
        if not self.outside.isdisjoint(unknown):
            return firm
        firm_networks = {address_of(ip).network for ip in firm if not address_of(ip).link_local}
        networks = {address_of(ip).network for ip in unknown}
        versions = {n[0] for n in firm_networks}
        beyond = {n for n in networks - firm_networks if n[0] in versions}
        if foreign or beyond:
            return firm
        strangers = [n for n in networks if n[0] not in versions]
        several_v4 = sum(address_of(ip).version == 4 for ip in unknown) > 1 and 4 not in versions
        several_v6_networks = sum(n[0] == 6 for n in strangers) > 1
        if several_v4 or several_v6_networks:
            return firm
        return firm | moved | {ip for ip in unknown if not self._brought(mac, ip, firm_networks)}

    def _listed(self, mac: str, ip: str) -> bool:
        """The inventory lists them together."""
        return mac in self.around.listed.get(ip, ())

    def _of_virtual(self, mac: str, firm: set[str]) -> set[str]:
        """Addresses of a virtual router: what it answers for, and what its members say hello from.

        Whoever opens conversations from such an address is somebody else: routers use their own addresses for that.
        """
        around = self.around
        hello = {ip for ip in self.by_mac[mac] if (mac, ip) in around.hellos}
        return {ip for ip in firm if (mac, ip) not in around.asking} | hello

    def _moved(self, mac: str, ip: str) -> bool:
        """The address was its own at another time than that of those who prove it: a redundant pair, a new lease."""
        if not self.provers.get(ip) or any(
            address_of(o).network != address_of(ip).network for o in self.by_mac[mac] if o
        ):
            return False
        mine = _span(self.by_mac[mac][ip])
        theirs = [_span(self.by_mac[other].get(ip, ())) for other in self.provers[ip] if other != mac]
        return mine is not None and all(t is not None and (t[1] < mine[0] or mine[1] < t[0]) for t in theirs)

    def _taken(self, mac: str, ip: str) -> bool:
        """Somebody in the same VLAN does nothing with the address but claim it: no packets of his can be forwarded."""
        places = {(row.capture, row.vlan) for row in self.by_mac[mac][ip]}
        claims = [row for other in self.provers.get(ip, ()) for row in self.by_mac[other].get(ip, ())]
        if any(address_of(o).network != address_of(ip).network for o in self.by_mac[mac] if o):
            return False
        return bool(claims) and all(
            row.claims is not None and row.claims == row.packets and (row.capture, row.vlan) in places for row in claims
        )

    def _brought(self, mac: str, ip: str, firm_networks: set[tuple[int, int]]) -> bool:
        """A router brought the only address that was seen under its MAC address."""
        around, address = self.around, address_of(ip)
        listed = around.listed.get(ip)
        if address.network in firm_networks or (listed and mac in listed):
            return False
        if mac in around.routers:
            return True
        peers = around.peers.get((mac, ip), ())
        if address.version == 6 and address.public:
            far = {m for m, peer in peers if m not in around.routers and not around.together(ip, peer)}
            return max(map(self._at_home, far), default=-1) >= max(self._at_home(mac), 1)
        routed = [o for o in self.by_mac[mac] if o and not address_of(o).link_local]
        if not peers or len(routed) > 1 or any(around.together(ip, peer) for _, peer in peers):
            return False
        return bool(listed) or all(peer in self.proved for peer in peers)

    def _at_home(self, mac: str) -> int:
        """How likely it is a device of this network and no mere way to another: 2 when it talks from an IPv4 address of
        its own, 1 when it has one, 0 when it has none.
        """
        own = [ip for ip in self.by_mac.get(mac, {}) if ip and address_of(ip).version == 4]
        for ip in own:
            peers = self.around.peers.get((mac, ip), ())
            if peers and ((mac, ip) in self.proved or any(self.around.together(ip, peer) for _, peer in peers)):
                return 2
        return int(bool(own))


def _span(rows: Iterable[Sighting]) -> tuple[int, int] | None:
    """First and last time; None when one is not known."""
    times = [(row.first_time, row.last_time) for row in rows]
    if not times or any(first is None or last is None for first, last in times):
        return None
    return min(first for first, _ in times if first is not None), max(last for _, last in times if last is not None)


def _outside(by_mac: Mapping[str, Mapping[str, list[Sighting]]], inside: Callable[[Address], bool]) -> set[str]:
    """Public IPv4 addresses that only a router can have brought here.

    Plants do use public ranges of their own: an address is not outside when its /16 is seen under several MACs.
    """
    public = {
        ip: address.number >> 16
        for ips in by_mac.values()
        for ip in ips
        if ip and (address := address_of(ip)).version == 4 and address.public and not inside(address)
    }
    macs: defaultdict[int, set[str]] = defaultdict(set)
    for mac, ips in by_mac.items():
        for ip in ips:
            if mac and ip in public:
                macs[public[ip]].add(mac)
    return {ip for ip, block in public.items() if len(macs[block]) < 2}


def _says_mac(ip: str, mac: str) -> bool:
    """A link-local address, which no router forwards, or one whose interface identifier is the MAC's (RFC 4291, A)."""
    address = address_of(ip)
    if address.link_local:
        return True
    if address.version == 4:
        return False
    octets = bytes.fromhex(mac.replace(":", ""))
    identifier = bytes((octets[0] ^ 2, *octets[1:3], 0xFF, 0xFE, *octets[3:]))
    return address.number.to_bytes(16, "big")[8:] == identifier
