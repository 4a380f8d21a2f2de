"""NetBIOS name service: names asked for by broadcast, which anybody may answer.

Written from RFC 1002 section 4.2.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.framing.language import Byte, Case, Framing, Range, Role, Size, Whole, bits
from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Protocol, Row, Verb

NAME = "nbns"
_HEADER, _LENGTH = 12, 32  # of the header; of a name, each character as two letters from A to P
_LETTERS = range(0x41, 0x51)
_FUNCTIONS = {
    0: ("Name query", Verb.IDENTIFY),
    5: ("Registration", Verb.CONFIGURE),
    6: ("Release", Verb.CONFIGURE),
    7: ("WACK", Verb.SESSION),
    8: ("Refresh", Verb.CONFIGURE),
}

FRAMING = Framing(
    name=NAME,
    delimiter=Whole(),
    sync=(
        Byte(4, 0),
        Byte(5, (0, 1)),
        Byte(_HEADER, _LENGTH),
        *(Byte(_HEADER + 1 + i, _LETTERS) for i in range(8)),
        Byte(_HEADER + 33, 0),
        Size(_HEADER + 38, 576),
    ),
    ports={"udp": (137,)},
    confirmations=1,
)


def _name(data: bytes) -> str:
    """First-level encoding undone; empty when it is none."""
    raw = data[_HEADER + 1 : _HEADER + 1 + _LENGTH]
    if len(raw) < _LENGTH or any(byte not in _LETTERS for byte in raw):
        return ""
    text = bytes((raw[i] - 0x41 << 4) | (raw[i + 1] - 0x41) for i in range(0, _LENGTH, 2))
    return "".join(chr(c) for c in text[:15] if 0x20 < c < 0x7F)


def probe(message: Message) -> bool:
    """An operation that exists, on a name in its encoding."""
    data = message.data
    return message.transport == "udp" and len(data) > 2 and (data[2] >> 3 & 15) in _FUNCTIONS and _encoded(data)


def _encoded(data: bytes) -> bool:
    raw = data[_HEADER + 1 : _HEADER + 1 + _LENGTH]
    return len(raw) == _LENGTH and all(byte in _LETTERS for byte in raw)


def dissect(message: Message) -> Iterator[Row]:
    """What is asked for or registered."""
    if not probe(message):
        raise Malformed("no name in its encoding")
    data = message.data
    function, verb = _FUNCTIONS[data[2] >> 3 & 15]
    name = _name(data)
    kind = Kind.RESPONSE if data[2] & 0x80 else Kind.REQUEST if function == "Name query" else Kind.NOTICE
    yield Operation(verb if verb is not Verb.CONFIGURE else Verb.IDENTIFY, function, kind, object=name, filter="nbns")
    if function in ("Registration", "Refresh") and not data[2] & 0x80 and name:
        yield Identity("hostname", name)


PROTOCOL = Protocol(
    name=NAME,
    title="NetBIOS name service",
    short="NetBIOS Name Service",
    framing=FRAMING,
    cases=(
        Case(NAME, (Byte(2, bits(0x80, 0x80)),), (Range(2, 4), Range(12, 45)), Role.RESPONSE, (Range(0, 2),), keep=64),
        Case(NAME, (), (Range(2, 4), Range(12, 45)), Role.REQUEST, (Range(0, 2),), keep=64),
    ),
    probe=probe,
    dissect=dissect,
    verbs=frozenset({Verb.IDENTIFY, Verb.SESSION}),
    specification="RFC 1002 section 4.2",
    industrial=False,
)
