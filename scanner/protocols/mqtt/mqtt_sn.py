"""MQTT-SN 1.2 over UDP: who connects through which gateway, topics; never a payload.

Written from "MQTT For Sensor Networks (MQTT-SN) Protocol Specification Version 1.2" (Stanford-Clark, Truong, 2013),
section 5. It has neither passwords nor encryption: whoever reaches the gateway is let in, and may publish without even
connecting (quality of service -1). A forwarder puts a header with a wireless node's identifier in front (section 5.5);
behind identifiers of up to eight bytes the message is read too. Away from its ports only a CONNECT shows itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import NamedTuple

from scanner.framing.language import Byte, Case, Field, Framing, Length, Range, Role, Size, Whole, bits
from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Protocol, Row, Session, Verb
from scanner.protocols.common.text import readable
from scanner.wording import joined, said

_NAME = "mqtt-sn"
_WILL_TOPIC = 0x07
ENCAPSULATED = 0xFE


class _Type(NamedTuple):
    """Name, verb, kind of message, and the fewest bytes behind the type."""

    name: str
    verb: Verb
    kind: Kind
    least: int


TYPES = {
    0x00: _Type("ADVERTISE", Verb.REPORT, Kind.NOTICE, 3),
    0x01: _Type("SEARCHGW", Verb.IDENTIFY, Kind.REQUEST, 1),
    0x02: _Type("GWINFO", Verb.IDENTIFY, Kind.RESPONSE, 1),
    0x04: _Type("CONNECT", Verb.SESSION, Kind.REQUEST, 5),
    0x05: _Type("CONNACK", Verb.SESSION, Kind.RESPONSE, 1),
    0x06: _Type("WILLTOPICREQ", Verb.SESSION, Kind.NOTICE, 0),
    0x07: _Type("WILLTOPIC", Verb.SESSION, Kind.NOTICE, 0),
    0x08: _Type("WILLMSGREQ", Verb.SESSION, Kind.NOTICE, 0),
    0x09: _Type("WILLMSG", Verb.SESSION, Kind.NOTICE, 0),
    0x0A: _Type("REGISTER", Verb.SESSION, Kind.REQUEST, 5),
    0x0B: _Type("REGACK", Verb.SESSION, Kind.RESPONSE, 5),
    0x0C: _Type("PUBLISH", Verb.WRITE, Kind.REQUEST, 5),
    0x0D: _Type("PUBACK", Verb.WRITE, Kind.RESPONSE, 5),
    0x0E: _Type("PUBCOMP", Verb.SESSION, Kind.NOTICE, 2),
    0x0F: _Type("PUBREC", Verb.WRITE, Kind.RESPONSE, 2),
    0x10: _Type("PUBREL", Verb.SESSION, Kind.NOTICE, 2),
    0x12: _Type("SUBSCRIBE", Verb.SUBSCRIBE, Kind.REQUEST, 4),
    0x13: _Type("SUBACK", Verb.SUBSCRIBE, Kind.RESPONSE, 6),
    0x14: _Type("UNSUBSCRIBE", Verb.SUBSCRIBE, Kind.REQUEST, 4),
    0x15: _Type("UNSUBACK", Verb.SUBSCRIBE, Kind.RESPONSE, 2),
    0x16: _Type("PINGREQ", Verb.SESSION, Kind.NOTICE, 0),
    0x17: _Type("PINGRESP", Verb.SESSION, Kind.NOTICE, 0),
    0x18: _Type("DISCONNECT", Verb.SESSION, Kind.NOTICE, 0),
    0x1A: _Type("WILLTOPICUPD", Verb.CONFIGURE, Kind.REQUEST, 0),
    0x1B: _Type("WILLTOPICRESP", Verb.CONFIGURE, Kind.RESPONSE, 1),
    0x1C: _Type("WILLMSGUPD", Verb.CONFIGURE, Kind.REQUEST, 0),
    0x1D: _Type("WILLMSGRESP", Verb.CONFIGURE, Kind.RESPONSE, 1),
    ENCAPSULATED: _Type("Encapsulated message", Verb.SESSION, Kind.NOTICE, 1),
}
RETURN_CODES = {1: "Rejected: congestion", 2: "Rejected: invalid topic ID", 3: "Rejected: not supported"}
_NO_BODY = frozenset((0x06, 0x08, 0x17))
_EXACT = frozenset((0x00, 0x01, 0x05, 0x0B, 0x0D, 0x0E, 0x0F, 0x10, 0x13, 0x15, 0x1B, 0x1D)) | _NO_BODY

PORTS: dict[str, tuple[int, ...]] = {"udp": (1883, 10000)}
# The second byte is the type or, in the long form, the upper half of a length, which is then as small a number.
FRAMING = Framing(
    name=_NAME,
    delimiter=Whole(),
    sync=(Byte(0, range(1, 256)), Byte(1, (*range(0x1E), ENCAPSULATED)), Size(2)),
    ports=PORTS,
    anywhere=False,
)
_TEXT = range(0x21, 0x7F)
# Flags other than Will and CleanSession do not exist in a CONNECT; its protocol identifier is 1; a client identifier
# has at most 23 characters.
ELSEWHERE = Framing(
    name="mqtt-sn-connect",
    delimiter=Length(at=0, width=1, minimum=7, maximum=29),
    sync=(Byte(0, range(7, 30)), Byte(1, 0x04), Byte(2, bits(0xF3, 0)), Byte(3, 1), Byte(6, _TEXT)),
    ports={"udp": ()},
    confirmations=1,
)

# --- which bytes are meaning ----------------------------------------------------------------------------------------
# ``t`` is where the type stands. Message identifiers, durations and payloads are no meaning. Client and gateway both
# register and publish, and count message identifiers of their own.

FORWARDED = range(4, 12)  # lengths of the header of an encapsulated message behind which messages are told apart


def _cases(t: int, *length: Byte, header: tuple[Range, ...] = ()) -> Iterator[Case]:
    def case(
        among: tuple[int, ...],
        *key: Range,
        role: Role = Role.NOTICE,
        pair: int = 0,
        also: tuple[Byte, ...] = (),
        with_length: bool = False,
    ) -> Case:
        identifier = (Range(t + pair, t + pair + 2),) if pair else ()
        when = (*length, Byte(t, among), *also)
        return Case(_NAME, when, (*header, Range(t, t + 1), *key), role, identifier, 300, with_length)

    rest = Range(t + 1)
    yield case((0x00,), Range(t + 1, t + 2))
    yield case((0x01,))
    yield case((0x04,), Range(t + 1, t + 3), Range(t + 5), role=Role.REQUEST)
    yield case((0x05, 0x1B, 0x1D), Range(t + 1, t + 2), role=Role.RESPONSE)
    yield case((0x0A,), Range(t + 1, t + 3), Range(t + 5), role=Role.ASKS, pair=3)
    yield case((0x0B, 0x0D), Range(t + 1, t + 3), Range(t + 5, t + 6), role=Role.ANSWERS, pair=3)
    confirmed = (Byte(t + 1, bits(0x60, 0x20) | bits(0x60, 0x40)),)
    yield case((0x0C,), Range(t + 1, t + 4), role=Role.ASKS, pair=4, also=confirmed)
    yield case((0x0F,), role=Role.ANSWERS, pair=1)
    yield case((0x0C,), Range(t + 1, t + 4))
    yield case((0x12, 0x14), Range(t + 1, t + 2), Range(t + 4), role=Role.REQUEST, pair=2)
    yield case((0x13,), Range(t + 1, t + 4), Range(t + 6, t + 7), role=Role.RESPONSE, pair=4)
    yield case((0x15,), role=Role.RESPONSE, pair=1)
    yield case((0x1A,), rest, role=Role.REQUEST)
    yield case((0x1C,), role=Role.REQUEST)
    yield case((0x18,), with_length=True)
    yield case((0x02, 0x07, 0x16), rest)
    yield case((0x06, 0x08, 0x09, 0x0E, 0x10, 0x17))


def _forwarded(size: int) -> Iterator[Case]:
    """Messages behind a header of ``size`` bytes: length, type, control, wireless node."""
    header = (Byte(0, size), Byte(1, ENCAPSULATED))
    yield from _cases(size + 1, *header, Byte(size, range(2, 256)), header=(Range(0, size),))
    yield from _cases(size + 3, *header, Byte(size, 1), header=(Range(0, size),))


CASES = (
    *(case for size in FORWARDED for case in _forwarded(size)),
    *_cases(1, Byte(0, range(2, 256))),
    *_cases(3, Byte(0, 1)),
    Case(_NAME, (Byte(0, range(2, 256)), Byte(1, ENCAPSULATED)), (Range(0, Field(0, 1, add=4)),), Role.NOTICE),
    Case(_NAME, (Size(2),), (Range(0, 4),), Role.NOTICE),
)

# --- dissection -----------------------------------------------------------------------------------------------------


class _Parts(NamedTuple):
    """Type, what follows it as far as kept, and the header of a forwarder in front, b"" when there is none."""

    kind: int
    body: bytes
    header: bytes


def _parts(message: Message) -> _Parts:
    data, length = message.data, message.length
    header = b""
    if data[1:2] == bytes((ENCAPSULATED,)) and data[0] != 1:
        if not 3 <= data[0] < length:
            raise Malformed("a forwarder's header of {value} bytes in {length}", value=data[0], length=length)
        header, data, length = data[: data[0]], data[data[0] :], length - data[0]
    at = 3 if data[:1] == b"\1" else 1
    if len(data) <= at:
        raise Malformed("no message type")
    said = int.from_bytes(data[1:3], "big") if at == 3 else data[0]
    if said != length:
        raise Malformed("length says {stated} bytes, there are {length}", stated=said, length=length)
    if data[at] not in TYPES or data[at] == ENCAPSULATED:
        raise Malformed("message type 0x{type:02X} is not allowed here", type=data[at])
    known, body = TYPES[data[at]], length - at - 1
    if body < known.least or (data[at] in _EXACT and body != known.least):
        raise Malformed("{name} with {length} bytes behind its type", name=known.name, length=body)
    return _Parts(data[at], data[at + 1 :], header)


def probe(message: Message) -> bool:
    """The length holds and fits the type; away from the ports, a CONNECT of a client with a readable name."""
    try:
        kind, body, _ = _parts(message)
    except Malformed:
        return False
    if message.transport != "udp":
        return False
    if message.port in PORTS["udp"]:
        return True
    return kind == 0x04 and body[1:2] == b"\1" and body[4:].isascii() and body[4:].decode("ascii").isprintable()


def dissect(message: Message) -> Iterator[Row]:
    """The rows of one message; one that a forwarder passed on has a row for that as well.

    tshark reads MQTT-SN only where it is told to, so filters look at the byte of the type.
    """
    for at, row in _rows(message):
        yield replace(row, filter=f"udp.payload[{at}] == {row.code.lower()}") if isinstance(row, Operation) else row


def _rows(message: Message) -> Iterator[tuple[int, Row]]:
    """(where the type stands, row)."""
    kind, body, header = _parts(message)
    at = len(header) + (3 if message.data[len(header)] == 1 else 1)
    if header:
        where = f"wireless node {header[3:19].hex()}"
        yield 1, _operation(ENCAPSULATED, object=where, detail=TYPES[kind].name)
        if len(header) not in FORWARDED:
            return
    if len(body) < TYPES[kind].least:
        raise Malformed("only {length} bytes of {name} were captured", length=len(body), name=TYPES[kind].name)
    yield from ((at, row) for row in _DISSECT.get(kind, _plain)(message, kind, body))


def _operation(kind: int, **more: str) -> Operation:
    known = TYPES[kind]
    refusal = more.get("refusal", "")
    return Operation(
        verb=known.verb,
        function=known.name,
        kind=Kind.REFUSAL if refusal else known.kind,
        code=f"0x{kind:02X}",
        object=more.get("object", ""),
        detail=more.get("detail", ""),
        refusal=refusal,
    )


def _plain(_message: Message, kind: int, _body: bytes) -> Iterator[Row]:
    yield _operation(kind)


def _gateway(_message: Message, kind: int, body: bytes) -> Iterator[Row]:
    """ADVERTISE and GWINFO; only a client that answers for a gateway gives an address."""
    by_client = kind == 0x02 and len(body) > 1
    yield _operation(kind, object=f"gateway {body[0]}", detail=said("told by another client") if by_client else "")
    if not by_client:
        yield Identity("role", "MQTT-SN gateway")


def _connect(_message: Message, kind: int, body: bytes) -> Iterator[Row]:
    if body[1] != 1:
        raise Malformed("CONNECT of protocol version {version}", version=body[1])
    client = readable(body[4:])
    yield _operation(kind, detail=joined([said("client {name}", name=client), said("will") if body[0] & 8 else ""]))
    yield Session(version="MQTT-SN 1.2", credentials="none", encrypted=False, authenticated=False)
    if client:
        yield Identity("name", client)


def _answer(at: int) -> Callable[[Message, int, bytes], Iterator[Row]]:
    """Answers whose return code stands at ``at`` of the body."""

    def dissect_answer(_message: Message, kind: int, body: bytes) -> Iterator[Row]:
        code = body[at]
        refusal = f"{RETURN_CODES.get(code, 'return code')} ({code})" if code else ""
        topic = f"topic id {int.from_bytes(body[at - 4 : at - 2], 'big')}" if at >= 4 else ""
        yield _operation(kind, refusal=refusal, object=topic)

    return dissect_answer


def _topic(flags: int, raw: bytes, *, name: bool) -> str:
    """A topic by its type in the flags (section 5.3.4); ``name``: type 0 is a full name, not an identifier."""
    kind = flags & 3
    if kind == 2 or (kind == 0 and name):
        return readable(raw)
    number = int.from_bytes(raw[:2], "big")
    return f"predefined topic id {number}" if kind == 1 else f"topic id {number}"


def _will(_message: Message, kind: int, body: bytes) -> Iterator[Row]:
    if not body:
        yield _operation(kind, detail=said("the will is deleted"))
        return
    will = _operation(kind, object=readable(body[1:]), detail=said("retained") if body[0] & 0x10 else "")
    yield replace(will, verb=Verb.WRITE) if kind == _WILL_TOPIC else will  # what the gateway publishes for the client


def _register(_message: Message, kind: int, body: bytes) -> Iterator[Row]:
    number = int.from_bytes(body[:2], "big")
    yield _operation(kind, object=readable(body[4:]), detail=said("topic id {n}", n=number) if number else "")


def _publish(message: Message, _kind: int, body: bytes) -> Iterator[Row]:
    """From a client a publication writes to the gateway; from the gateway it reports to the client."""
    flags = body[0]
    by_gateway = message.from_client is False
    words = [
        said("retained") if flags & 0x10 else "",
        said("without a connection") if flags & 0x60 == 0x60 else "",
    ]
    asks = Kind.REQUEST if flags & 0x60 in (0x20, 0x40) else Kind.UNCONFIRMED
    yield Operation(
        verb=Verb.REPORT if by_gateway else Verb.WRITE,
        function="PUBLISH",
        kind=Kind.NOTICE if by_gateway else asks,
        code="0x0C",
        object=_topic(flags, body[1:3], name=False),
        detail=joined(words),
    )


def _subscribe(_message: Message, kind: int, body: bytes) -> Iterator[Row]:
    topic = _topic(body[0], body[3:], name=True)
    yield _operation(kind, object=topic, detail=said("wildcard") if "#" in topic or "+" in topic else "")


def _ping(_message: Message, kind: int, body: bytes) -> Iterator[Row]:
    """A sleeping client says its name to be given what waits for it."""
    client = readable(body)
    yield _operation(kind, detail=said("client {name}", name=client) if client else "")
    if client:
        yield Identity("name", client)


def _disconnect(message: Message, kind: int, body: bytes) -> Iterator[Row]:
    yield _operation(kind, detail=said("goes to sleep") if body and message.from_client is not False else "")


_Dissector = Callable[[Message, int, bytes], Iterator[Row]]


def _receipt(plain: _Dissector) -> _Dissector:
    """What a client acknowledges, the gateway has published."""

    def dissect_receipt(message: Message, kind: int, body: bytes) -> Iterator[Row]:
        for row in plain(message, kind, body):
            yield replace(row, verb=Verb.REPORT) if message.from_client and isinstance(row, Operation) else row

    return dissect_receipt


_DISSECT: dict[int, _Dissector] = {
    0x00: _gateway,
    0x02: _gateway,
    0x04: _connect,
    0x05: _answer(0),
    0x07: _will,
    0x0A: _register,
    0x0B: _answer(4),
    0x0C: _publish,
    0x0D: _receipt(_answer(4)),
    0x0F: _receipt(_plain),
    0x12: _subscribe,
    0x13: _answer(5),
    0x14: _subscribe,
    0x16: _ping,
    0x18: _disconnect,
    0x1A: _will,
    0x1B: _answer(0),
    0x1D: _answer(0),
}

PROTOCOL = Protocol(
    name=_NAME,
    title="MQTT-SN",
    framing=FRAMING,
    cases=CASES,
    probe=probe,
    dissect=dissect,
    verbs=frozenset({t.verb for t in TYPES.values()}),
    specification="MQTT-SN Protocol Specification Version 1.2, section 5",
    more_framings=(ELSEWHERE,),
    display_filter="mqttsn",
    midway=said("CONNECT not seen"),
)
