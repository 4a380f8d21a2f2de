"""Which MAC and IP addresses are one device.

A device proves that it owns an address by ARP or neighbour advertisement, or a protocol says so (PROFINET DCP). A MAC
address that sends from addresses of several networks, or from addresses that others have proved to be theirs, is a
router: the addresses behind it are devices of their own, without a MAC address. Group addresses are never devices.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from scanner.addresses import Address, address_of, is_group_mac

Pair = tuple[str, str]  # MAC, IP

_VIRTUAL_ROUTERS = (  # prefix of a MAC that several routers share
    ("00:00:5e:00:01:", "VRRP"),  # RFC 5798, section 7.3
    ("00:00:5e:00:02:", "VRRP for IPv6"),
    ("00:00:0c:07:ac:", "HSRP"),
    ("00:07:b4:00:", "GLBP"),
)


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


@dataclass(slots=True)
class Host:
    """One device as it appears on the wire.

    rows: what its MAC address sent (for an address without MAC: what was forwarded from it); distant: what routers
    forwarded from its addresses; relayed: addresses that it forwards for others.
    """

    id: str
    mac: str
    ips: list[str]
    rows: Sequence[Sighting] = ()
    distant: Sequence[Sighting] = ()
    relayed: Sequence[str] = ()
    virtual: str = ""  # VRRP, HSRP

    @property
    def routes(self) -> bool:
        """It forwards packets of others."""
        return bool(self.relayed or self.virtual)


@dataclass
class Hosts:
    """All devices by id, and who owns an address."""

    by_id: dict[str, Host]
    _owners: dict[str, list[str]]

    def owner(self, address: str, mac: str = "") -> str:
        """Id of the device with this IP or MAC address; ``mac`` decides where several have the IP. Empty: not seen."""
        if address in self.by_id:
            return address
        owners = self._owners.get(address, ())
        if mac in owners:
            return mac
        return owners[0] if owners else ""


def bind(
    sightings: Iterable[Sighting], claims: Iterable[Pair], inside: Callable[[Address], bool] = lambda _: False
) -> Hosts:
    """Devices from rows of the facts table sightings. ``claims``: further pairs known to belong together.

    inside: the address belongs to the plant although it is a public one.
    """
    by_mac, proved = _grouped(sightings, claims)
    outside = _outside(by_mac, inside)
    provers: defaultdict[str, set[str]] = defaultdict(set)
    for mac, ip in proved:
        provers[ip].add(mac)

    hosts: dict[str, Host] = {}
    owners: defaultdict[str, list[tuple[bool, int, str]]] = defaultdict(list)
    loose: dict[str, list[Sighting]] = {}  # IP -> rows under somebody else's MAC or none
    for mac, ips in by_mac.items():
        virtual = _virtual(mac)
        own = _own(mac, ips, proved, provers, outside, virtual=bool(virtual)) if mac else set()
        for ip in own:
            owners[ip].append(((mac, ip) in proved, sum(r.packets or 0 for r in ips[ip]), mac))
        relayed = sorted((ip for ip in ips if ip and ip not in own), key=_address_order)
        for ip in relayed:
            loose[ip] = [*loose.get(ip, ()), *ips[ip]]
        if mac:
            rows = [row for found in ips.values() for row in found]
            hosts[mac] = Host(mac, mac, list(own), rows, relayed=relayed, virtual=virtual)
    for mac, ip in sorted(proved):
        if mac in hosts and ip not in by_mac[mac] and address_of(ip).host:
            hosts[mac].ips.append(ip)  # stated, but nothing was sent from it
            owners[ip].append((True, 0, mac))
    for host in hosts.values():
        host.ips.sort(key=_address_order)
    ranked = {ip: [mac for _, _, mac in sorted(found, reverse=True)] for ip, found in owners.items()}
    for ip, rows in loose.items():
        if ip in ranked:
            host = hosts[ranked[ip][0]]
            host.distant = [*host.distant, *rows]
        else:
            hosts[ip] = Host(ip, "", [ip], rows)
    return Hosts(hosts, ranked)


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


def _address_order(ip: str) -> tuple[int, bool, int]:
    address = address_of(ip)
    return address.version, address.link_local, address.number


def _virtual(mac: str) -> str:
    return next((name for prefix, name in _VIRTUAL_ROUTERS if mac.startswith(prefix)), "")


def _own(
    mac: str,
    ips: Mapping[str, list[Sighting]],
    proved: set[Pair],
    provers: Mapping[str, set[str]],
    outside: set[str],
    *,
    virtual: bool,
) -> set[str]:
    """The addresses that belong to the MAC itself; the others it only forwards."""
    firm = {ip for ip in ips if ip and ((mac, ip) in proved or _says_mac(ip, mac))}
    rest = [ip for ip in ips if ip and ip not in firm]
    foreign = [ip for ip in rest if provers.get(ip)]
    unknown = [ip for ip in rest if not provers.get(ip)]
    if virtual or not outside.isdisjoint(unknown):
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
    return firm | set(unknown)


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
