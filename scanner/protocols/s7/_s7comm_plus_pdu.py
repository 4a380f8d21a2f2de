"""The S7comm-plus PDU in a COTP data TPDU, and the cases that say which of its bytes are significant.

Offsets in a message: 7 protocol identifier 0x72, 8 version, 9 length; then in version 3 a digest with its length in
front (33 octets); then opcode, two zero octets, function, two zero octets, sequence number, in requests the session
and transport flags, in responses transport flags and return value. A trailer (0x72, version, two zero octets) ends
the last or only PDU of a message. Version 2 may have the digest before the trailer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from scanner.framing.language import Byte, Case, Range, Role, Size, Test, magic
from scanner.protocols.base import Malformed, Message
from scanner.protocols.s7._s7comm_plus_values import Walk

START, HEADER, TRAILER = 7, 4, 4
DIGEST = 0x20
REQUEST, RESPONSE, NOTIFICATION, RESPONSE2 = 0x31, 0x32, 0x33, 0x02
SYSTEM_EVENT, KEEP_ALIVE = 0xFE, 0xFF
EXPLORE, CREATE, DELETE, SET, SET_MULTI, GET_MULTI = 0x04BB, 0x04CA, 0x04D4, 0x04F2, 0x0542, 0x054C
SET_SUB, GET_SUB, INIT_SSL = 0x057C, 0x0586, 0x05B3
LISTS = (EXPLORE, GET_MULTI, GET_SUB)  # requests that name any number of things and hold no values
MOST_ATTRIBUTES = 8  # of those that one request writes to an object, as many are told apart
_IDENTIFIER = 5  # octets of an integrity identifier, at most
_TAIL = _IDENTIFIER + 8  # four zero octets, trailer
_SIGNED_TAIL = _IDENTIFIER + 37  # digest and its length, trailer


@dataclass(frozen=True)
class Pdu:
    """A PDU with a known beginning. ``body``: what follows the header; of requests that are lists without the tail.
    ``signed``: it has an integrity part; None where its end, where that stands, is in another PDU or was not kept.
    """

    version: int
    opcode: int
    function: int
    body: bytes
    signed: bool | None


def read_pdu(message: Message) -> Pdu | None:
    """The PDU; None when it goes on with one that began before, or is an event. Malformed when lengths do not fit."""
    data = message.data
    check(message)
    version = data[8]
    opcode = START + HEADER + (1 + DIGEST if version == 3 else 0)
    head = data[opcode : opcode + 14]
    if version > 3 or len(head) < 5:
        return None
    function = int.from_bytes(head[3:5], "big")
    if head[0] == NOTIFICATION:
        return Pdu(version, NOTIFICATION, 0, b"", signed=version == 3)
    if head[0] not in (REQUEST, RESPONSE, RESPONSE2) or any(head[1:3]):
        return None
    if head[3] not in (4, 5) and any(head[5:7]):  # no other function is known: only the zeros tell it from what goes on
        return None
    signed = _is_signed_at_end(message)
    body = data[opcode + (14 if head[0] == REQUEST else 10) :]
    if head[0] == REQUEST and function in LISTS:
        tail = (_SIGNED_TAIL if signed else _TAIL) - (_IDENTIFIER if function == EXPLORE else 0)
        body = body[: max(0, message.length - tail - opcode - 14)]
    return Pdu(version, head[0], function, body, signed=version == 3 or signed)


def check(message: Message) -> None:
    """Malformed when the message is no S7comm-plus or its length is wrong."""
    data = message.data
    if len(data) < START + HEADER or data[5] != 0xF0 or data[START] != 0x72:
        raise Malformed("no S7comm-plus PDU in a COTP data TPDU")
    length = int.from_bytes(data[9:11], "big")
    if data[8] == KEEP_ALIVE:
        length = 0  # a sequence number and a reserved octet stand in its place
    elif data[8] not in (1, 2, 3, SYSTEM_EVENT):
        raise Malformed("version {version} is not known", version=data[8])
    end = START + HEADER + length
    if message.length not in (end, end + TRAILER):
        raise Malformed("length {stated} does not fit a packet of {length} bytes", stated=length, length=message.length)
    if data[8] == 3 and length and data[11:12] != bytes((DIGEST,)):
        raise Malformed("version 3 without a digest of 32 octets")


def _is_signed_at_end(message: Message) -> bool | None:
    """The digest's length stands in its place, and where messages without digest have four zero octets it goes on."""
    data = message.data
    if data[8] != 2:
        return False
    if len(data) < message.length or message.length != START + HEADER + TRAILER + int.from_bytes(data[9:11], "big"):
        return None
    return len(data) >= 37 and any(data[-8:-4]) and data[-37] == DIGEST and data[-4] == 0x72 and data[-3] == 2


