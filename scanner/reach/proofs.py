"""What is proved of each ordered pair of zones: closed, open, or nothing."""

from __future__ import annotations

import enum
import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from scanner.address_spans import spans
from scanner.configs.acl_words import ANSWERING
from scanner.configs.forwarding import DoubtKind, ForwardingDoubt, Place
from scanner.configs.forwarding_lines import NOT_WHOLE, REWRITTEN_BELOW
from scanner.packet_sets import (
    ADDRESSES,
    ALL_PORTS,
    ANSWERS,
    BEGINS,
    Box,
    Boxes,
    OnePacket,
    TooManyBoxes,
    beginning,
    disjoint,
    intersection,
    union,
)
from scanner.reach.certain import CertainWalk, Hop
from scanner.reach.ends import ZoneEnd
from scanner.reach.network import GivenNetwork, kinds, towards
from scanner.reach.possible import Found, Possible, PossibleWalk
from scanner.wording import Said, said

VERSIONS = (4, 6)
_TOO_MANY = said("there are too many different packets to tell")
_NO_COMMON = said("the zones have no IP version in common")
_UNTOLD_DEVICE = said("how the device forwards cannot be told")
_UNREAD_DEVICE = said("the file was not read, and may be the configuration of a device")


class ReachState(enum.StrEnum):
    """What is proved."""

    CLOSED = "closed"
    OPEN = "open"
    UNKNOWN = "unknown"


class Witness(NamedTuple):
    """A packet that arrives, and its way; beside: the line of the network when both ends are in it."""

    version: int
    packet: OnePacket
    hops: tuple[Hop, ...]
    beside: Place | None


@dataclass
class Proof:
    """Of an ordered pair of zones. may: what may arrive, by IP version; sure: what certainly does.

    Both hold packets that begin conversations and packets that answer in one.
    """

    client: str
    server: str
    may: dict[int, Boxes] = field(default_factory=dict)
    sure: dict[int, Boxes] = field(default_factory=dict)
    closes: Found = field(default_factory=Found)
    doubts: Found = field(default_factory=Found)
    lost: bool = False  # there may be other addresses, or more packets than could be told

    @property
    def state(self) -> ReachState:
        """Of packets that begin a conversation."""
        return self.of(self.may, self.sure)

    @property
    def answers(self) -> ReachState:
        """Of packets that answer in one, whoever began it."""
        may = {v: intersection(boxes, (_answering(v),)) for v, boxes in self.may.items()}
        sure = {v: intersection(boxes, (_answering(v),)) for v, boxes in self.sure.items()}
        return self._state(may, sure)

    def of(self, may: Mapping[int, Boxes], sure: Mapping[int, Boxes]) -> ReachState:
        """What is proved when these packets may arrive, and those do."""
        return self._state(*({v: beginning(boxes) for v, boxes in sets.items()} for sets in (may, sure)))

    def _state(self, may: Mapping[int, Boxes], sure: Mapping[int, Boxes]) -> ReachState:
        if any(sure.values()):
            return ReachState.OPEN
        return ReachState.UNKNOWN if self.lost or any(may.values()) else ReachState.CLOSED


def _answering(version: int) -> Box:
    return (ADDRESSES[version], ADDRESSES[version], (0, 255), ALL_PORTS, ALL_PORTS, ANSWERS)


_MadeAnew = tuple[int, ForwardingDoubt, Boxes]  # by a device, for the sake of a line: these packets


