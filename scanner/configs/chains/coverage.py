"""Whether packets are nearly all there are: of TCP or UDP, from anywhere to anywhere, on hardly less than all ports."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from scanner.configs.acl_cover import PORTS, nearly_all, spans_of
from scanner.configs.chains.interface_names import InterfaceNames, spans_outside
from scanner.configs.chains.model import INCOMING, NEW, OUTGOING
from scanner.intervals import united
from scanner.packet_sets import (
    ALL_PORTS,
    ANSWER,
    DESTINATION,
    PORT,
    SOURCE,
    Box,
    Boxes,
    Span,
    TooManyBoxes,
    difference,
)

_MOST_PLACES = 200  # pairs of interfaces, or destinations, that are looked at one by one
_FEW = {4: 1 << 8, 6: 1 << 64}  # addresses: whoever is let in but for so few is everybody
_WIDE = {4: 1 << 24, 6: 1 << 96}
_TCP, _UDP = 6, 17


def anybody(version: int) -> Span:
    """The addresses that hosts can have."""
    return spans_of("any", version)[0]


def is_everything(boxes: Boxes, version: int, names: InterfaceNames) -> bool:
    """All of it, at least between two interfaces that are not the loopback; TooManyBoxes when that is too ragged."""
    beginning = [b for b in boxes if is_wide(b, version)]
    if not beginning:
        return False
    hosts = anybody(version)
    for place in places(beginning, (INCOMING, OUTGOING), names.loopback):
        own = [b[:INCOMING] for b in beginning if at_place(b, (INCOMING, OUTGOING), place)]
        for protocol in (_TCP, _UDP):
            left = difference([(hosts, hosts, (protocol, protocol), ALL_PORTS, ALL_PORTS, NEW)], own)
            if _hardly_any(left, version):
                return True
    return False


def is_wide(box: Box, version: int) -> bool:
    """It has packets that begin a conversation, from many addresses to many; fewer make no everything."""
    return box[ANSWER][0] == 0 and all(_size(box[end]) >= _WIDE[version] for end in (SOURCE, DESTINATION))


def _hardly_any(left: Iterable[Box], version: int) -> bool:
    many = [b for b in left if min(_size(b[SOURCE]), _size(b[DESTINATION])) > _FEW[version]]
    return nearly_all(spans_outside(united(b[PORT] for b in many), (0, PORTS - 1)))


def is_everybody(spans: Iterable[Span], version: int) -> bool:
    """Hosts with most addresses: who is let in but for some is not chosen."""
    every = anybody(version)
    return 2 * sum(_size(span) for span in spans_outside(spans, every)) < _size(every)


def places(boxes: Sequence[Box], dimensions: Sequence[int], but: int) -> Iterator[tuple[int, ...]]:
    """Points in these dimensions at which something changes, none of them ``but``."""
    found: list[list[int]] = []
    for dimension in dimensions:
        starts = {box[dimension][0] for box in boxes} | {box[dimension][1] + 1 for box in boxes}
        if dimension in (INCOMING, OUTGOING):
            starts |= {but + 1}
            starts -= {but}
        found.append(sorted(starts))
    count = 1
    for own in found:
        count *= len(own)
    if count > _MOST_PLACES:
        raise TooManyBoxes
    points: list[tuple[int, ...]] = [()]
    for own in found:
        points = [(*point, one) for point in points for one in own]
    yield from (p for p in points if any(at_place(b, dimensions, p) for b in boxes))


def at_place(box: Box, dimensions: Sequence[int], place: Sequence[int]) -> bool:
    """The box has packets there."""
    return all(box[d][0] <= one <= box[d][1] for d, one in zip(dimensions, place, strict=True))


def _size(span: Span) -> int:
    return span[1] - span[0] + 1