@dataclass(frozen=True)
class Address:
    """A variable: its object, and the members from the outside in."""

    rid: int
    members: tuple[int, ...]


def addresses(walk: Walk, count: int) -> Iterator[Address]:
    """``count`` variable addresses: symbol checksum, object, number of members, members."""
    for _ in range(count):
        walk.number()
        rid = walk.number()
        members = walk.number()
        yield Address(rid, tuple(walk.number() for _ in range(min(members, 32))))


# --- which bytes are meaning ----------------------------------------------------------------------------------------

STATE_REQUESTED = bytes.fromhex("01 9077")  # one attribute, OperatingStateREQ
_IS_PLUS = (Byte(5, 0xF0), Byte(START, 0x72))
_VERSION = Range(START, 9)
_MORE, _LAST = range(0x80, 0x100), range(0x80)


def _case(tests: tuple[Test, ...], key: tuple[Range, ...], role: Role, pair: tuple[Range, ...] = ()) -> Case:
    return Case("s7comm-plus", (*_IS_PLUS, *tests), key=(_VERSION, *key), role=role, pair=pair, keep=1500)


def cases() -> Iterator[Case]:
    """Openings of sessions; in each layout requests, responses, notifications; then what goes on with another PDU."""
    yield from _openings()
    plain = (Byte(8, (1, 2)), *(Byte(at, 0) for at in range(-8, -4)))
    signed = (Byte(8, 2), Byte(-37, DIGEST), Byte(-4, 0x72), Byte(-3, 2))
    for tests, shift, tail in (
        (plain, 0, _TAIL),
        (signed, 0, _SIGNED_TAIL),
        ((Byte(8, 3), Byte(11, DIGEST)), 1 + DIGEST, _TAIL),
        ((Byte(8, (1, 2)),), 0, _TAIL),  # the first of several
    ):
        opcode = START + HEADER + shift
        zeros = (Byte(opcode + 1, 0), Byte(opcode + 2, 0))
        yield from _requests((*tests, Byte(opcode, REQUEST), *zeros), opcode, tail)
        yield from _responses((*tests, Byte(opcode, (RESPONSE, RESPONSE2)), *zeros), opcode)
        yield _case((*tests, Byte(opcode, NOTIFICATION)), (Range(opcode, opcode + 1),), Role.NOTICE)
    yield _case((Byte(8, SYSTEM_EVENT),), (Range(27),), Role.NOTICE)
    yield _case((), (), Role.NOTICE)


def _openings() -> Iterator[Case]:
    """A session is opened in version 1 and says who the two ends are: kept whole, once in a connection."""
    create = (Byte(8, 1), *magic(14, CREATE.to_bytes(2, "big")))
    yield _case((*create, Byte(11, REQUEST)), (Range(11, 18), Range(25)), Role.REQUEST, (Range(18, 20),))
    yield _case((*create, Byte(11, RESPONSE)), (Range(11, 18), Range(20)), Role.RESPONSE, (Range(18, 20),))


