"""Emerson DeltaV: what controllers and operator stations say to one another over UDP.

Emerson publishes nothing of it. Written from what Apache PLC4X found in recordings of a training system and prints of
them: a mark, length, type, counter, sender and time around a payload that begins with its own type, and a checksum at
the end. PLC4X did not know the checksum; it is CRC-16/MCRF4XX of all before it, high octet first, in each of the 25
messages printed whole. Mark, length and checksum together are wanted, so that nothing else is taken for it on any port.
What makes up the payloads is known too little to read more than which kind of message they are; those of unknown
purpose are named by their number.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.framing.language import Byte, Case, Framing, Length, Range, Role, magic
from scanner.protocols.base import Kind, Malformed, Message, Operation, Protocol, Verb
from scanner.protocols.common.crc import crc16_mcrf4xx
from scanner.wording import said

PORT = 18507
MARK = b"\xfa\xce"
HEADER, CHECKSUM = 16, 2  # bytes
ENVELOPE = HEADER + CHECKSUM
LONGEST = 2048  # the longest that are known have 1,435 bytes
DATA, CONNECT, CONNECTED, SYNC = 2, 3, 4, 6
TYPES: dict[int, tuple[str, Kind]] = {
    CONNECT: ("Connection request", Kind.REQUEST),
    CONNECTED: ("Connection response", Kind.RESPONSE),
    SYNC: ("Synchronisation", Kind.NOTICE),
}
PAYLOADS: dict[int, tuple[str, Verb, Kind]] = {
    0x0201: ("Request 0x0201", Verb.UNKNOWN, Kind.REQUEST),
    0x0202: ("Response 0x0202", Verb.UNKNOWN, Kind.RESPONSE),
    0x0301: ("Event request", Verb.UNKNOWN, Kind.REQUEST),
    0x0302: ("Event response", Verb.UNKNOWN, Kind.RESPONSE),
    0x0304: ("Event report", Verb.REPORT, Kind.NOTICE),
    0x0401: ("Data request", Verb.UNKNOWN, Kind.REQUEST),
    0x0402: ("Data response", Verb.UNKNOWN, Kind.RESPONSE),
    0x0403: ("Value report", Verb.REPORT, Kind.NOTICE),
    0x0501: ("Version information", Verb.IDENTIFY, Kind.NOTICE),
    0x0502: ("Version information", Verb.IDENTIFY, Kind.NOTICE),
    0x1B01: ("Subscribe", Verb.SUBSCRIBE, Kind.REQUEST),
    0x1B02: ("Subscribe response", Verb.SUBSCRIBE, Kind.RESPONSE),
}

FRAMING = Framing(
    name="deltav",
    delimiter=Length(at=2, width=2, add=ENVELOPE, minimum=ENVELOPE, maximum=LONGEST),
    sync=(*magic(0, MARK), Byte(2, range(LONGEST >> 8)), Byte(4, 0)),
    ports={"udp": (PORT,)},
)

_NAME = "deltav"
_DATA = magic(4, DATA.to_bytes(2, "big"))
_LENGTH, _TYPE, _SENDER, _PAYLOAD = Range(2, 4), Range(4, 6), Range(8, 10), Range(HEADER, HEADER + 2)
_PAIR = (Range(HEADER, HEADER + 1), Range(HEADER + 7, HEADER + 12))  # what a response repeats of its request
_ROLES = {Kind.REQUEST: Role.REQUEST, Kind.RESPONSE: Role.RESPONSE, Kind.NOTICE: Role.NOTICE}


def _case(when: tuple[Byte, ...], kind: Kind, pair: tuple[Range, ...] = ()) -> Case:
    return Case(_NAME, when, (_TYPE, _SENDER, _PAYLOAD), _ROLES[kind], pair, keep=LONGEST)


CASES = (
    # an acknowledgement has no payload; behind its header comes a checksum, which is no kind of message
    Case(_NAME, (*_DATA, *magic(2, b"\0\0")), (_LENGTH, _TYPE, _SENDER), Role.NOTICE, keep=ENVELOPE),
    *(
        _case((*_DATA, *magic(HEADER, number.to_bytes(2, "big"))), kind, () if kind is Kind.NOTICE else _PAIR)
        for number, (_, _, kind) in PAYLOADS.items()
    ),
    _case(_DATA, Kind.NOTICE),
    *(
        Case(_NAME, magic(4, number.to_bytes(2, "big")), (_TYPE, _SENDER), _ROLES[kind], keep=LONGEST)
        for number, (_, kind) in TYPES.items()
    ),
    Case(_NAME, (), (_TYPE, _SENDER), Role.NOTICE, keep=LONGEST),
)


def probe(message: Message) -> bool:
    """Mark, length and checksum hold."""
    try:
        _check(message)
    except Malformed:
        return False
    return True


def _check(message: Message) -> bytes:
    """The message, as far as it is there; the checksum of one that was cut off contradicts nothing."""
    data = message.data
    if message.transport != "udp" or len(data) < HEADER or not data.startswith(MARK):
        raise Malformed("no message of DeltaV")
    size = int.from_bytes(data[2:4], "big") + ENVELOPE
    if size != message.length:
        raise Malformed("length says {stated} bytes, there are {length}", stated=size, length=message.length)
    if len(data) == size and crc16_mcrf4xx(data[:-CHECKSUM]) != int.from_bytes(data[-CHECKSUM:], "big"):
        raise Malformed("checksum does not hold")
    return data


def dissect(message: Message) -> Iterator[Operation]:
    """What kind of message it is and who sends it."""
    data = _check(message)
    kind_of_message = int.from_bytes(data[4:6], "big")
    unknown = Kind.NOTICE if message.from_client is False else Kind.UNCONFIRMED  # it may be a command
    code, where = f"0x{kind_of_message:04X}", f"udp.payload[0:2] == {MARK.hex(':')} && udp.payload[4:2] == "
    where += data[4:6].hex(":")
    if kind_of_message != DATA:
        name, kind = TYPES.get(kind_of_message, (f"Message {code}", unknown))
        verb = Verb.SESSION if kind_of_message in TYPES else Verb.UNKNOWN
    elif message.length == ENVELOPE:
        name, verb, kind = "Acknowledgement", Verb.SESSION, Kind.NOTICE
        where += " && udp.payload[2:2] == 00:00"
    else:
        if len(data) < HEADER + 2 or message.length < ENVELOPE + 2:
            raise Malformed("the type of the payload is missing")
        raw = data[HEADER : HEADER + 2]
        number = int.from_bytes(raw, "big")
        code += f":0x{number:04X}"
        name, verb, kind = PAYLOADS.get(number, (f"Payload 0x{number:04X}", Verb.UNKNOWN, unknown))
        where += f" && udp.payload[{HEADER}:2] == {raw.hex(':')}"
    yield Operation(
        verb, name, kind, code, unit=said("sender {name}", name=f"0x{data[8:10].hex().upper()}"), filter=where
    )


PROTOCOL = Protocol(
    name=_NAME,
    title="Emerson DeltaV",
    short="DeltaV",
    framing=FRAMING,
    cases=CASES,
    probe=probe,
    unread=("credentials",),
    opaque=("Data request", "Event request"),  # of values and events that nobody has described
    dissect=dissect,
    verbs=frozenset({verb for _, verb, _ in PAYLOADS.values()} | {Verb.SESSION, Verb.UNKNOWN_FUNCTION}),
    specification="not published; Apache PLC4X, DeltaV Industrial Ethernet Communication and its recorded messages",
    display_filter=f"udp.port == {PORT}",
)
