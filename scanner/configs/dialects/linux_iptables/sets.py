"""What sets of addresses hold: ``ipset save`` in the same file. Source: ipset(8).

A set whose members are not in the file, or come and go by themselves (``timeout``), may hold anything.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from scanner.configs.acl_objects import Network, between, network, within
from scanner.configs.chains import netfilter_words as words_of
from scanner.configs.chains.interface_names import InterfaceNames
from scanner.configs.chains.narrowing import Narrowing
from scanner.configs.dialects.linux_iptables.saved import SavedSet
from scanner.packet_sets import Box, Span

MOST_MEMBERS = 400  # of a set that is calculated with
_SETS = "list:set"
_ADDRESSES = ("ip", "net")


class AddressSets:
    """The sets of one file."""

    def __init__(self, sets: Mapping[str, SavedSet], names: InterfaceNames, added_to: Collection[str] = ()) -> None:
        """added_to: sets that rules change."""
        self._sets = sets
        self._changing = frozenset(added_to)
        self._names = names
        self.used: set[str] = set()

    def cases(self, name: str, sides: Sequence[str], left: Narrowing, version: int) -> list[Box] | None:
        """The packets that are in the set, by these sides of theirs (src, dst); None when that is not told."""
        several = [self._cases(one, sides, left, version) for one in [*within([name], self._listed)]]
        return None if None in several else [box for inside in several for box in inside or ()]

    def _listed(self, name: str) -> list[str] | None:
        """The sets in a set of sets."""
        self.used.add(name)
        own = self._sets.get(name)
        if own is None or own.kind != _SETS or len(own.members) > MOST_MEMBERS:
            return None
        return [member[0] for member in own.members]

    def _cases(self, name: str, sides: Sequence[str], left: Narrowing, version: int) -> list[Box] | None:
        own = self._sets.get(name)
        if own is None or own.kind == _SETS or len(own.members) > MOST_MEMBERS:
            return None
        if "timeout" in own.options or own.name in self._changing or any("nomatch" in member for member in own.members):
            return None
        if not any(part in _ADDRESSES for part in _parts(own)) or ("inet6" in own.options) == (version == 6):
            return self._boxes(own, sides, left, six=version == 6)
        return []

    def _boxes(self, own: SavedSet, sides: Sequence[str], left: Narrowing, *, six: bool) -> list[Box] | None:
        boxes: list[Box] = []
        for member in own.members:
            for spans in self._member(_parts(own), member[0], sides, six=six):
                if spans is None:
                    return None
                boxes.append(left.box(**spans))
        return boxes

    def _member(
        self, parts: Sequence[str], text: str, sides: Sequence[str], *, six: bool
    ) -> Iterator[dict[str, Span] | None]:
        """The spans of one member; None when it is not understood."""
        values = text.split(",")
        if len(values) != len(parts) or len(sides) < len(parts):
            yield None
            return
        fixed: dict[str, Span] = {}
        address: dict[str, list[Network]] = {}
        for part, value, side in zip(parts, values, sides, strict=False):
            if part in _ADDRESSES:
                found = _networks(value)
                if found is None or any((n.version == 6) is not six for n in found):
                    yield None
                    return
                address["source" if side == "src" else "destination"] = found
            elif part == "port" and (told := _port(value)):
                fixed |= {"protocol": told[0], "source_port" if side == "src" else "port": told[1]}
            elif part == "iface":
                if ":" in value:  # a port of a bridge (physdev)
                    yield None
                    return
                fixed["incoming" if side == "src" else "outgoing"] = self._names.span(value)
            else:
                yield None
                return
        yield from _together(fixed, address)


def _together(fixed: dict[str, Span], address: dict[str, list[Network]]) -> Iterator[dict[str, Span]]:
    found = [fixed]
    for side, networks in address.items():
        found = [{**one, side: (int(n.network_address), int(n.broadcast_address))} for one in found for n in networks]
    yield from found


def interfaces_in(sets: Iterable[SavedSet]) -> Iterator[str]:
    """The interfaces that sets name."""
    for own in sets:
        at = [n for n, part in enumerate(_parts(own)) if part == "iface"]
        for member in own.members if at else ():
            yield from (value for n, value in enumerate(member[0].split(",")) if n in at)


def _parts(own: SavedSet) -> list[str]:
    return own.kind.partition(":")[2].split(",")


def _networks(text: str) -> list[Network] | None:
    first, sign, last = text.partition("-")
    return between(first, last) if sign else network(*text.split("/", 1))


def _port(text: str) -> tuple[Span, Span] | None:
    protocol, sign, ports = text.partition(":")
    if not sign:
        protocol, ports = "tcp", text
    found, span = words_of.protocol(protocol), words_of.ports(ports, "-")
    return (found, span) if found and span else None