class Prover:
    """Proves over the devices that are given."""

    def __init__(self, topology: GivenNetwork, untold: Iterable[str] = (), unread: Iterable[str] = ()) -> None:
        """untold: files of devices whose forwarding cannot be told; unread: files that may be of devices. These may
        join any networks, and so may a device whose configuration is not whole, or that rewrites what it bridges.
        """
        self._topology = topology
        self._strangers = Found()
        for source in untold:
            self._strangers.note(_UNTOLD_DEVICE, Place(source, 0))
        for source in unread:
            self._strangers.note(_UNREAD_DEVICE, Place(source, 0))
        for router in topology.routers:
            for doubt in router.doubts:
                if doubt.why in (NOT_WHOLE, REWRITTEN_BELOW):
                    self._strangers.note(doubt.why, doubt.place)
        self._certain = {version: CertainWalk(topology, version) for version in VERSIONS}
        self._rewriting = {
            number
            for number, router in enumerate(topology.routers)
            if router.redirections
            or any(DoubtKind.REWRITES in kinds(d) for d in (router.doubts, *(i.doubts for i in router.interfaces)))
        }
        self._touched: dict[tuple[str, int], dict[tuple[int, str], Boxes]] = {}
        self._anew: dict[tuple[str, int, tuple[_MadeAnew, ...]], Possible] = {}

    def every(self, ends: Sequence[ZoneEnd]) -> Iterator[Proof]:
        """Each ordered pair of different zones."""
        for client, server in itertools.permutations(ends, 2):
            yield self.pair(client, server)

    def pair(self, client: ZoneEnd, server: ZoneEnd) -> Proof:
        """What is proved of packets from hosts of one zone to hosts of another."""
        proof = Proof(client.zone, server.zone)
        for end in (client, server):
            for why, source, line in end.lost:
                proof.doubts.note(why, Place(source, line))
                proof.lost = True
        if self._strangers:
            proof.doubts.update(self._strangers)
            proof.lost = True
        common = False
        for version in VERSIONS:
            boxes = _between(client, server, version)
            if boxes:
                common = True
                self._prove(proof, (client, server), version, boxes)
        if not common and not proof.lost:
            proof.closes.note(_NO_COMMON, Place("", 0))
        return proof

    def _prove(self, proof: Proof, ends: tuple[ZoneEnd, ZoneEnd], version: int, boxes: Boxes) -> None:
        try:
            found = self._possible(ends, version, boxes)
            proof.may[version] = found.arrives
            proof.closes.update(found.closes)
            proof.doubts.update(found.doubts)
            proof.sure[version] = self._certain[version].arriving(boxes) if found.arrives else ()
        except TooManyBoxes:
            proof.may[version], proof.sure[version] = boxes, ()
            proof.lost = True
            proof.doubts.note(_TOO_MANY, Place("", 0))

    def _possible(self, ends: tuple[ZoneEnd, ZoneEnd], version: int, boxes: Boxes) -> Possible:
        client, server = ends
        walk = PossibleWalk(self._topology, version, (client.zone, server.zone))
        walk.begin(boxes)
        touched = self._touched_by(client, version) if self._rewriting else {}
        met = sorted(self._rewriting & {n for n, _ in touched})
        if met:
            everybody = disjoint((ADDRESSES[version], *box[1:]) for box in boxes)
            made = tuple(
                (number, doubt, rewritten)
                for number in met
                for doubt, rewritten in self._rewritten(number, _of(touched, number), version, everybody)
            )
            walk.found.join(self._made_anew(server, version, made))
        return walk.found

    def _made_anew(self, server: ZoneEnd, version: int, made: tuple[_MadeAnew, ...]) -> Possible:
        """What becomes of packets that devices may have made of others, whoever sent these: alike for many clients."""
        key = server.zone, version, made
        if key not in self._anew:
            walk = PossibleWalk(self._topology, version, ("", server.zone))
            for number, doubt, rewritten in made:
                walk.found.doubts.note(doubt.why, doubt.place)
                walk.anything(number, rewritten)
            self._anew[key] = walk.found
        return self._anew[key]

    def _rewritten(
        self, number: int, by: Mapping[str, Boxes], version: int, boxes: Boxes
    ) -> Iterator[tuple[ForwardingDoubt, Boxes]]:
        """Of these packets those that a device may have made of others, and the lines for whose sake. by: these
        others, by the interfaces on which they came in.
        """
        router = self._topology.routers[number]
        for doubt in (d for told in (router.doubts, *(i.doubts for i in router.interfaces)) for d in told):
            if doubt.kind is DoubtKind.REWRITES:
                yield doubt, boxes
        for one in router.redirections:
            asked = [towards(n) for n in one.asked if n.version == version]
            came = [boxes for name, boxes in by.items() if not one.comes_in or name in one.comes_in]
            if not any(intersection(some, asked) if one.asked else some for some in came):
                continue
            targets = disjoint(towards(t) for t in one.targets if t.version == version)
            if rewritten := intersection(boxes, targets):
                yield one.doubt, rewritten

    def _touched_by(self, client: ZoneEnd, version: int) -> dict[tuple[int, str], Boxes]:
        """What from the zone may get into devices, wherever it is sent, by interfaces."""
        if (client.zone, version) not in self._touched:
            walk = PossibleWalk(self._topology, version)
            walk.begin_anywhere(
                disjoint(
                    (span, ADDRESSES[version], (0, 255), ALL_PORTS, ALL_PORTS, (0, 1))
                    for span in spans(client.ranges, version)
                )
            )
            self._touched[client.zone, version] = walk.found.touched
        return self._touched[client.zone, version]

    def answered(self, sure: Mapping[int, Boxes]) -> bool:
        """Devices that know conversations let the answers to some of these packets back, which certainly arrive."""
        if not any(router.stateful for router in self._topology.routers):
            return False
        try:
            return any(self._certain[v].answered(beginning(boxes)) for v, boxes in sure.items() if boxes)
        except TooManyBoxes:
            return False

    def witness(self, sets: Mapping[int, Boxes]) -> Witness | None:
        """A packet that begins a conversation, of those that certainly arrive."""
        for version, boxes in sets.items():
            begin = beginning(boxes)
            if begin:
                packet = _usual(min(begin, key=_plainness))
                walk = self._certain[version]
                hops = tuple(walk.way(packet))
                return Witness(version, packet, hops, None if hops else walk.beside(packet))
        return None


