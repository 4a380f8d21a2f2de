"""What the names in policies mean: addresses and their groups, virtual addresses, services and their groups."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from scanner.configs.acl_cover import PORTS, Span
from scanner.configs.acl_entries import ANY, NUMBERS
from scanner.configs.acl_objects import MOST_MEMBERS, Network, between, in_words, network, services_in_words, within
from scanner.configs.dialects.fortinet_fortios.services import service_packets
from scanner.configs.dialects.fortinet_fortios.tables import Device, setting, value, values
from scanner.configs.nodes import Node
from scanner.configs.policy_packets import (
    PolicyAddresses,
    PolicyServices,
    addresses_of,
    all_of,
    all_services,
    every_address,
    some_address,
)

_ALL = ("all", "all6", "any")
_PREDEFINED: Mapping[str, tuple[str, str]] = {  # protocol and ports of services that a file may leave out
    "ALL": ("ip", ""),
    "ALL_TCP": ("tcp", "1-65535"),
    "ALL_UDP": ("udp", "1-65535"),
    "ALL_ICMP": ("icmp", ""),
    "ALL_ICMP6": ("icmp6", ""),
    "PING": ("icmp", ""),
    "GRE": ("47", ""),
    "FTP": ("tcp", "21"),
    "SSH": ("tcp", "22"),
    "TELNET": ("tcp", "23"),
    "SMTP": ("tcp", "25"),
    "HTTP": ("tcp", "80"),
    "NTP": ("udp", "123"),
    "SNMP": ("udp", "161-162"),
    "HTTPS": ("tcp", "443"),
    "SYSLOG": ("udp", "514"),
    "RDP": ("tcp", "3389"),
}
_PROTOCOLS = {**NUMBERS, "58": "icmp6"}


class Objects:
    """The names of one virtual domain."""

    def __init__(self, device: Device, domain: str) -> None:
        def named(*paths: str) -> dict[str, Node]:
            return {name: entry for t, name, entry in device.entries(*paths) if t.domain == domain}

        self._addresses = {False: named("firewall address"), True: named("firewall address6")}
        self._groups = {False: named("firewall addrgrp"), True: named("firewall addrgrp6")}
        self._virtual = {False: named("firewall vip"), True: named("firewall vip6")}
        for six, path in ((False, "firewall vipgrp"), (True, "firewall vipgrp6")):
            self._groups[six] |= named(path)
        self._services, self._service_groups = named("firewall service custom"), named("firewall service group")
        self._known: dict[tuple[bool, str], list[Network] | None] = {}
        self._meant: dict[tuple[tuple[str, ...], bool], PolicyAddresses] = {}
        self._packets: dict[tuple[str, ...], PolicyServices] = {}

    def addresses(self, names: Sequence[str], *, six: bool) -> str:
        """What the names mean: any, addresses and networks in one line, or a group by its name."""
        leaves = [*self._leaves(names, six=six)]
        if any(name in _ALL for name in leaves):
            return ANY
        found: list[Network] = []
        for name in leaves:
            networks = self._networks(name, six=six)
            if networks is None or len(found) > MOST_MEMBERS:
                return f"group {' '.join(names)}"
            found += networks
        return in_words([n for n in found if (n.version == 6) is six], " ".join(names))

    def meant(self, names: Sequence[str], *, six: bool) -> PolicyAddresses:
        """The addresses that the names mean."""
        key = (tuple(names), six)
        if key not in self._meant:
            self._meant[key] = self._together(names, six=six)
        return self._meant[key]

    def _together(self, names: Sequence[str], *, six: bool) -> PolicyAddresses:
        version = 6 if six else 4
        leaves = [*self._leaves(names, six=six)]
        if any(name in _ALL for name in leaves):
            return every_address(version)
        found = []
        for name in leaves:
            networks = self._networks(name, six=six)
            if networks is None:
                found.append(some_address(version))
            elif self.is_virtual(name, six=six):
                found.append(PolicyAddresses((), addresses_of(networks, version).most))
            else:
                found.append(addresses_of(networks, version))
        return all_of(found)

    def is_virtual(self, name: str, *, six: bool) -> bool:
        """It is an address behind which others are (VIP), or a group of such."""
        return name in self._virtual[six]

    def _leaves(self, names: Sequence[str], *, six: bool) -> Iterator[str]:
        """The names, with what is in groups in place of these. Groups that leave members out stay as they are."""

        def members(name: str) -> list[str] | None:
            if name in self._addresses[six] or name in self._virtual[six]:
                return None
            group = self._groups[six].get(name)
            if group is None or value(group, "exclude") == "enable":
                return None
            return values(group, "member")

        return within(names, members)

    def _networks(self, name: str, *, six: bool) -> list[Network] | None:
        """The networks that an address means; None where that is not told."""
        key = (six, name)
        if key not in self._known:
            found = None
            if name in self._addresses[six]:
                found = _of_address(self._addresses[six][name], six=six)
            elif name in self._virtual[six]:
                found = virtual_targets(self._virtual[six][name])
            self._known[key] = found
        return self._known[key]

    def services(self, names: Sequence[str]) -> list[tuple[str, str]]:
        """Protocol and options of each part of these services; what is not told is any protocol, narrowed by a name."""
        return services_in_words(within(names, self._group), self._parts)

    def packets(self, names: Sequence[str]) -> PolicyServices:
        """The packets that these services are about."""
        key = tuple(names)
        if key not in self._packets:
            leaves = [*within(names, self._group)]
            self._packets[key] = all_services(service_packets(name, self._services.get(name)) for name in leaves)
        return self._packets[key]

    def _group(self, name: str) -> list[str] | None:
        group = self._service_groups.get(name)
        return None if group is None else values(group, "member")

    def _parts(self, name: str) -> Iterator[tuple[str, list[Span]]]:
        entry = self._services.get(name)
        if entry is None:
            if name.upper() in _PREDEFINED:
                protocol, port = _PREDEFINED[name.upper()]
                yield protocol, [_span(port)] if port else []
            return
        if setting(entry, "iprange") or setting(entry, "fqdn"):
            return
        kind = value(entry, "protocol", "TCP/UDP/SCTP").upper()
        if kind == "IP":
            number = value(entry, "protocol-number", "0")
            yield _PROTOCOLS.get(number, number), [(0, PORTS - 1)] if number in ("6", "17") else []
        elif kind in ("ICMP", "ICMP6"):
            yield kind.lower(), []
        elif kind in ("TCP/UDP/SCTP", "TCP/UDP/UDP-LITE/SCTP"):
            for protocol in ("tcp", "udp", "sctp"):
                ports = [_span(p.partition(":")[0]) for p in values(entry, f"{protocol}-portrange")]
                if ports:
                    yield protocol, ports


def _of_address(entry: Node, *, six: bool) -> list[Network] | None:
    kind = value(entry, "type", "ipmask" if not six else "ipprefix")
    if six:
        text = value(entry, "ip6", "::/0")
        return network(text) if kind == "ipprefix" else between(value(entry, "start-ip"), value(entry, "end-ip"))
    if kind in ("ipmask", "interface-subnet"):
        words = values(entry, "subnet") or ["0.0.0.0", "0.0.0.0"]  # noqa: S104
        if kind == "interface-subnet" and not setting(entry, "subnet"):
            return None
        return network(*words[:2])
    if kind == "wildcard":
        words = values(entry, "wildcard")
        return network(*words) if len(words) == 2 else None
    return between(value(entry, "start-ip"), value(entry, "end-ip")) if kind == "iprange" else None


def virtual_targets(entry: Node) -> list[Network] | None:
    """Where a virtual address leads to."""
    found: list[Network] = []
    for text in values(entry, "mappedip"):
        first, _, last = text.partition("-")
        inside = between(first, last or first)
        if inside is None:
            return None
        found += inside
    return found or None


def _span(text: str) -> Span:
    """``80`` or ``8000-8080``; no port where it is none."""
    low, _, high = text.partition("-")
    if not (low.isdecimal() and (high or low).isdecimal() and len(text) <= len("65535-65535")):
        return (0, -1)
    return int(low), min(int(high or low), PORTS - 1)
