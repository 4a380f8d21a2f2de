"""Lantronix device management over UDP port 30718 (0x77FE): discovery, setup records, the password in them.

Lantronix publishes no specification. Written from lantronix-witchcraft and the talk "Exploring treasures of 77FEh" (V.
Kosturjak): four bytes name the function, an answer has a number of its own. A setup record carries the password in
clear; that one is set is told, never which. Functions need no authentication. Away from port 30718 only functions of
known length are believed.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

from scanner.framing.language import Byte, Case, Framing, Range, Role, Size, Whole, magic
from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Protocol, Row, Verb
from scanner.protocols.common.text import printable
from scanner.wording import joined, said

PORT = 30718
HEADER = 4
VERSION, VERSION_ANSWER, QUERY, QUERY_ANSWER, SETUP, SETUP_ANSWER, SET, SET_ANSWER = range(0xF4, 0xFC)
FUNCTIONS = {
    VERSION: ("Get firmware version", Verb.IDENTIFY, Kind.REQUEST),
    VERSION_ANSWER: ("Get firmware version", Verb.IDENTIFY, Kind.RESPONSE),
    QUERY: ("Query", Verb.IDENTIFY, Kind.REQUEST),
    QUERY_ANSWER: ("Query", Verb.IDENTIFY, Kind.RESPONSE),
    SETUP: ("Get configuration", Verb.READ, Kind.REQUEST),
    SETUP_ANSWER: ("Get configuration", Verb.READ, Kind.RESPONSE),
    SET: ("Set configuration", Verb.CONFIGURE, Kind.REQUEST),
    SET_ANSWER: ("Set configuration", Verb.CONFIGURE, Kind.RESPONSE),
    **{
        n: (f"Set setup record {n & 15}", Verb.CONFIGURE, Kind.REQUEST)
        for n in (*range(0xA0, 0xB0), *range(0xC0, 0xD0))
    },
    **{n: (f"Set setup record {n & 15}", Verb.CONFIGURE, Kind.RESPONSE) for n in range(0xB0, 0xC0)},
    **{n: (f"Get setup record {n & 15}", Verb.READ, Kind.RESPONSE) for n in range(0xD0, 0xE0)},
    **{n: (f"Get setup record {n & 15}", Verb.READ, Kind.REQUEST) for n in range(0xE0, 0xF0)},
}
LENGTHS = {
    VERSION: 4,
    VERSION_ANSWER: 32,
    QUERY: 4,
    QUERY_ANSWER: 30,
    SETUP: 4,
    SETUP_ANSWER: 124,
    SET: 124,
    SET_ANSWER: 4,
}
RECORDS = frozenset(range(0xA0, 0xF0))
PASSWORD = slice(12, 16)

FRAMING = Framing(
    name="lantronix",
    delimiter=Whole(),
    sync=(*magic(0, b"\0\0\0"), Byte(3, FUNCTIONS), Size(HEADER, 512)),
    ports={"udp": (PORT,)},
    confirmations=2,
    pair_by_requester=True,  # devices are sought by broadcast
)

# --- which bytes are meaning ----------------------------------------------------------------------------------------
# The contents of answers that identify the device, and of the configuration what follows; nothing of setup records.

_NAME = "lantronix"
_FUNCTION = Range(3, 4)


def _numbers(kind: Kind, among: frozenset[int]) -> frozenset[int]:
    return frozenset(n for n, (_, _, way) in FUNCTIONS.items() if way is kind and n in among)


_MAIN = frozenset(range(0xF4, 0xFC))
_CONSTANT = (Range(0, 3),)  # nothing else is repeated: an answer belongs to the latest request of its requester
CASES = (
    Case(_NAME, (Byte(3, SETUP_ANSWER),), (_FUNCTION, Range(4, 20)), Role.RESPONSE, _CONSTANT),
    Case(_NAME, (Byte(3, SET),), (_FUNCTION, Range(4, 20)), Role.REQUEST, _CONSTANT),
    Case(_NAME, (Byte(3, _numbers(Kind.REQUEST, _MAIN)),), (_FUNCTION,), Role.REQUEST, _CONSTANT),
    Case(_NAME, (Byte(3, _numbers(Kind.RESPONSE, _MAIN)),), (_FUNCTION, Range(4)), Role.RESPONSE, _CONSTANT),
    Case(_NAME, (Byte(3, _numbers(Kind.REQUEST, RECORDS)),), (_FUNCTION,), Role.REQUEST, _CONSTANT),
    Case(_NAME, (Byte(3, _numbers(Kind.RESPONSE, RECORDS)),), (_FUNCTION,), Role.RESPONSE, _CONSTANT),
)


def probe(message: Message) -> bool:
    """Three zeros and a function that exists; away from the port of its right length."""
    data = message.data
    if message.transport != "udp" or len(data) < HEADER or data[:3] != b"\0\0\0" or data[3] not in FUNCTIONS:
        return False
    return message.port == PORT or LENGTHS.get(data[3]) == message.length


def dissect(message: Message) -> Iterator[Row]:
    """The rows of one message."""
    data = message.data
    if len(data) < HEADER or data[:3] != b"\0\0\0" or data[3] not in FUNCTIONS:
        raise Malformed("no message of the 77FE protocol")
    number = data[3]
    name, verb, kind = FUNCTIONS[number]
    yield Operation(
        verb,
        name,
        kind,
        f"0x{number:02X}",
        detail=_detail(number, data),
        filter=f"udp.payload[3] == 0x{number:02x}",
    )
    yield from _identities(number, data)


def _detail(number: int, data: bytes) -> str:
    """Whether the configuration has a password, and its addresses."""
    if number not in (SETUP_ANSWER, SET) or len(data) < 20:
        return ""
    password = said("password set") if any(data[PASSWORD]) else said("no password")
    disclosed = said("discloses the password") if number == SETUP_ANSWER and any(data[PASSWORD]) else password
    address, gateway = (str(ipaddress.IPv4Address(data[n : n + 4])) for n in (4, 16))
    return joined((disclosed, said("IP address {n}", n=address), said("gateway {n}", n=gateway)))


def _identities(number: int, data: bytes) -> Iterator[Identity]:
    if number == QUERY_ANSWER and len(data) >= 30:
        yield Identity("vendor", "Lantronix")
        yield Identity("mac", data[24:30].hex(":"))
        if len(printable(data[8:11])) >= 2:
            yield Identity("model", f"type {printable(data[8:11])}")
    elif number == VERSION_ANSWER and printable(data[16:32]):
        yield Identity("firmware", printable(data[16:32]))
    elif number == SETUP_ANSWER and len(data) >= 8 and any(data[4:8]):
        yield Identity("ip", str(ipaddress.IPv4Address(data[4:8])))


PROTOCOL = Protocol(
    name=_NAME,
    title="Lantronix 77FE management",
    short="Lantronix",
    framing=FRAMING,
    cases=CASES,
    probe=probe,
    unread=("credentials",),
    dissect=dissect,
    verbs=frozenset({Verb.IDENTIFY, Verb.READ, Verb.CONFIGURE}),
    specification="not published; lantronix-witchcraft, V. Kosturjak: Exploring treasures of 77FEh (CONFidence 2014)",
)