def _of(touched: Mapping[tuple[int, str], Boxes], number: int) -> dict[str, Boxes]:
    """What gets into a device, by the interfaces on which it comes in."""
    return {name: came for (n, name), came in touched.items() if n == number}


def _between(client: ZoneEnd, server: ZoneEnd, version: int) -> Boxes:
    """All packets between hosts of two zones that begin a conversation or answer in one."""
    ends = itertools.product(spans(client.ranges, version), spans(server.ranges, version))
    return tuple((source, target, *what) for source, target in ends for what in messages(version))


def messages(version: int) -> list[tuple[tuple[int, int], tuple[int, int], tuple[int, int], tuple[int, int]]]:
    """Protocol, ports and direction of what there can be: some messages of ICMP only answer."""
    icmp = 1 if version == 4 else 58
    apart = [(a * 256, a * 256 + 255) for a in ANSWERING[version]]
    edges = [-1, *(edge for span in apart for edge in span), ALL_PORTS[1] + 1]
    asking = [(a + 1, b - 1) for a, b in zip(edges[::2], edges[1::2], strict=True) if a + 1 <= b - 1]
    every = (((0, icmp - 1), ALL_PORTS), ((icmp + 1, 255), ALL_PORTS), *(((icmp, icmp), span) for span in asking))
    begin = [(protocol, ALL_PORTS, ports, BEGINS) for protocol, ports in every]
    return [*begin, ((0, 255), ALL_PORTS, ALL_PORTS, ANSWERS)]


USUAL_PORT = 49_152  # that a client sends from
_LIKED = (6, 17)  # protocols, for an example


def _plainness(box: Box) -> tuple[int, int]:
    """Examples of TCP first, of a narrow service before a wide one."""
    low, high = box[2]
    liked = next((n for n, p in enumerate(_LIKED) if low <= p <= high), len(_LIKED))
    return liked, box[4][1] - box[4][0]


def _usual(box: Box) -> OnePacket:
    """A packet of the box as hosts might send it."""
    protocol = next((p for p in _LIKED if box[2][0] <= p <= box[2][1]), box[2][0])
    source_port = min(max(USUAL_PORT, box[3][0]), box[3][1])
    port = next((p for p in (502, 443, 80, 22) if box[4][0] <= p <= box[4][1]), box[4][0])
    if box[4] != ALL_PORTS and box[4][1] - box[4][0] < 1_000:
        port = box[4][0]
    return OnePacket(box[0][0], box[1][0], protocol, source_port, port, box[5][0])


def reasons(found: Iterable[tuple[Said, Place]]) -> list[tuple[Said, Place]]:
    """In the order of their places."""
    return sorted(found, key=lambda one: (one[1].source, one[1].line, str(one[0])))


def together(sets: Iterable[Boxes]) -> Boxes:
    """All packets of several sets."""
    found: Boxes = ()
    for boxes in sets:
        found = union(found, boxes)
    return found
