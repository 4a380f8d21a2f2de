"""Who may write, operate, program or restart what, by the entries ``writers`` of a policy.

An entry closes the world for its targets, verbs and protocols: the clients it names are permitted and all others are
not. Several entries about one operation unite. Where there is no entry, nothing is said.

Names are those that the inventory binds to an address. An entry of which no client is known to anybody (names without
an address, a role that nobody has) permits nobody of whom another name or role is known; of others it cannot be judged.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from scanner.device_names import name_key
from scanner.policy.membership import names_addresses
from scanner.policy.objects import Pattern, parse_pattern
from scanner.protocols.base import MAY_BE, UNTOLD
from scanner.vocabulary import ROLES

Row = Mapping[str, Any]


class OperationEnd(NamedTuple):
    """One end of an operation. names: those that the inventory gives it; roles: those that it was assigned."""

    address: str
    mac: str
    names: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()


class Relevant(NamedTuple):
    """Entries by their number. about: those about an operation; naming: of these, those that name its client.

    unknown: some entry about it has no client that anybody knows, and nobody knows who the client is; or it names a MAC
    address that may be the client's; or nobody knows what the operation does.
    """

    about: tuple[int, ...]
    naming: tuple[int, ...]
    unknown: bool


class Asking(NamedTuple):
    """What the entries say of a client. naming: those that name it; stranger: nobody knows who it is; unseen: nor
    its MAC address.
    """

    naming: frozenset[int]
    stranger: bool
    unseen: bool


@dataclass(frozen=True)
class KnownNames:
    """What the names of a policy can mean.

    zones: ids. listed: names that the inventory gives. bound: of these, those with an address. roles: those that
    somebody has. of_nobody: MAC addresses that nobody is known to have. Names are casefolded.
    """

    zones: Collection[str] = ()
    listed: Collection[str] = ()
    bound: Collection[str] = ()
    roles: Collection[str] = ()
    of_nobody: Collection[str] = frozenset()

    def is_role(self, word: str) -> bool:
        """The word means a role, not the device of that name."""
        return word in ROLES and word not in self.listed


@dataclass(frozen=True)
class Group:
    """Members of a list: zones, roles, addresses and MACs, networks, casefolded names."""

    zones: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()
    exact: frozenset[str] = frozenset()
    networks: tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...] = ()
    names: frozenset[str] = frozenset()

    def holds(self, end: OperationEnd, zone: str = "") -> bool:
        """The end, which is in the zone, is one of the members."""
        if (zone and zone in self.zones) or not self.roles.isdisjoint(end.roles):
            return True
        if end.address in self.exact or (end.mac and end.mac in self.exact):
            return True
        if not self.names.isdisjoint(name_key(n) for n in end.names):
            return True
        if not self.networks:
            return False
        try:
            address = ipaddress.ip_address(end.address)
        except ValueError:
            return False
        return any(address in network for network in self.networks)

    def anybody(self, known: KnownNames) -> bool:
        """Somebody is known to be a member."""
        named = self.names.intersection(known.bound) or self.roles.intersection(known.roles)
        return bool(self.exact.difference(known.of_nobody) or self.networks or named)


@dataclass(frozen=True)
class WriterEntry:
    """One entry; windows: ids, of the file ``source``."""

    source: str
    targets: Group
    clients: Group
    verbs: frozenset[str]
    protocols: frozenset[str]
    objects: tuple[Pattern, ...]
    windows: tuple[str, ...]


@dataclass
class Writers:
    """The entries, ready to be asked."""

    known: KnownNames
    entries: Sequence[WriterEntry] = field(default_factory=list)

    @classmethod
    def of(cls, writers: Iterable[Row], known: KnownNames) -> Writers:
        """From rows of the facts table writers."""
        return cls(known, [_entry(row, known) for row in writers])

    def about(self, client: OperationEnd, server: OperationEnd, server_zone: str, protocol: str, verb: str) -> Relevant:
        """The entries about an operation, and those that name its client."""
        return self.among(self.asking(client), self.serving(server, server_zone), protocol, verb)

    def asking(self, client: OperationEnd) -> Asking:
        """The entries that name a client, whatever it does."""
        naming = frozenset(n for n, entry in enumerate(self.entries) if entry.clients.holds(client))
        return Asking(naming, not (client.names or client.roles), not client.mac)

    def serving(self, server: OperationEnd, zone: str) -> tuple[int, ...]:
        """The entries whose target is a server, whatever is done to it."""
        return tuple(n for n, entry in enumerate(self.entries) if entry.targets.holds(server, zone))

    def among(self, asking: Asking, serving: tuple[int, ...], protocol: str, verb: str) -> Relevant:
        """The entries about what these clients do to these servers, and those that name the client. What nobody can
        tell may be what an entry forbids the client.
        """
        about = self._about(serving, protocol, verb)
        if verb in UNTOLD and not about:
            others = (self._about(serving, protocol, possible) for possible in MAY_BE)
            forbidden = {n for each in others if asking.naming.isdisjoint(each) for n in each}
            return Relevant(tuple(sorted(forbidden)), (), unknown=True)
        naming = tuple(number for number in about if number in asking.naming)
        unheard = any(not self.entries[number].clients.anybody(self.known) for number in about)
        of_nobody = self.known.of_nobody
        unseen = asking.unseen and any(not self.entries[n].clients.exact.isdisjoint(of_nobody) for n in about)
        return Relevant(about, naming, (asking.stranger and unheard) or unseen)

    def _about(self, serving: tuple[int, ...], protocol: str, verb: str) -> tuple[int, ...]:
        """Those of these entries that are about such operations."""
        entries = ((number, self.entries[number]) for number in serving)
        return tuple(n for n, e in entries if verb in e.verbs and (not e.protocols or protocol in e.protocols))


def _entry(row: Row, known: KnownNames) -> WriterEntry:
    targets = [t for t in row["targets"] if t not in known.zones]
    roles = frozenset(c for c in row["clients"] if known.is_role(c))
    return WriterEntry(
        source=row["source"],
        targets=group(targets, zones=frozenset(known.zones) & set(row["targets"])),
        clients=group([c for c in row["clients"] if c not in roles], roles=roles),
        verbs=frozenset(row["verbs"]),
        protocols=frozenset(row["protocols"]),
        objects=tuple(map(parse_pattern, row["objects"])),
        windows=tuple(row["change_windows"]),
    )


def group(words: Iterable[str], *, zones: frozenset[str] = frozenset(), roles: frozenset[str] = frozenset()) -> Group:
    """Members in their canonical form; zones and roles are given apart."""
    exact, networks, names = names_addresses(words)
    return Group(zones, roles, frozenset(exact), tuple(networks), frozenset(names))


class UndecidedEntry:
    """What nobody has decided about."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._items = [(group([r["client"]]), group([r["server"]]), frozenset(r["verbs"]), r["protocol"]) for r in rows]

    def asking(self, client: OperationEnd) -> tuple[int, ...]:
        """The items that name a client."""
        return tuple(n for n, (clients, *_) in enumerate(self._items) if clients.holds(client))

    def serving(self, server: OperationEnd) -> tuple[int, ...]:
        """The items that name a server."""
        return tuple(n for n, (_, servers, *_) in enumerate(self._items) if servers.holds(server))

    def among(self, asking: tuple[int, ...], serving: tuple[int, ...], protocol: str, verb: str) -> bool:
        """The policy lists what these clients do to these servers."""
        both = (self._items[number] for number in asking if number in serving)
        return any(verb in verbs and spoken in ("", protocol) for _, _, verbs, spoken in both)
