"""What the names in policies mean: addresses and their groups, virtual addresses, services and their groups."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from scanner.configs.acl_cover import PORTS, Span
from scanner.configs.acl_entries import ANY
from scanner.configs.acl_objects import MOST_MEMBERS, Network, between, in_words, network, services_in_words, within
from scanner.configs.dialects.fortinet_fortios.tables import Device, setting, value, values
from scanner.configs.nodes import Node

_DEEPEST = 10  # groups in groups
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
_PROTOCOLS = {"0": "ip", "1": "icmp", "6": "tcp", "17": "udp", "58": "icmp6"}


class Objects:
    """The names of one virtual domain."""

    def __init__(self, device: Device, domain: str) -> None:
        def named(*paths: str) -> dict[str, Node]:
            return {name: entry for t, name, entry in device.entries(*paths) if t.domain == domain}

        self._addresses = {False: named("firewall address"), True: named("firewall address6")}
        self._groups = {False: named("firewall addrgrp"), True: named("firewall addrgrp6")}
        self._virtual = {False: named("firewall vip"), True: named("firewall vip6")}
        self._services, self._service_groups = named("firewall service custom"), named("firewall service group")
        self._known: dict[tuple[bool, str], list[Network] | None] = {}

    def addresses(self, names: Sequence[str], *, six: bool) -> str:
        """What the names mean: any, addresses and networks in one line, or a group by its name."""
        if any(name in _ALL for name in names):
            return ANY
        found: list[Network] = []
        for name in names:
            networks = self._networks(name, 0, six=six)
            if networks is None:
                return f"group {' '.join(names)}"
            found += networks
        return in_words([n for n in found if (n.version == 6) is six], " ".join(names))

    def _networks(self, name: str, depth: int, *, six: bool) -> list[Network] | None:
        """The networks that a name means; None where that is not told."""
        key = (six, name)
        if key not in self._known:
            self._known[key] = None  # of a group that holds itself
            self._known[key] = self._looked_up(name, depth, six=six)
        return self._known[key]

    def _looked_up(self, name: str, depth: int, *, six: bool) -> list[Network] | None:
        if name in self._addresses[six]:
            return _of_address(self._addresses[six][name], six=six)
        if name in self._virtual[six]:
            return _of_virtual(self._virtual[six][name])
        group = self._groups[six].get(name)
        if group is None or depth >= _DEEPEST or value(group, "exclude") == "enable":
            return None
        found: list[Network] = []
        for member in values(group, "member"):
            inside = self._networks(member, depth + 1, six=six)
            if inside is None or len(found) > MOST_MEMBERS:
                return None
            found += inside
        return found

    def services(self, names: Sequence[str]) -> list[tuple[str, str]]:
        """Protocol and options of each part of these services; what is not told is any protocol, narrowed by a name."""
        return services_in_words(within(names, self._group), self._parts)

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
    return between(value(entry, "start-ip"), value(entry, "end-ip")) if kind == "iprange" else None


def _of_virtual(entry: Node) -> list[Network] | None:
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
