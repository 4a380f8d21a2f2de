"""Sets of IP packets as unions of boxes that do not overlap: calculating with them exactly.

A box is a range in each of six dimensions: source, destination, protocol, source port, destination port, and whether
the packet begins a conversation or answers in one. Of ICMP the destination port is type × 256 + code; of protocols
without ports both are whatever they like. A set is of one IP version; which one, its owner knows.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

Span = tuple[int, int]  # both ends included
Box = tuple[Span, ...]  # six, and what else its owner tells packets apart by: all boxes of a set alike
Boxes = tuple[Box, ...]

SOURCE, DESTINATION, PROTOCOL, SOURCE_PORT, PORT, ANSWER = range(6)
ALL_PORTS: Span = (0, 65_535)
ALL_PROTOCOLS: Span = (0, 255)
BEGINS: Span = (0, 0)
ANSWERS: Span = (1, 1)
EITHER: Span = (0, 1)
ADDRESSES: dict[int, Span] = {4: (0, (1 << 32) - 1), 6: (0, (1 << 128) - 1)}
MAX_BOXES = 4_000  # of one set; a device's filter of some hundred entries gives a few hundred


class TooManyBoxes(Exception):
    """The set is too ragged to go on with; whatever depends on it is unknown."""


class OnePacket(NamedTuple):
    """One packet."""

    source: int
    destination: int
    protocol: int
    source_port: int
    port: int
    answer: int

    def within(self, box: Box) -> bool:
        """It is one of the box."""
        return all(low <= value <= high for value, (low, high) in zip(self, box, strict=True))


def everything(version: int) -> Box:
    """Every packet of an IP version."""
    addresses = ADDRESSES[version]
    return addresses, addresses, ALL_PROTOCOLS, ALL_PORTS, ALL_PORTS, EITHER


def meet(one: Box, other: Box) -> Box | None:
    """The packets of both boxes; None without any."""
    found = []
    for span, its in zip(one, other, strict=True):
        if span == its:
            found.append(span)
            continue
        (low, high), (first, last) = span, its
        if first > low:  # noqa: PLR1730 - max and min take three times as long
            low = first
        if last < high:  # noqa: PLR1730
            high = last
        if low > high:
            return None
        found.append((low, high))
    return tuple(found)


def intersection(ones: Iterable[Box], others: Sequence[Box]) -> Boxes:
    """The packets of both sets."""
    found: list[Box] = []
    for one in ones:
        (first, last), (low, high) = one[SOURCE], one[DESTINATION]
        for other in others:
            source, destination = other[SOURCE], other[DESTINATION]
            # most differ in their addresses, and to call a function takes five times as long as to see it here
            if source[0] > last or first > source[1] or destination[0] > high or low > destination[1]:
                continue
            both = meet(one, other)
            if both is not None:
                found.append(both)
    return _bounded(found)


def difference(ones: Iterable[Box], others: Iterable[Box]) -> Boxes:
    """The packets of the first set that are not in the second."""
    others = tuple(others)
    same = set(others)  # most boxes that come again are as they were
    left = [one for one in ones if one not in same]
    for other in others:
        if not left:
            break
        (first, last), (low, high) = other[SOURCE], other[DESTINATION]
        pieces: list[Box] = []
        for one in left:
            source, destination = one[SOURCE], one[DESTINATION]
            if source[0] > last or first > source[1] or destination[0] > high or low > destination[1]:
                pieces.append(one)
            else:
                pieces += _without(one, other)
        left = pieces
        _bounded(left)
    return tuple(left)


def is_within(ones: Sequence[Box], others: Iterable[Box]) -> bool:
    """All packets of the one set are in the other; no, too, where the sets are too ragged to tell."""
    try:
        return not difference(ones, others)
    except TooManyBoxes:
        return False


def union(ones: Sequence[Box], others: Iterable[Box]) -> Boxes:
    """The packets of either set."""
    more = difference(others, ones)
    return _bounded([*ones, *more]) if more else tuple(ones)


def beside(ones: Sequence[Box], others: Sequence[Box]) -> Boxes:
    """The packets of either set, where it is known that none are of both."""
    return _bounded([*ones, *others])


def disjoint(boxes: Iterable[Box]) -> Boxes:
    """The same packets as boxes that do not overlap."""
    found: Boxes = ()
    for box in boxes:
        found = union(found, (box,))
    return found


def answers_to(boxes: Iterable[Box]) -> Boxes:
    """What comes back of conversations that these packets begin, by IP, TCP and UDP; of ICMP any message."""
    found: list[Box] = []
    for source, destination, protocol, source_port, port, _ in boxes:
        for low, high in _apart(protocol):
            icmp = low in _ICMP
            ports = (ALL_PORTS, ALL_PORTS) if icmp else (port, source_port)
            found.append((destination, source, (low, high), *ports, ANSWERS))
    return disjoint(found)


def beginning(boxes: Boxes) -> Boxes:
    """Those that begin a conversation."""
    return tuple(b for box in boxes if (b := _with(box, BEGINS)) is not None)


def _with(box: Box, answer: tuple[int, int]) -> Box | None:
    low, high = max(box[ANSWER][0], answer[0]), min(box[ANSWER][1], answer[1])
    return (*box[:5], (low, high)) if low <= high else None


def conversations(there: Boxes, back: Boxes) -> Boxes:
    """Of packets that begin conversations those whose answers may come back."""
    begin = beginning(there)
    returning = intersection(answers_to(begin), back)
    mirrored = tuple((d, s, p, dp, sp, BEGINS) for s, d, p, sp, dp, _ in returning)
    widened = tuple((*b[:3], ALL_PORTS, ALL_PORTS, BEGINS) if b[2] in ((1, 1), (58, 58)) else b for b in mirrored)
    return intersection(begin, disjoint(widened))


_ICMP = (1, 58)


def _apart(protocol: Span) -> list[Span]:
    """The protocols, those by themselves whose ports are none."""
    edges = sorted({protocol[0], *(n + d for n in _ICMP for d in (0, 1) if protocol[0] < n + d <= protocol[1])})
    return [(a, b - 1) for a, b in zip(edges, [*edges[1:], protocol[1] + 1], strict=True)]


def _without(one: Box, other: Box) -> list[Box]:
    outside: list[int] = []  # in which dimensions there is more of the one
    for at, ((first, last), (low, high)) in enumerate(zip(one, other, strict=True)):
        if first > high or low > last:
            return [one]
        if first < low or last > high:
            outside.append(at)
    pieces: list[Box] = []
    for at in outside:
        (first, last), (low, high) = one[at], other[at]
        if first < low:
            pieces.append((*one[:at], (first, low - 1), *one[at + 1 :]))
        if last > high:
            pieces.append((*one[:at], (high + 1, last), *one[at + 1 :]))
        one = (*one[:at], (max(first, low), min(last, high)), *one[at + 1 :])
    return pieces


def _bounded(boxes: Sequence[Box]) -> Boxes:
    if len(boxes) > MAX_BOXES:
        raise TooManyBoxes
    return tuple(boxes)
