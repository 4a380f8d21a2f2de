"""Serial frames of BSAP: which of their bytes are meaning, and their header.

BSAP Communications Application Programmer's Reference (Emerson D301401X012) and ICSNPP-BSAP: DLE STX, address (its top
bit set when two node addresses follow), serial number, destination function, sequence number, source function, node
status, data, DLE ETX, checksum. An octet of 0x10 between them is sent twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from scanner.framing.language import Byte, Case, Range, Role, Test
from scanner.protocols.base import Malformed, Message
from scanner.protocols.bsap import _names as names
from scanner.protocols.common.text import printable

DLE, STX, ETX = 0x10, 0x02, 0x03
NAME, LONGEST_NAME = 3, 32  # where in the data the name of a written signal begins, and how long it may be

# Offsets: 2 address, top bit set when node addresses follow; 3 serial number; then in local messages 4 destination
# function, 5 sequence, 7 source function, 8 node status; in global ones all of it five octets later. What follows an
# octet that is sent twice moves: there are layouts for address, serial and sequence number, which run through all
# values; where another octet of the header is sent twice, the frame is compared whole. An answer has the address of who
# gets it, and the link repeats nothing, so an answer belongs to the latest request.
_SERIAL_IS = (Byte(0, DLE), Byte(1, STX))
_ONCE = frozenset(range(256)) - {DLE}
_LOCAL, _GLOBAL = frozenset(range(0x80)) - {DLE}, range(0x80, 0x100)
REQUESTED = {*names.APPLICATIONS} - {*names.REPLIES, *names.REPORTS}
_NODES = 5  # octets of both node addresses and control


def _cases() -> Iterator[Case]:
    for tests, nodes, function, steady in _layouts():
        head = (Range(2, 3), *nodes, Range(function, function + 1))
        yield _case(*tests, Byte(function, names.ANSWERS), key=head, role=Role.RESPONSE)
        yield _case(*tests, Byte(function, names.LINK), key=head, role=Role.REQUEST)
        for sequence, source in _sequences(function + 1):
            where = (*tests, *sequence, *(Byte(at, _ONCE) for at in (function, source, source + 1)))
            key = (*head, Range(source, source + 1))
            named = steady and source == function + 3
            yield from _messages(where, key, function, source + 2, named=named)
    yield _case(key=(Range(2, -4),), role=Role.NOTICE)


def _messages(
    where: tuple[Test, ...], head: tuple[Range, ...], function: int, data: int, *, named: bool
) -> Iterator[Case]:
    database = (*where, Byte(function, names.RDB))
    yield _case(*database, Byte(data, range(0x80)), key=(*head, Range(data, -4)), role=Role.REQUEST)
    if named:
        for end in ends(data + NAME):
            written = (*database, Byte(data, names.WRITE_BY_NAME), Byte(data + NAME, b"@"), Byte(end, 0))
            yield _case(*written, key=(*head, Range(data, end)), role=Role.REQUEST)
    yield _case(*database, key=(*head, Range(data, data + 1)), role=Role.REQUEST)
    extension = (*where, Byte(function, names.RDB_EXTENSION))
    yield _case(*extension, key=(*head, Range(data, data + 2)), role=Role.REQUEST)
    for among, size, role in (
        (names.REPLIES, 1, Role.RESPONSE),
        (names.REPORTS, 0, Role.NOTICE),
        (REQUESTED, 0, Role.REQUEST),
        (_ONCE, 0, Role.NOTICE),
    ):
        yield _case(*where, Byte(function, among), key=(*head, Range(data, data + size)), role=role)


def _case(*tests: Test, key: tuple[Range, ...], role: Role) -> Case:
    return Case("bsap", (*_SERIAL_IS, *tests), key, role, keep=512)


def _twice(at: int) -> Iterator[tuple[tuple[Byte, ...], int]]:
    """(tests, what is behind it) of the octet at ``at``, sent once and twice."""
    yield (Byte(at, _ONCE),), at + 1
    yield (Byte(at, DLE), Byte(at + 1, DLE)), at + 2


def _layouts() -> Iterator[tuple[tuple[Byte, ...], tuple[Range, ...], int, bool]]:
    """(tests, node addresses, place of the function, serial number sent once) of every way the first may be sent."""
    for address, serial in (((Byte(2, _LOCAL),), 3), ((Byte(2, DLE), Byte(3, DLE)), 4)):
        for tests, function in _twice(serial):
            yield (*address, *tests), (), function, function == serial + 1
    for tests, nodes in _twice(3):
        once = tuple(Byte(at, _ONCE) for at in range(nodes, nodes + _NODES))
        yield (Byte(2, _GLOBAL), *tests, *once), (Range(nodes, nodes + 4),), nodes + _NODES, nodes == 4


def _sequences(at: int) -> Iterator[tuple[tuple[Byte, ...], int]]:
    """(tests, what is behind it) of the two octets of the sequence number at ``at``."""
    for low, high in _twice(at):
        for tests, end in _twice(high):
            yield (*low, *tests), end


def ends(start: int) -> range:
    """Where the zero behind a name at ``start`` may stand, the first of them first."""
    return range(start + 2, start + LONGEST_NAME + 1)


def written_name(data: bytes, at: int) -> str:
    """The name at ``at``, if there is one that ends."""
    end = next((n for n in ends(at) if data[n : n + 1] == b"\0"), None)
    return printable(data[at:end]) if end is not None and data[at : at + 1] == b"@" else ""


@dataclass(frozen=True)
class Frame:
    """A serial frame without its delimiters: addresses, functions, and the data behind the node status.

    where: where its function stands on the wire; moved: an octet of the header behind the address is sent twice.
    """

    address: int
    nodes: tuple[int, int] | None
    function: int
    source: int
    data: bytes
    where: int
    moved: bool


def parse(message: Message) -> Frame:
    """The serial frame of a datagram; Malformed when delimiters or header are not there."""
    data = message.data
    if len(data) == message.length and data[-4:-2] != bytes((DLE, ETX)):
        raise Malformed("a serial frame without its end")
    twice = bytes((DLE, DLE))
    raw = data[2 : message.length - 4]
    body = raw.replace(twice, twice[:1])
    at = 2 if body[:1] < b"\x80" else 2 + _NODES
    if len(body) <= at:
        raise Malformed("a serial frame cut short")
    nodes = None if at == 2 else (int.from_bytes(body[2:4], "little"), int.from_bytes(body[4:6], "little"))
    source = body[at + 3] if len(body) > at + 4 else 0
    where = 2 + at + body[:at].count(DLE)
    return Frame(body[0] & 0x7F, nodes, body[at], source, body[at + 5 :], where, DLE in body[1 : at + 5])


CASES = tuple(_cases())
