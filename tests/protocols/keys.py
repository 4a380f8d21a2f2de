"""The descriptor language in plain Python: which case a message meets, its key and its pairing bytes.

Slow and obvious on purpose: what the compiled kernel does is compared with it.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterable

from scanner.framing.language import (
    After,
    Alike,
    BerElements,
    Bits,
    Byte,
    Case,
    Chain,
    Directory,
    Field,
    Part,
    Protobuf,
    Range,
    Select,
    SentBy,
    Size,
    Test,
    Transducer,
    Within,
)
from scanner.framing.layout import LONGEST_WORD
from scanner.protocols import cases


def holds(test: Test, data: bytes, size: int | None = None, from_client: bool = True) -> bool:
    """``size``: the true length where ``data`` is cut short."""
    total = len(data) if size is None else size
    if isinstance(test, Byte):
        at = test.at if test.at >= 0 else total + test.at
        return 0 <= at < len(data) and data[at] in test.among
    if isinstance(test, Size):
        return test.low <= total <= test.high
    if isinstance(test, Within):
        return any(one == test.first and other in test.then for one, other in itertools.pairwise(data))
    if isinstance(test, Alike):
        one, other = (data[at : at + test.width] for at in (test.one, test.other))
        return len(one) == len(other) == test.width and one == other
    assert isinstance(test, SentBy)
    return test.client == from_client


@functools.lru_cache(maxsize=1024)
def place_of(framing: str, data: bytes, from_client: bool = True) -> int | None:
    """Number of the case among those of the framing."""
    return next(
        (i for i, c in enumerate(cases()[framing]) if all(holds(t, data, None, from_client) for t in c.when)), None
    )


def case_of(framing: str, data: bytes, from_client: bool = True) -> Case | None:
    place = place_of(framing, data, from_client)
    return None if place is None else cases()[framing][place]


def picked(ranges: Iterable[Part], data: bytes, size: int | None = None) -> bytes:
    return b"".join(_pick(r, data, len(data) if size is None else size) for r in ranges)


def _pick(part: Part, data: bytes, size: int) -> bytes:
    if isinstance(part, Directory):
        return picked_directory(part, data, size)
    if isinstance(part, Bits):
        return bytes(octet & part.mask for octet in data[part.at : part.at + 1])
    if not isinstance(part, Range):
        return _PICKED[type(part)](part, data)
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


def picked_elements(part: BerElements, data: bytes) -> bytes:
    elements = inside(data[part.start :])[:1]
    for step in part.path:
        same = [e for e in elements if e[0] == step.tag][step.skip :]
        if not same:
            return b""
        element = same[0]
        elements = inside(element[2 + (element[1] & 0x7F if element[1] >= 0x80 else 0) :])
    wanted = [e for e in elements if e[0] in part.tags][part.skip : part.skip + part.most]
    return b"".join(
        e[: part.head or None] if e[0] in part.tags else _small(e)
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


def picked_behind(part: After, data: bytes) -> bytes:
    value = number(part.field, data)
    if value is None or value + part.field.add < 0:
        return b""
    start = value + part.field.add
    return data[start:] if part.size is None else data[start : start + part.size]


def records(part: Chain, data: bytes) -> list[tuple[bytes, int]]:
    """(record as far as it is there, its length) of a chain."""
    found: list[tuple[bytes, int]] = []
    at = part.start
    if isinstance(at, Field):
        counted = number(at, data)
        if counted is None:
            return []
        at = counted + at.add
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
    return _named(part.picks, records(part, data))


def _named(picks: Iterable[Select], found: Iterable[tuple[bytes, int]]) -> bytes:
    named = b""
    for record, size in found:
        pick = next((p for p in picks if all(holds(t, record, size) for t in p.when)), None)
        named += picked(pick.key, record, size) if pick else b""
    return named


def picked_directory(part: Directory, data: bytes, size: int) -> bytes:
    def listed(n: int) -> int | None:
        return number(Field(part.start + part.width * n, part.width, 0, part.little), data)

    count = listed(0)
    last = size if part.end is None else number(part.end, data)
    if count is None or last is None or listed(1) is None:
        return b""
    offsets = [listed(n) for n in range(1, min(count, 256) + 1)]
    places = [part.start + offset for offset in itertools.takewhile(lambda offset: offset is not None, offsets)]
    if len(places) == count:
        places.append(last + (part.end.add if part.end else 0))
    elif count > 256 and (beyond := listed(257)) is not None:
        places.append(part.start + beyond)
    found = []
    for at, after in itertools.pairwise(places):
        if after <= at or at >= len(data):
            break
        found.append((data[at:after], after - at))
    return _named(part.picks, found)


def picked_protobuf(part: Protobuf, data: bytes) -> bytes:
    at = number(part.start, data)
    if at is None or at + part.start.add < 0:
        return b""
    return _fields(part, data[at + part.start.add :].removeprefix(b"\0"), within=False)[0]


def _fields(part: Protobuf, data: bytes, *, within: bool, behind: bytes = b"") -> tuple[bytes, bool]:
    """What is taken of a message, and whether it was well formed; when not, all that follows it is taken as well."""
    named = b""
    while data:
        field = _field(data)
        if field is None:
            return named + data + behind, False
        tag, content, size = field
        if tag >> 3 == part.inside and tag & 7 == 2 and not within:
            named += data[: _varint(data)[1]]
            inner, fine = _fields(part, data[content:size], within=True, behind=data[size:])
            named += inner
            if not fine:
                return named + behind, False
            named += b"\0" if data[size:] else b""
        else:
            named += data[: size if within and tag >> 3 in part.whole else _varint(data)[1]]
        data = data[size:]
    return named, True


def _field(data: bytes) -> tuple[int, int, int] | None:
    """Tag, where the content begins, size of the field that ``data`` begins with."""
    tag, at = _varint(data)
    if not at or not tag >> 3 or tag & 7 not in (0, 1, 2, 5):
        return None
    length, width = _varint(data[at:]) if tag & 7 in (0, 2) else (8 if tag & 7 == 1 else 4, 0)
    if tag & 7 in (0, 2) and not width:
        return None
    content = at + width
    size = content + (0 if tag & 7 == 0 else length)
    return (tag, content, size) if size <= len(data) else None


def _varint(data: bytes) -> tuple[int, int]:
    """A number and its size; 0 when it does not end."""
    value = 0
    for n, byte in enumerate(data[:10]):
        value |= (byte & 0x7F) << 7 * n
        if byte < 0x80:
            return value, n + 1
    return 0, 0


def picked_transducer(part: Transducer, data: bytes) -> bytes:
    states = dict(part.states)
    state, taken = next(iter(states.values())), bytearray()
    word: bytearray | None = None
    escaped = False
    for byte in data[part.start :]:
        step = next((step for among, step in state.steps if byte in among), state.otherwise)
        state = states[step.to]
        if word is not None and not state.word:
            taken += _counted(part, bytes(word), escaped=escaped)
            word = None
        elif word is not None:
            word.append(byte)
            escaped |= state.escaped
        elif state.word:
            word, escaped = bytearray(), False
        taken += bytes((byte,)) * step.take
    return bytes(taken) + (_counted(part, bytes(word), escaped=escaped) if word is not None else b"")


def _counted(part: Transducer, word: bytes, *, escaped: bool) -> bytes:
    counts = len(word) <= LONGEST_WORD if escaped else word.lower() in {known.lower() for known in part.words}
    return b"\0" + word if counts else b""


_PICKED = {
    BerElements: picked_elements,
    Chain: picked_chain,
    After: picked_behind,
    Protobuf: picked_protobuf,
    Transducer: picked_transducer,
}


def _end(end: int | Field, data: bytes, size: int) -> int:
    if isinstance(end, Field):
        value = number(end, data)
        return 0 if value is None else max(0, min(len(data), value + end.add))
    return max(0, min(len(data), end if end >= 0 else size + end))


def key(framing: str, data: bytes, from_client: bool = True) -> tuple[int, bytes, int]:
    """What makes two messages the same: case, key bytes, and the length where the case wants it."""
    case = case_of(framing, data, from_client)
    assert case is not None, data.hex()
    return place_of(framing, data, from_client), picked(case.key, data), len(data) if case.with_length else 0


def pair(framing: str, data: bytes) -> bytes:
    """What an answer repeats from its request."""
    case = case_of(framing, data)
    assert case is not None, data.hex()
    return picked(case.pair, data)
