"""What a device does with the packets of others, in one form for all dialects: interfaces, filters and routes.

Everything that was not understood is a doubt of its own, with the line it stands on: whoever calculates with this must
not take silence for a proof.
"""

from __future__ import annotations

import enum
import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from scanner.addresses import Network
from scanner.packet_sets import Boxes
from scanner.wording import Said


class Place(NamedTuple):
    """A line of a configuration, as it stands there."""

    source: str
    line: int
    text: str = ""


class DoubtKind(enum.Enum):
    """What may happen to packets for the line's sake.

    DROPS: some may be dropped that would pass otherwise. ROUTES: what comes in may be sent elsewhere. TUNNELS: what
    goes out may come out elsewhere, what comes in may have been hidden from filters. REWRITES: their addresses may be
    changed. OPENS: answers may pass a filter that would drop them. JOINS: networks may be one at layer 2. ANYTHING: the
    line is not understood.
    """

    DROPS = "drops"
    ROUTES = "routes"
    TUNNELS = "tunnels"
    REWRITES = "rewrites"
    OPENS = "opens"
    JOINS = "joins"
    ANYTHING = "anything"


@dataclass(frozen=True)
class ForwardingDoubt:
    """Why something cannot be told."""

    kind: DoubtKind
    why: Said
    place: Place


@dataclass(frozen=True)
class Entry:
    """An entry of a filter. sure: the packets that it certainly matches; most: that it may match, the others included.

    permit: None when the line is not understood, so that it may do either. comes_in, goes_out: of an entry between
    interfaces the names of these; empty: any.
    """

    place: Place
    permit: bool | None
    sure: Boxes
    most: Boxes
    doubt: Said | None = None
    comes_in: frozenset[str] = frozenset()
    goes_out: frozenset[str] = frozenset()

    def is_between(self, comes_in: str, goes_out: str) -> bool:
        """It holds for what comes in on the one interface and goes out of the other."""
        return (not self.comes_in or comes_in in self.comes_in) and (not self.goes_out or goes_out in self.goes_out)


@dataclass(frozen=True)
class Filter:
    """An access list as packets meet it. permits_rest: what becomes of what no entry matches; None: unknown.

    ordered: packets meet the entries in this order; else the device has an order of its own. defined: it is there.
    """

    name: str
    place: Place  # where it is used
    entries: tuple[Entry, ...] = ()
    permits_rest: bool | None = False
    ordered: bool = True
    defined: bool = True
    at: Place | None = None  # where it begins

    def between(self, comes_in: str, goes_out: str) -> Filter:
        """The entries that hold between two interfaces."""
        return replace(self, entries=tuple(e for e in self.entries if e.is_between(comes_in, goes_out)))


@dataclass(frozen=True)
class SourceTranslation:
    """The sources of what comes in on one of these interfaces and goes out of one of those may be rewritten (source
    NAT). Empty: any interface.
    """

    doubt: ForwardingDoubt
    comes_in: frozenset[str] = frozenset()
    goes_out: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Redirection:
    """Destinations in one of the networks that are asked for may be rewritten to others (destination NAT).

    comes_in: the interfaces where that is so; empty: any.
    """

    doubt: ForwardingDoubt
    asked: tuple[Network, ...]
    targets: tuple[Network, ...]
    comes_in: frozenset[str] = frozenset()


class InterfaceAddress(NamedTuple):
    """An address of an interface and the network that is behind it."""

    address: ipaddress.IPv4Address | ipaddress.IPv6Address
    network: Network
    place: Place


@dataclass(frozen=True)
class Relay:
    """Broadcasts of UDP to these ports go on to a server (DHCP relay, UDP helper), past the filters of where it is."""

    server: ipaddress.IPv4Address | ipaddress.IPv6Address
    ports: tuple[tuple[int, int], ...]
    doubt: ForwardingDoubt


@dataclass(frozen=True)
class Wire:
    """A line that may join VLANs so that no device routes between them. vlans: none stands for every network."""

    vlans: frozenset[int]
    doubt: ForwardingDoubt


@dataclass(eq=False)
class Interface:
    """An interface that can route. loose: it has addresses that the configuration does not tell."""

    name: str
    place: Place
    table: str = ""  # VRF or VPN instance
    vlan: int = 0
    up: bool = True
    hosts: bool = True  # others can be behind it; no loopback
    loose: ForwardingDoubt | None = None
    addresses: list[InterfaceAddress] = field(default_factory=list)
    virtual: list[InterfaceAddress] = field(default_factory=list)  # shared with other devices: HSRP, VRRP
    relays: list[Relay] = field(default_factory=list)
    # Of a tunnel: where its other end is; none stands for anywhere. None: no tunnel.
    peers: tuple[ipaddress.IPv4Address | ipaddress.IPv6Address, ...] | None = None
    filters_in: dict[int, list[Filter]] = field(default_factory=dict)  # by IP version, all are passed
    filters_out: dict[int, list[Filter]] = field(default_factory=dict)
    doubts: list[ForwardingDoubt] = field(default_factory=list)

    def filters(self, version: int, *, outgoing: bool) -> list[Filter]:
        """Those that packets pass."""
        return (self.filters_out if outgoing else self.filters_in).get(version, [])


@dataclass(frozen=True)
class Route:
    """A static route. next_hop and interface: at least one, unless it discards. certain: it is always there."""

    network: Network
    place: Place
    table: str = ""
    next_hop: ipaddress.IPv4Address | ipaddress.IPv6Address | None = None
    interface: str = ""
    discards: bool = False
    distance: int = 1
    certain: bool = True


@dataclass(eq=False)
class Router:
    """A device as packets meet it. forwards: for each IP version, whether it does; None: cannot be told. tables_off:
    the tables of routes by which it forwards nothing all the same.

    filters: what goes from interface to interface passes these, by IP version, between the filters of the two.
    stateful: answers pass it in conversations that it let through, whatever its filters say, if they come in where the
    conversation went out. is_host: an inventory lists it with several addresses, and no configuration tells whether it
    forwards.
    """

    name: str
    source: str
    forwards: Mapping[int, bool | None]
    interfaces: list[Interface] = field(default_factory=list)
    routes: list[Route] = field(default_factory=list)
    dynamic: dict[int, list[ForwardingDoubt]] = field(default_factory=dict)  # routes that are learnt, by IP version
    doubts: list[ForwardingDoubt] = field(default_factory=list)  # of the whole device
    filters: dict[int, list[Filter]] = field(default_factory=dict)
    stateful: bool = False
    translations: list[SourceTranslation] = field(default_factory=list)
    redirections: list[Redirection] = field(default_factory=list)
    # What bridged packets meet, by VLAN (0: in any); what the device routes meets filters in place of the second kind.
    port_doubts: dict[int, list[ForwardingDoubt]] = field(default_factory=dict)
    vlan_doubts: dict[int, list[ForwardingDoubt]] = field(default_factory=dict)
    wires: list[Wire] = field(default_factory=list)
    is_host: bool = False
    tables_off: dict[int, list[str]] = field(default_factory=dict)

    def forwards_by(self, table: str, version: int) -> bool | None:
        """Whether it forwards what comes in on interfaces of a table."""
        return False if table in self.tables_off.get(version, ()) else self.forwards[version]
