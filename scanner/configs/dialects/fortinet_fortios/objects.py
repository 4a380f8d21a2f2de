"""What the names in policies mean: addresses and their groups, virtual addresses, services and their groups."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.configs.acl_entries import ANY, NUMBERS
from scanner.configs.acl_objects import (
    MOST_MEMBERS,
    Network,
    between,
    in_words,
    network,
    services_in_words,
    with_holes,
    within,
)
from scanner.configs.chains.interface_names import spans_common
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
from scanner.configs.wildcards import inverse
from scanner.packet_sets import ALL_PORTS, ALL_PROTOCOLS, Span

_ALL = ("all", "all6", "any")
_NAMES = {ALL_PROTOCOLS: "ip", (58, 58): "icmp6", **{(int(n), int(n)): name for n, name in NUMBERS.items() if n != "0"}}


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
            self._meant[key] = some_address(6 if six else 4)  # of a group that holds itself
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
            group = self._groups[six].get(name) if networks is None else None
            if group is not None and name not in self._addresses[six]:
                found.append(self._left(group, six=six))
            elif networks is None:
                found.append(some_address(version))
            elif self.is_virtual(name, six=six):
                found.append(PolicyAddresses((), addresses_of(networks, version).most))
            else:
                found.append(addresses_of(networks, version))
        return all_of(found)

    def _left(self, group: Node, *, six: bool) -> PolicyAddresses:
        """The members of a group but for those that it leaves out."""
        held = self.meant(values(group, "member"), six=six)
        rest = self.meant(values(group, "exclude-member"), six=six).but(6 if six else 4)
        return PolicyAddresses(
            tuple(spans_common(held.sure, rest.sure)),
            tuple(spans_common(held.most, rest.most)),
        )

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
        """Protocols and destination ports; none where these do not tell all that narrows it."""
        told = service_packets(name, self._services.get(name))
        if told.sure == told.most and all(one.source_ports == ALL_PORTS for one in told.most):
            for one in told.most:
                yield _NAMES.get(one.protocol, str(one.protocol[0])), [one.ports]


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
        return with_holes(words[0], inverse(words[1])) if len(words) == 2 else None
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
