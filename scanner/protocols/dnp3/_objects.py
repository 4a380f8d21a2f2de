"""Object headers of DNP3 messages and the objects behind them (IEEE 1815-2012, clauses 4.2.2.7 and 11, annex A)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from scanner.protocols.dnp3 import _names as names

MOST_HEADERS, MOST_OBJECTS = 32, 64
_SIZED = 0x5B  # a count of objects, each with its size in two octets in front
_PREFIXES = {1: 1, 2: 2, 3: 4}
# (group, variation) -> octets of one object, where objects are written, commanded or echoed.
SIZES = {
    (10, 2): 1,
    (12, 1): 11,
    (12, 2): 11,
    (34, 1): 2,
    (34, 2): 4,
    (34, 3): 4,
    (40, 1): 5,
    (40, 2): 3,
    (40, 3): 5,
    (40, 4): 9,
    (41, 1): 5,
    (41, 2): 3,
    (41, 3): 5,
    (41, 4): 9,
    (50, 1): 6,
    (50, 2): 10,
    (50, 3): 6,
    (50, 4): 11,
    (51, 1): 6,
    (51, 2): 6,
    (52, 1): 2,
    (52, 2): 2,
    (102, 1): 1,
    (120, 3): 6,
}
_PACKED = {(1, 1), (10, 1), (12, 3), (80, 1)}  # one bit each
_STRINGS = (110, 111, 112, 113)  # as many octets as the variation says


@dataclass(slots=True)
class Header:
    """An object header with what follows it, as far as it can be told.

    first, last: point numbers of a range, or None. count: of objects, None for all. objects: (point or None, octets)
    of the first ones; none where they have no values. whole: every object was found, so that the next header is known.
    sound: they are there as announced, and what follows them is a header or nothing. final: nothing that was not
    read follows.
    """

    group: int
    variation: int
    qualifier: int
    first: int | None
    last: int | None
    count: int | None
    objects: tuple[tuple[int | None, bytes], ...]
    whole: bool
    sound: bool = True
    final: bool = True


def headers(raw: bytes, *, values: bool) -> list[Header]:
    """The object headers of ``raw``, as far as where they end is known; ``values``: objects follow them."""
    found: list[Header] = []
    while len(found) < MOST_HEADERS:
        read = _header(raw, values=values)
        if read is None:
            if found and raw:  # what is left is no header: the objects ahead of it are not as long as they say
                found[-1] = replace(found[-1], sound=False)
            break
        header, raw = read
        found.append(header)
        if not header.whole:
            break
    if found and (raw or not found[-1].whole):
        found[-1] = replace(found[-1], final=False)
    return found


def _header(raw: bytes, *, values: bool) -> tuple[Header, bytes] | None:
    """(the header at the start of ``raw``, what follows it and its objects); None when it is cut off."""
    if len(raw) < 3:
        return None
    group, variation, qualifier = raw[:3]
    code, body = qualifier & 0x0F, raw[3:]
    if code in (0, 1, 2):
        width = 1 << code
        if len(body) < 2 * width:
            return None
        first, last = int.from_bytes(body[:width], "little"), int.from_bytes(body[width : 2 * width], "little")
        count = max(0, last - first + 1)
        objects, rest = _ranged(group, variation, first, count, body[2 * width :], values=values)
        return Header(group, variation, qualifier, first, last, count, *objects), rest
    if code == 6:
        return Header(group, variation, qualifier, None, None, None, (), True), body
    width = {7: 1, 8: 2, 9: 4, 0xB: 1}.get(code, 0)
    if not width or len(body) < width:
        return None
    count = int.from_bytes(body[:width], "little")
    objects, rest = _counted(group, variation, qualifier, count, body[width:], values=values)
    point = objects[0][0][0] if objects[0] else None
    return Header(group, variation, qualifier, point, None, count, *objects), rest


_Objects = tuple[tuple[tuple[int | None, bytes], ...], bool, bool]  # as in Header


def _ranged(group: int, variation: int, first: int, count: int, raw: bytes, *, values: bool) -> tuple[_Objects, bytes]:
    """(objects without prefixes, whether all were found, sound) of points from ``first``, and what follows."""
    if not values:
        return ((), True, True), raw
    if (group, variation) in _PACKED:
        octets = (count + 7) // 8
        kept = octets <= len(raw)
        return (((first, raw[:octets]),) if count else (), kept, kept), raw[octets:]
    found: list[tuple[int | None, bytes]] = []
    for point in range(first, first + min(count, MOST_OBJECTS)):
        size = _size(group, variation, raw)
        if size is None or size > len(raw):
            return (tuple(found), False, size is None), b""
        found.append((point, raw[:size]))
        raw = raw[size:]
    return (tuple(found), count <= MOST_OBJECTS, True), raw


def _counted(
    group: int, variation: int, qualifier: int, count: int, raw: bytes, *, values: bool
) -> tuple[_Objects, bytes]:
    """(objects with their prefixes, whether all were found, sound), and what follows."""
    prefix = _PREFIXES.get(qualifier >> 4 & 7, 0)
    sized = qualifier == _SIZED
    if not (values or prefix or sized):
        return ((), True, True), raw
    found: list[tuple[int | None, bytes]] = []
    for _ in range(min(count, MOST_OBJECTS)):
        if len(raw) < prefix + 2 * sized:
            return (tuple(found), False, False), b""
        point = int.from_bytes(raw[:prefix], "little") if prefix else None
        size = int.from_bytes(raw[:2], "little") if sized else _size(group, variation, raw[prefix:]) if values else 0
        raw = raw[2 if sized else prefix :]
        if size is None or size > len(raw):
            found.append((point, raw))
            return (tuple(found), False, size is None), b""
        found.append((point, raw[:size]))
        raw = raw[size:]
    return (tuple(found), count <= MOST_OBJECTS, True), raw


def _size(group: int, variation: int, raw: bytes) -> int | None:
    """Octets of the object at the start of ``raw``; None where that is not known."""
    if group in _STRINGS:
        return variation
    if group == names.DEVICE_ATTRIBUTES:
        return 2 + raw[1] if len(raw) > 1 else None
    return SIZES.get((group, variation))


def text_of(header: Header) -> str:
    """What the header names, with the points."""
    name = names.GROUPS.get(header.group, "group")
    text = f"{name} (g{header.group}v{header.variation})"
    if header.group == names.CLASSES:
        return f"{names.CLASS_VARIATIONS.get(header.variation, 'class')} (g60v{header.variation})"
    if header.last is not None and header.first is not None:
        return f"{text} {header.first}" + (f"-{header.last}" if header.last > header.first else "")
    if header.first is not None:
        more = (header.count or 0) - 1
        return f"{text} {header.first}" + (f" and {more} more" if more > 0 else "")
    return text


def points(found: list[Header], groups: tuple[int, ...]) -> Iterator[tuple[Header, int | None, bytes]]:
    """Every object of the groups with its header and point number."""
    for header in found:
        if header.group in groups:
            for point, octets in header.objects:
                yield header, point, octets
