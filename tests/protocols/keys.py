"""The descriptor language in plain Python: which case a message meets, its key and its pairing bytes.

Slow and obvious on purpose: what the compiled kernel does is compared with it.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable

from scanner.capture.descriptor import Behind, Byte, Case, Chain, Elements, Field, Part, Test
from scanner.protocols import cases


def holds(test: Test, data: bytes, size: int | None = None) -> bool:
    """``size``: the true length where ``data`` is cut short."""
    total = len(data) if size is None else size
    if isinstance(test, Byte):
        at = test.at if test.at >= 0 else total + test.at
        return 0 <= at < len(data) and data[at] in test.among
    return test.low <= total <= test.high


@functools.lru_cache(maxsize=1024)
def place_of(framing: str, data: bytes) -> int | None:
    """Number of the case among those of the framing."""
    return next((i for i, c in enumerate(cases()[framing]) if all(holds(t, data) for t in c.when)), None)


def case_of(framing: str, data: bytes) -> Case | None:
    place = place_of(framing, data)
    return None if place is None else cases()[framing][place]


def picked(ranges: Iterable[Part], data: bytes, size: int | None = None) -> bytes:
    return b"".join(_pick(r, data, len(data) if size is None else size) for r in ranges)


def _pick(part: Part, data: bytes, size: int) -> bytes:
    if isinstance(part, Elements):
        return picked_elements(part, data)
    if isinstance(part, Chain):
        return picked_chain(part, data)
    if isinstance(part, Behind):
        return picked_behind(part, data)
    start = part.start if part.start >= 0 else max(0, size + part.start)
    end = len(data) if part.end is None else _end(part.end, data, size)
    if part.stride:
        return b"".join(data[at : min(at + part.width, end)] for at in range(start, end, part.stride))
    return data[start:end]


def inside(content: bytes) -> list[bytes]:
    """The BER elements that follow each other, as far as there are whole headers."""
    found: list[bytes] = []
    while len(content) >= 2 and len(found) < 64:
        size, header = content[1], 2
        if size >= 0x80:
            header = 2 + (size & 0x7F)
            if not 3 <= header <= 6 or len(content) < header:
                break
            size = int.from_bytes(content[2:header], "big")
        found.append(content[: header + size])
        content = content[header + size :]
    return found


def picked_elements(part: Elements, data: bytes) -> bytes:
    elements = inside(data[part.start :])[:1]
    for tag in part.path:
        element = next((e for e in elements if e[0] == tag), None)
        if element is None:
            return b""
        elements = inside(element[2 + (element[1] & 0x7F if element[1] >= 0x80 else 0) :])
    wanted = [e for e in elements if e[0] in part.tags][part.skip : part.skip + part.most]
    return b"".join(
        e if e[0] in part.tags else _small(e)
        for e in elements
        if any(e is w for w in wanted) or (e[0] in part.small and e[0] not in part.tags)
    )


def _small(element: bytes) -> bytes:
    """The tag, and whether the number is 0, 1 or anything else."""
    content = element[2 + (element[1] & 0x7F if element[1] >= 0x80 else 0) :]
    return bytes((element[0], min(2, int.from_bytes(content, "big"))))


def number(field: Field, data: bytes) -> int | None:
    """What the field says, without ``add``; None when it is not there."""
    at = field.at if field.at >= 0 else len(data) + field.at
    if at < 0 or at + field.width > len(data):
        return None
    return int.from_bytes(data[at : at + field.width], "little" if field.little else "big")


def picked_behind(part: Behind, data: bytes) -> bytes:
    value = number(part.field, data)
    if value is None or value + part.field.add < 0:
        return b""
    start = value + part.field.add
    return data[start:] if part.size is None else data[start : start + part.size]


def records(part: Chain, data: bytes) -> list[tuple[bytes, int]]:
    """(record as far as it is there, its length) of a chain."""
    found: list[tuple[bytes, int]] = []
    at = part.start
    while len(found) < 256:
        value = number(part.size, data[at:]) if at <= len(data) else None
        size = 0 if value is None else (value & part.mask) + part.size.add
        if size <= 0:
            break
        found.append((data[at : at + size], size))
        if part.more and not holds(part.more, *found[-1]):
            break
        at += size
    return found


def picked_chain(part: Chain, data: bytes) -> bytes:
    named = b""
    for record, size in records(part, data):
        pick = next((p for p in part.picks if all(holds(t, record, size) for t in p.when)), None)
        named += picked(pick.key, record, size) if pick else b""
    return named


def _end(end: int | Field, data: bytes, size: int) -> int:
    if isinstance(end, Field):
        value = number(end, data)
        return 0 if value is None else max(0, min(len(data), value + end.add))
    return max(0, min(len(data), end if end >= 0 else size + end))


def key(framing: str, data: bytes) -> tuple[int, bytes, int]:
    """What makes two messages the same: case, key bytes, and the length where the case wants it."""
    case = case_of(framing, data)
    assert case is not None, data.hex()
    return place_of(framing, data), picked(case.key, data), len(data) if case.with_length else 0


def pair(framing: str, data: bytes) -> bytes:
    """What an answer repeats from its request."""
    case = case_of(framing, data)
    assert case is not None, data.hex()
    return picked(case.pair, data)