def _requests(tests: tuple[Test, ...], opcode: int, tail: int) -> Iterator[Case]:
    head = (Range(opcode, opcode + 1), Range(opcode + 3, opcode + 5))
    sequence = (Range(opcode + 7, opcode + 9),)
    start = opcode + 14

    def request(function: int, key: tuple[Range, ...], *more: Test) -> Case:
        named = magic(opcode + 3, function.to_bytes(2, "big"))
        return _case((*tests, *named, *more), (*head, *key), Role.REQUEST, sequence)

    # The operating state request: its value says which state.
    yield request(SET, (Range(start, start + 10),), *magic(start + 4, STATE_REQUESTED))
    yield request(SET, (Range(start, start + 7),))
    yield request(DELETE, (Range(start, start + 4),))
    yield from (request(function, (Range(start, -tail),)) for function in (GET_MULTI, GET_SUB))
    # Seldom asked, and its list ends right before the integrity identifier: that is part of the key.
    yield request(EXPLORE, (Range(start, _IDENTIFIER - tail),))
    yield request(SET_SUB, (Range(start, start + 9),))
    for identifier in range(5, -1, -1):  # octets of the integrity identifier before the object
        at = start + 11
        spread = [Byte(at + i, _MORE if i < identifier - 1 else _LAST) for i in range(identifier)]
        found = at + identifier
        yield request(CREATE, (Range(start, start + 4), Range(found, found + 7)), *spread, Byte(found, 0xA1))
    yield request(CREATE, (Range(start, start + 4),))
    yield from _writes(request, start)
    any_function = (*tests, Byte(opcode + 3, (4, 5)))
    yield _case(any_function, head, Role.REQUEST, sequence)
    yield _case((*tests, Byte(opcode + 5, 0), Byte(opcode + 6, 0)), head, Role.REQUEST, sequence)


def _writes(request: Callable[..., Case], start: int) -> Iterator[Case]:
    """Written variables: their number and the first address as far as its object and member, never a value but that of
    the operating state request; or attributes of an object.
    """
    plain = (*magic(start, bytes(4)), Byte(start + 4, _LAST), Byte(start + 5, _LAST))
    for checksum in (1, 4, 5):
        for area in (1, 2, 5):
            rid = start + 6 + checksum
            count = rid + area
            spread = [Byte(start + 6 + i, _MORE) for i in range(checksum - 1)] + [Byte(rid - 1, _LAST)]
            spread += [Byte(rid + i, _MORE) for i in range(area - 1)] + [Byte(count - 1, _LAST), Byte(count, _LAST)]
            state = magic(count + 1, STATE_REQUESTED[1:])
            yield request(SET_MULTI, (Range(start, count + 3),), *plain, *spread, *state)
            for member in (1, 2) if area == 5 else (0,):
                more = [Byte(count + i, _MORE if i < member else _LAST) for i in range(1, member + 1)]
                yield request(SET_MULTI, (Range(start, count + 1 + member),), *plain, *spread, *more)
    yield request(SET_MULTI, (Range(start, start + 5),), *magic(start, bytes(4)))
    state = (Byte(start + 5, 1), *magic(start + 6, STATE_REQUESTED[1:]), Byte(start + 8, 1))
    yield request(SET_MULTI, (Range(start, start + 12),), Byte(start + 4, 1), *state)
    for count in range(1, MOST_ATTRIBUTES):
        yield request(SET_MULTI, (Range(start, start + 6 + 2 * count),), Byte(start + 4, count))
    yield request(SET_MULTI, (Range(start, start + 6 + 2 * MOST_ATTRIBUTES),))


def _responses(tests: tuple[Test, ...], opcode: int) -> Iterator[Case]:
    head = (Range(opcode, opcode + 1), Range(opcode + 3, opcode + 5))
    sequence = (Range(opcode + 7, opcode + 9),)
    result = opcode + 10
    yield _case((*tests, Byte(result, _LAST)), (*head, Range(result, result + 1)), Role.RESPONSE, sequence)
    yield _case((*tests, Size(result + 1)), (*head, Range(result, result + 9)), Role.RESPONSE, sequence)
