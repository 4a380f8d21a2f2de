"""PFCP: what the control plane of a mobile core tells its user plane.

Written from 3GPP TS 29.244 sections 7.2 (header) and 7.3 (message types).
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.framing.language import Byte, Case, Framing, Length, Range, Role
from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Protocol, Row, Sender, Session, Verb

NAME = "pfcp"
TYPES = {
    1: ("Heartbeat", Verb.SESSION),
    3: ("PFD Management", Verb.CONFIGURE),
    5: ("Association Setup", Verb.SESSION),
    7: ("Association Update", Verb.SESSION),
    9: ("Association Release", Verb.SESSION),
    12: ("Node Report", Verb.REPORT),
    14: ("Session Set Deletion", Verb.SESSION),
    16: ("Session Set Modification", Verb.SESSION),
    50: ("Session Establishment", Verb.SESSION),
    52: ("Session Modification", Verb.SESSION),
    54: ("Session Deletion", Verb.SESSION),
    56: ("Session Report", Verb.REPORT),
}
_RESPONSES = {kind + 1 for kind in TYPES} | {11}
_OF_SESSIONS = 50  # types from here on
_SET_UP = (51, 53, 55)  # answers of the user plane: only the control plane asks for sessions, changes and ends them
_ACCEPTED = b"\0\x13\0\1\1"  # the information element Cause: request accepted
_CAUSE = b"\0\x13\0\1"


# Version 1 without and with a session's identifier; bit 1 says that a priority follows, bit 2 that another message
# does in the same datagram (section 6.6).
_PLAIN, _SESSION = frozenset({0x20, 0x22, 0x24, 0x26}), frozenset({0x21, 0x23, 0x25, 0x27})

FRAMING = Framing(
    name=NAME,
    delimiter=Length(at=2, width=2, add=4, minimum=8, maximum=8192),
    sync=(Byte(0, _PLAIN | _SESSION), Byte(1, {*TYPES, *_RESPONSES})),
    ports={"udp": (8805,)},
    confirmations=2,
)


def _cases() -> Iterator[Case]:
    for first, at in ((_PLAIN, 4), (_SESSION, 12)):
        number = (Range(at, at + 3),)
        when = (Byte(0, first), Byte(1, _RESPONSES))
        yield Case(NAME, when, (Range(0),), Role.RESPONSE, number, keep=2048)
        yield Case(NAME, (Byte(0, first), Byte(1, TYPES)), (Range(0),), Role.REQUEST, number, keep=2048)


def probe(message: Message) -> bool:
    """Version, type and length agree. Messages about a node need no session; an identifier of one, which some send all
    the same, is passed over by who gets it.
    """
    data = message.data
    if message.transport != "udp" or len(data) < 8 or data[0] >> 5 != 1 or data[0] & 0x18:
        return False
    fits = data[0] in _SESSION or data[1] < _OF_SESSIONS
    return fits and data[1] in {*TYPES, *_RESPONSES} and _elements(message)


def _elements(message: Message) -> bool:
    """Information elements, each with type and length, fill the message."""
    data, at = message.data, 16 if message.data[0] & 1 else 8
    if len(data) < message.length:
        return True
    while at < message.length:
        if at + 4 > message.length:
            return False
        at += 4 + int.from_bytes(data[at + 2 : at + 4], "big")
    return at == message.length


def dissect(message: Message) -> Iterator[Row]:
    """The message type, and of answers whether the request was accepted."""
    if not probe(message):
        raise Malformed("version, type and length do not agree")
    number, data = message.data[1], message.data
    answer = number in _RESPONSES
    name, verb = TYPES.get(number - 1 if answer else number, ("Version not supported", Verb.SESSION))
    refused = answer and _CAUSE in data and _ACCEPTED not in data
    kind = Kind.REFUSAL if refused else Kind.RESPONSE if answer else Kind.REQUEST
    at = data.find(_CAUSE) + len(_CAUSE)
    refusal = (f"cause {data[at]}" if at < len(data) else "no cause given") if refused else ""
    yield Operation(verb, name, kind, code=str(number), refusal=refusal, filter=f"pfcp.msg_type == {number}")
    yield Session(version="PFCP 1", credentials="none", encrypted=False)
    if number in _SET_UP and not refused and _ACCEPTED in data:
        yield Identity("role", "upf")
        yield Identity("role", "smf", about=Sender.RECEIVER)


PROTOCOL = Protocol(
    name=NAME,
    title="PFCP",
    framing=FRAMING,
    cases=tuple(_cases()),
    probe=probe,
    dissect=dissect,
    verbs=frozenset({verb for _, verb in TYPES.values()}),
    specification="3GPP TS 29.244 sections 7.2 and 7.3",
    industrial=False,
)
