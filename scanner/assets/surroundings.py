"""What helps to tell whose an address is: who talks with whom, what inventory and policy know, who says hello."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from scanner.addresses import Address, Network, address_of, is_mac

Pair = tuple[str, str]  # MAC, IP

_VIRTUAL_ROUTERS = (  # prefix of a MAC that several routers share
    ("00:00:5e:00:01:", "VRRP"),  # RFC 9568, section 7.3; CARP uses the same
    ("00:00:5e:00:02:", "VRRP for IPv6"),
    ("00:00:0c:07:ac:", "HSRP"),
    ("00:00:0c:9f:f", "HSRP"),  # version 2
    ("00:05:73:a0:0", "HSRP for IPv6"),
    ("00:07:b4:0", "GLBP"),
)
_HELLOS = {("ip-112", 0), ("udp", 1985), ("udp", 2029), ("udp", 3222)}  # VRRP and CARP, HSRP, HSRP for IPv6, GLBP


class Talk(NamedTuple):
    """A conversation between two IP addresses; a MAC address is empty when no frame of that side was seen."""

    client: str
    client_mac: str
    server: str
    server_mac: str
    transport: str
    server_port: int

    @property
    def hello(self) -> bool:
        """It announces a virtual router."""
        return (self.transport, self.server_port) in _HELLOS


def _nowhere(_: Address) -> bool:
    return False


def _guess(address: Address) -> object:
    return address.network


@dataclass(frozen=True)
class Surroundings:
    """inside: a public address belongs to the plant. network: of an address, as far as one knows or can guess.

    hellos: who says hello for a virtual router. asking: who opens other conversations. peers: who talks with whom.
    listed: MAC addresses that the inventory gives an IP address. routers: MAC addresses of routers and firewalls in it.
    """

    inside: Callable[[Address], bool] = _nowhere
    network: Callable[[Address], object] = _guess
    hellos: frozenset[Pair] = frozenset()
    asking: frozenset[Pair] = frozenset()
    peers: Mapping[Pair, set[Pair]] = field(default_factory=dict)
    listed: Mapping[str, frozenset[str]] = field(default_factory=dict)
    routers: frozenset[str] = frozenset()

    def together(self, one: str, other: str) -> bool:
        """Both addresses are in one network."""
        a, b = address_of(one), address_of(other)
        return a.version == b.version and self.network(a) == self.network(b)


def virtual_router(mac: str) -> str:
    """The protocol whose virtual MAC address it is; empty when it is none."""
    return next((name for prefix, name in _VIRTUAL_ROUTERS if mac.startswith(prefix)), "")


def conversations(talks: Iterable[Talk]) -> tuple[frozenset[Pair], frozenset[Pair], dict[Pair, set[Pair]]]:
    """(hellos, asking, peers) as ``Surroundings`` has them."""
    hellos: set[Pair] = set()
    asking: set[Pair] = set()
    peers: dict[Pair, set[Pair]] = {}
    for talk in talks:
        client, server = (talk.client_mac, talk.client), (talk.server_mac, talk.server)
        if is_mac(talk.client) or not talk.client_mac:
            continue
        (hellos if talk.hello else asking).add(client)
        if talk.server_mac and client[0] != server[0]:
            peers.setdefault(client, set()).add(server)
            peers.setdefault(server, set()).add(client)
    return frozenset(hellos), frozenset(asking), peers


def network_by(subnets: Callable[[Address], list[Network]]) -> Callable[[Address], object]:
    """The policy's most specific network of more than one address, else /24 or /64."""

    def network(address: Address) -> object:
        stated = [n for n in subnets(address) if 8 <= n.prefixlen < n.max_prefixlen]
        return stated[0] if stated else address.network

    return network
