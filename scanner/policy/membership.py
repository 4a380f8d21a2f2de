"""Which zone an address or device is in, and which roles the policy gives it."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, NamedTuple, TypeVar

from scanner.addresses import Address, Network, is_ip, is_mac
from scanner.device_names import name_key

Row = Mapping[str, Any]
T = TypeVar("T")


class Zoned(NamedTuple):
    """The zone of something (empty: none), and every zone that claims it, the strongest claim first."""

    zone: str
    claims: tuple[str, ...]


_NOWHERE = Zoned("", ())
_OWN_AT_LEAST = {4: 8, 6: 19}  # prefix length of what a registry has given to one organisation (RIPE-510: a /19)
_INSIDE = 3.5  # Purdue level up to which addresses are the plant's own
_POINT_TO_POINT = 2  # addresses of a network without a broadcast address (RFC 3021)


def is_catch_all(network: Network) -> bool:
    """It holds public addresses of many organisations, such as 0.0.0.0/0, so nobody's own."""
    special = network.is_private or network.is_link_local or network.is_multicast
    return network.prefixlen < _OWN_AT_LEAST[network.version] and not special


def catch_all(subnets: Iterable[str]) -> list[str]:
    """Those of some networks that are catch-alls."""
    return [text for text in subnets if is_catch_all(ipaddress.ip_network(text, strict=False))]


class Networks(Generic[T]):
    """Values by network; the most specific network that holds an address wins."""

    def __init__(self) -> None:
        self._by_prefix: dict[tuple[int, int], dict[int, list[T]]] = {}
        self._prefixes: list[tuple[int, int]] = []

    def add(self, network: Network, value: T) -> None:
        """Register a value for a network."""
        key = network.version, network.prefixlen
        self._by_prefix.setdefault(key, {}).setdefault(int(network.network_address), []).append(value)
        self._prefixes = sorted(self._by_prefix, key=lambda k: -k[1])

    def holding(self, address: Address) -> list[T]:
        """Values of every network that holds the address, the most specific first."""
        bits = 32 if address.version == 4 else 128
        found: list[T] = []
        for version, length in self._prefixes:
            if version == address.version:
                mask = ((1 << length) - 1) << (bits - length)
                found += self._by_prefix[version, length].get(address.number & mask, ())
        return found


@dataclass
class Membership:
    """Zones by MAC address, device name, network and VLAN; the first kind that knows it decides, in that order."""

    levels: dict[str, float | None] = field(default_factory=dict)
    macs: dict[str, list[str]] = field(default_factory=dict)
    names: dict[str, list[str]] = field(default_factory=dict)
    networks: Networks[str] = field(default_factory=Networks)
    catch_all: Networks[str] = field(default_factory=Networks)
    subnets: Networks[Network] = field(default_factory=Networks)
    vlans: dict[int, list[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, zones: Iterable[Row]) -> Membership:
        """From rows of the facts table zones."""
        book = cls()
        for zone in zones:
            name = zone["zone"]
            book.levels[name] = zone["level"]
            for mac in zone["macs"]:
                book.macs.setdefault(mac, []).append(name)
            for device in zone["devices"]:
                book.names.setdefault(name_key(device.strip()), []).append(name)
            for text in zone["subnets"]:
                network = ipaddress.ip_network(text, strict=False)
                inside = zone["level"] is not None and zone["level"] <= _INSIDE
                (book.catch_all if inside and is_catch_all(network) else book.networks).add(network, name)
                book.subnets.add(network, network)
            for vlan in zone["vlans"]:
                book.vlans.setdefault(vlan, []).append(name)
        return book

    def zone_of(
        self,
        *,
        macs: Iterable[str] = (),
        names: Iterable[str] = (),
        addresses: Iterable[Address] = (),
        vlans: Iterable[int] = (),
    ) -> Zoned:
        """The zone by all that is known. A VLAN decides only when all VLANs given are of one zone."""
        if not self.levels:
            return _NOWHERE
        claims = [z for mac in macs for z in self.macs.get(mac, ())]
        claims += [z for name in names for z in self.names.get(name_key(name), ())]
        claims += [z for address in addresses for z in self._by_network(address)]
        by_vlan = list(dict.fromkeys(z for vlan in vlans for z in self.vlans.get(vlan, ())))
        zone = claims[0] if claims else by_vlan[0] if len(by_vlan) == 1 else ""
        return Zoned(zone, tuple(dict.fromkeys(claims + by_vlan)))

    def broadcast_in(self, address: Address) -> Network | None:
        """The most specific network that holds the address, if it is the broadcast address there."""
        network = next(iter(self.subnets.holding(address)), None)
        if network is None or network.num_addresses <= _POINT_TO_POINT or int(network[-1]) != address.number:
            return None
        return network

    def _by_network(self, address: Address) -> list[str]:
        """A zone of the plant that is meant for all the rest does not make the Internet the plant's own."""
        found = self.networks.holding(address)[:1]
        return found or ([] if address.public else self.catch_all.holding(address)[:1])


class AssignedRole(NamedTuple):
    """A role that the policy gives, and the line that does."""

    role: str
    line: int


@dataclass
class RoleAssignments:
    """What a policy says of named members: MAC addresses, IP addresses, networks and device names."""

    exact: dict[str, list[AssignedRole]] = field(default_factory=dict)
    networks: Networks[AssignedRole] = field(default_factory=Networks)

    @classmethod
    def of(cls, roles: Iterable[Row]) -> RoleAssignments:
        """From rows of the facts table roles."""
        book = cls()
        for row in roles:
            member, role = row["member"], AssignedRole(row["role"], row["line"] or 0)
            if "/" in member and not is_mac(member):
                try:
                    book.networks.add(ipaddress.ip_network(member, strict=False), role)
                    continue
                except ValueError:
                    pass  # a name with a slash
            book.exact.setdefault(name_key(member), []).append(role)
        return book

    def roles_of(
        self, *, macs: Iterable[str] = (), names: Iterable[str] = (), addresses: Iterable[Address] = ()
    ) -> list[AssignedRole]:
        """Roles given to any of these, each once, in the order of the policy."""
        addresses = list(addresses)
        words = [*macs, *(a.text for a in addresses), *(name_key(n) for n in names)]
        found = [role for word in words for role in self.exact.get(word, ())]
        found += [role for address in addresses for role in self.networks.holding(address)]
        if not found:
            return []
        return list({r.role: r for r in sorted(set(found), key=lambda r: (-r.line, r.role))}.values())[::-1]


def names_addresses(words: Iterable[str]) -> tuple[set[str], list[Network], set[str]]:
    """(addresses and MACs, networks, casefolded names) among the members of a list."""
    exact: set[str] = set()
    networks: list[Network] = []
    names: set[str] = set()
    for word in words:
        if is_mac(word) or is_ip(word):
            exact.add(word)
        elif "/" in word:
            try:
                networks.append(ipaddress.ip_network(word, strict=False))
            except ValueError:
                names.add(name_key(word))
        else:
            names.add(name_key(word))
    return exact, networks, names
