"""What the conditions of one rule leave of all packets, gathered one condition after the other."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence

from scanner.address_spans import AddressRange, networks
from scanner.configs.acl_objects import ports_in_words
from scanner.configs.chains.interface_names import InterfaceNames, spans_common, spans_outside
from scanner.configs.chains.model import (
    ANY_STATE,
    ESTABLISHED,
    INVALID,
    NEW,
    RELATED,
    UNTRACKED,
    Match,
    RuleWords,
)
from scanner.intervals import united
from scanner.packet_sets import (
    ADDRESSES,
    ALL_PORTS,
    ALL_PROTOCOLS,
    ANSWER,
    DESTINATION,
    PORT,
    PROTOCOL,
    SOURCE,
    SOURCE_PORT,
    Box,
    Boxes,
    Span,
    TooManyBoxes,
    difference,
    disjoint,
    intersection,
)

MOST_BOXES = 1_000  # of one rule
MOST_NETWORKS = 200  # written out in words of one end
ICMP = {4: 1, 6: 58}
_WITH_PORTS = ((6, 6), (17, 17), (33, 33), (132, 132), (136, 136))  # TCP, UDP, DCCP, SCTP, UDP-Lite
_NAMES = {6: "tcp", 17: "udp", 132: "sctp"}


def everything(version: int, names: InterfaceNames) -> Box:
    """Every packet of a version of IP, on all interfaces."""
    addresses = ADDRESSES[version]
    return addresses, addresses, ALL_PROTOCOLS, ALL_PORTS, ALL_PORTS, ANY_STATE, names.every, names.every


class Narrowing:
    """The packets that are left so far. exact: all conditions are understood.

    narrowed: one that is not understood exactly leaves out most packets for certain.
    """

    def __init__(self, version: int, names: InterfaceNames) -> None:
        self.version = version
        self.exact = True
        self.narrowed = False
        self._whole = everything(version, names)
        self._most: list[list[Span]] = [[span] for span in self._whole]
        self._surely: list[Span] = [ANY_STATE]
        self._cases: list[tuple[Boxes, Boxes]] = []  # sure and most, all of them hold
        self._words: list[str] = []
        self._interfaces: list[str] = []
        self._ended = {SOURCE: True, DESTINATION: True}  # the addresses are told by this dimension alone

    def to(self, dimension: int, spans: Iterable[Span], *, but: bool = False) -> None:
        """Only these values; but: only the others."""
        wanted = spans_outside(spans, self._whole[dimension]) if but else united(spans)
        self._most[dimension] = spans_common(self._most[dimension], wanted)

    def on(self, dimension: int, spans: Iterable[Span], words: str, *, but: bool = False) -> None:
        """Only what comes in, or goes out, on these interfaces."""
        self.to(dimension, spans, but=but)
        self._interfaces.append(words)

    def to_ports(self, dimension: int, spans: Iterable[Span], *, but: bool = False) -> None:
        """Only these ports, of protocols that have some."""
        self.to(PROTOCOL, _WITH_PORTS)
        self.to(dimension, spans, but=but)

    def to_icmp(self, spans: Iterable[Span], *, but: bool = False) -> None:
        """Only these messages of ICMP: type x 256 + code."""
        self.to(PROTOCOL, [(ICMP[self.version],) * 2])
        self.to(PORT, spans, but=but)

    def to_states(self, sure: Sequence[Span], most: Sequence[Span]) -> None:
        """Only packets of which connection tracking says this, or some of these."""
        self._surely = spans_common(self._surely, sure)
        self._most[ANSWER] = spans_common(self._most[ANSWER], most)

    def to_cases(self, sure: Iterable[Box], most: Iterable[Box], *, but: bool = False) -> None:
        """Only these packets, or only the others; for conditions that tell several things in one."""
        surely, atmost = disjoint(sure), disjoint(most)
        if but:
            surely, atmost = difference([self._whole], atmost), difference([self._whole], surely)
        self._cases.append((surely, atmost))

    def box(self, **spans: Span) -> Box:
        """A box that is narrowed in some dimensions, by their names: source, destination, protocol, port, ..."""
        at = dict(zip(_DIMENSIONS, self._whole, strict=True)) | spans
        return tuple(at[name] for name in _DIMENSIONS)

    def also(self, words: str) -> None:
        """Something narrows it that is told by these words."""
        self._words.append(words)

    def unclear(self, words: str, *, narrowed: bool = False, untold: bool = False) -> None:
        """A condition that cannot be followed. narrowed: it leaves out most packets; untold: it is about addresses."""
        self.exact = False
        self.narrowed = self.narrowed or narrowed
        self._words.append(words)
        if untold:
            self._ended = dict.fromkeys(self._ended, False)

    def nothing(self) -> None:
        """No packet that conversations are made of."""
        self._most = [[] for _ in self._whole]

    @property
    def empty(self) -> bool:
        """Nothing is left by ``nothing``."""
        return not any(self._most)

    def match(self) -> Match:
        """The packets; TooManyBoxes when they are too ragged."""
        most = self._boxes(self._most)
        sure: Boxes = ()
        if self.exact and self._surely_within() == self._most[ANSWER]:
            sure = most
        elif self.exact:
            sure = self._boxes([*self._most[:ANSWER], self._surely_within(), *self._most[ANSWER + 1 :]])
        for surely, atmost in self._cases:
            same = sure is most and surely == atmost
            most = intersection(most, atmost)
            sure = most if same else intersection(sure, surely)
        return Match(sure, most, self.narrowed)

    def _surely_within(self) -> list[Span]:
        return spans_common(self._surely, self._most[ANSWER])

    @staticmethod
    def _boxes(spans: Sequence[Sequence[Span]]) -> Boxes:
        count = 1
        for own in spans:
            count *= len(own)
        if count > MOST_BOXES:
            raise TooManyBoxes
        return tuple(itertools.product(*spans))

    def words(self) -> RuleWords:
        """It in words."""
        options = [*self._ports_words(), *self._state_and_interfaces(), *dict.fromkeys(self._words)]
        ends = (self._end(SOURCE), self._end(DESTINATION))
        return RuleWords(self._protocol(), *ends, " ".join(options))

    def only_answers(self) -> bool:
        """It matches nothing that begins a conversation."""
        return not spans_common(self._most[ANSWER], [NEW])

    def port_count(self) -> int | None:
        """How many destination ports are left, where nothing but addresses and interfaces narrows it beside them."""
        if not self.exact or self._cases or self.only_answers() or self._words:
            return None
        protocols = self._most[PROTOCOL]
        ports = sum(high - low + 1 for low, high in self._most[PORT])
        if protocols == [ALL_PROTOCOLS]:
            return ports
        names = {low for low, high in protocols if low == high}
        whole = self._most[SOURCE_PORT] == [ALL_PORTS]
        return ports if len(names) == len(protocols) and names <= {6, 17} and whole else None

    def _protocol(self) -> str:
        spans = self._most[PROTOCOL]
        if spans == [ALL_PROTOCOLS]:
            return "ip" if self.version == 4 else "ipv6"
        if spans == [(ICMP[self.version],) * 2]:
            return "icmp"
        if spans == [(6, 6), (17, 17)]:
            return "tcp-udp"
        if len(spans) == 1 and spans[0][0] == spans[0][1]:
            return _NAMES.get(spans[0][0], str(spans[0][0]))
        return "other"

    def _end(self, dimension: int) -> str:
        spans = self._most[dimension]
        if not self._ended[dimension] or any(_narrows(most, dimension, self._whole) for _, most in self._cases):
            return "group not told"
        if spans == [ADDRESSES[self.version]]:
            return "any"
        named = list(
            itertools.islice(networks(tuple(AddressRange(self.version, *s) for s in spans)), MOST_NETWORKS + 1)
        )
        return ",".join(named) if 0 < len(named) <= MOST_NETWORKS else "group not told"

    def _ports_words(self) -> Iterator[str]:
        protocols = self._most[PROTOCOL]
        name = "tcp" if all(span in _WITH_PORTS for span in protocols) else ""
        if not name and self._most[PORT] != [ALL_PORTS]:
            kinds = ",".join(str(a) if a == b else f"{a}-{b}" for a, b in self._most[PORT])
            yield f"type {kinds}"
            return
        if said := ports_in_words(name, self._most[PORT]):
            yield said
        if said := ports_in_words(name, self._most[SOURCE_PORT]):
            yield f"source {said}"

    def _state_and_interfaces(self) -> Iterator[str]:
        if self._most[ANSWER] != [ANY_STATE]:
            told = [name for name, span in _STATES.items() if spans_common(self._most[ANSWER], [span])]
            yield f"state {','.join(told) or 'none'}"
        yield from self._interfaces


_STATES = {
    "new": NEW,
    "established": ESTABLISHED,
    "related": RELATED,
    "invalid": INVALID,
    "untracked": UNTRACKED,
}
_DIMENSIONS = (
    *("source", "destination", "protocol", "source_port", "port", "answer"),
    *("incoming", "outgoing"),
)


def _narrows(boxes: Boxes, dimension: int, whole: Box) -> bool:
    return any(box[dimension] != whole[dimension] for box in boxes)
