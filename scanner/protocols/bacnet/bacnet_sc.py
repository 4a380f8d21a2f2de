"""BACnet/SC messages in a WebSocket that no TLS protects.

Written from ANSI/ASHRAE 135-2020 annex AB (AB.2 BVLC messages, AB.7 WebSockets) and RFC 6455 section 5.2 (frames).

BACnet/SC demands TLS, under which only the handshake is seen: that is the TLS protocol's business, and nothing in it
tells BACnet/SC from other WebSockets. What is dissected here is a violation in itself.

Where the handshake was captured, the kernel gives the messages of both sides without their frames. Without it only
those of the accepting side (the hub, or a node that takes direct connections) are read, as frames: a client masks each
with a new key (RFC 6455 section 5.3), so that equal messages have no equal bytes; compressed frames (RFC 7692) and
messages in several are not looked into then. The subprotocols (hub.bsc.bacnet.org, dc.bsc.bacnet.org) are named in the
HTTP header.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from scanner.framing.language import Byte, Case, Framing, Length, Range, Role, Size, Test, Whole
from scanner.protocols.bacnet import _npdu as npdu
from scanner.protocols.bacnet import bacnet
from scanner.protocols.bacnet._cases import KEEP, messages, place
from scanner.protocols.bacnet._names import SECURED
from scanner.protocols.bacnet._objects import error
from scanner.protocols.bacnet._vendors import vendor
from scanner.protocols.base import Kind, Malformed, Message, Operation, Protocol, Row, Session, Verb
from scanner.protocols.common.text import readable
from scanner.wording import joined, said

_NAME = "bacnet-sc"
_BINARY = 0x82  # the only frame of a binary message
_SHORT, _LONG = range(4, 126), 126  # payload length, or that it stands in the next two bytes
_HEADER = 4  # function, control, message identifier
_ORIGIN, _TARGET, _TARGET_OPTIONS, _DATA_OPTIONS = 0x08, 0x04, 0x02, 0x01
_MORE, _HAS_DATA, _TYPE, _SECURE_PATH = 0x80, 0x20, 0x1F, 0x01
_ADDRESS = 6
_BROADCAST = b"\xff" * _ADDRESS

RESULT, ENCAPSULATED, RESOLUTION_ACK, ADVERTISEMENT, CONNECT, ACCEPT, PROPRIETARY = 0, 1, 3, 4, 6, 7, 12
FUNCTIONS = {
    RESULT: ("BVLC-Result", Verb.SESSION, Kind.RESPONSE),
    ENCAPSULATED: ("Encapsulated-NPDU", Verb.SESSION, Kind.NOTICE),
    0x02: ("Address-Resolution", Verb.IDENTIFY, Kind.REQUEST),
    RESOLUTION_ACK: ("Address-Resolution-ACK", Verb.IDENTIFY, Kind.RESPONSE),
    ADVERTISEMENT: ("Advertisement", Verb.REPORT, Kind.NOTICE),
    0x05: ("Advertisement-Solicitation", Verb.IDENTIFY, Kind.NOTICE),
    CONNECT: ("Connect-Request", Verb.SESSION, Kind.REQUEST),
    ACCEPT: ("Connect-Accept", Verb.SESSION, Kind.RESPONSE),
    0x08: ("Disconnect-Request", Verb.SESSION, Kind.REQUEST),
    0x09: ("Disconnect-ACK", Verb.SESSION, Kind.RESPONSE),
    0x0A: ("Heartbeat-Request", Verb.SESSION, Kind.REQUEST),
    0x0B: ("Heartbeat-ACK", Verb.SESSION, Kind.RESPONSE),
    PROPRIETARY: ("Proprietary-Message", Verb.UNKNOWN, Kind.NOTICE),
}
# Function -> size of what follows the header; the others vary.
_SIZES = {0x02: 0, ADVERTISEMENT: 6, 0x05: 0, CONNECT: 26, ACCEPT: 26, 0x08: 0, 0x09: 0, 0x0A: 0, 0x0B: 0}
_HUBS = {
    0: said("no hub connection"),
    1: said("connected to the primary hub"),
    2: said("connected to the failover hub"),
}


def _head(at: int) -> tuple[Byte, Byte]:
    """Function and control byte; the upper half of the latter is reserved."""
    return Byte(at, FUNCTIONS), Byte(at + 1, range(0x10))


WITHIN = Framing(
    "bacnet-sc-within",
    Whole(),
    (*_head(0), Size(_HEADER)),
    {"websocket": ()},
    confirmations=2,
)
# Frames of different lengths of length, and those of the client in between, make a connection change between these.
# The first that the accepting side says is known to be 30 bytes long, and so strong that nothing else is tried before.
FRAMING = Framing(
    _NAME,
    Length(at=1, width=1, add=2, minimum=6, maximum=127),
    (Byte(0, _BINARY), Byte(1, _SHORT), *_head(2)),
    confirmations=1,
)
LONG = Framing(
    "bacnet-sc-long",
    Length(at=2, width=2, add=4, minimum=130, maximum=65535),
    (Byte(0, _BINARY), Byte(1, _LONG), *_head(4)),
    confirmations=1,
)
ACCEPTED = Framing(
    "bacnet-sc-accept",
    Length(at=1, width=1, add=2, minimum=32, maximum=32),
    (Byte(0, _BINARY), Byte(1, 30), Byte(2, 0x07), Byte(3, 0)),
    confirmations=1,
)

# --- which bytes are meaning ----------------------------------------------------------------------------------------
# All but the message identifier, and of an NPDU what is meaning in every BACnet message.


def _cases() -> Iterator[Case]:
    framed = Byte(0, _BINARY)
    for at, before in ((0, ()), (2, (framed, Byte(1, _SHORT))), (4, (framed, Byte(1, _LONG)))):
        yield from _encapsulated(at, before)
        key, identifier = (Range(at, at + 2), Range(at + _HEADER)), (Range(at + 2, at + 4),)
        for role, kind in ((Role.REQUEST, Kind.REQUEST), (Role.RESPONSE, Kind.RESPONSE), (Role.NOTICE, Kind.NOTICE)):
            functions = [f for f, known in FUNCTIONS.items() if known[2] is kind]
            pair = () if role is Role.NOTICE else identifier
            yield Case(_NAME, (*before, Byte(at, functions)), key, role, pair, KEEP)


def _encapsulated(at: int, before: tuple[Test, ...]) -> Iterator[Case]:
    """NPDUs of a direct connection (no address), passed on by the hub (origin), and to all (both)."""
    direct, heard = ((None, None), (1, None), (None, 1)), ((0, None), (0, 1))
    for control, size, forms in (
        (0x00, 0, direct),
        (_ORIGIN, _ADDRESS, direct),
        (_ORIGIN | _TARGET, 2 * _ADDRESS, ((None, None), *heard)),
    ):
        base = at + _HEADER + size
        link = (*before, Byte(at, ENCAPSULATED))
        key = (Range(at, at + 2), Range(at + _HEADER, base))
        option = Byte(base, (_SECURE_PATH, 0x40 | _SECURE_PATH))
        for form in forms:
            bare = place(_NAME, base, (*link, Byte(at + 1, control)), key, form)
            secure = place(_NAME, base + 1, (*link, Byte(at + 1, control | _DATA_OPTIONS), option), key, form)
            for here in (bare, secure):
                yield from messages(here, confirmed=forms is direct)


# --- dissection -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Sc:
    """A message: function, virtual addresses, whether a Secure Path option says that TLS was used all the way so far,
    the payload as far as kept and its true length.
    """

    function: int
    origin: bytes
    target: bytes
    secure: bool
    payload: bytes
    length: int


def probe(message: Message) -> bool:
    """The frame and the header hold, the payload is as long as its function wants it, an NPDU holds as well."""
    if message.transport != "tcp":
        return False
    try:
        found = _message(message)
        return found.function != ENCAPSULATED or npdu.plausible(found.payload)
    except Malformed:
        return False


def dissect(message: Message) -> Iterator[Row]:
    """The message, or what its NPDU carries."""
    found = _message(message)
    if found.function == ENCAPSULATED:
        node = said("node {name}", name=found.origin.hex(":")) if found.origin else ""
        yield from npdu.rows(found.payload, found.length, node=node, words=tuple(_details(found)))
    else:
        yield _operation(found)
    yield Session(version="BACnet/SC", encrypted=False, detail=said("WebSocket without TLS"))


def _message(message: Message) -> _Sc:
    """Frame, header, addresses, options."""
    data = message.data
    at, size = 0, message.length
    if data[:1] == bytes((_BINARY,)) and len(data) >= 2 + _HEADER:
        at, size = (4, int.from_bytes(data[2:4], "big")) if data[1] == _LONG else (2, data[1])
    elif not data or data[0] not in FUNCTIONS:
        raise Malformed("no unfragmented binary WebSocket frame")
    if at + size != message.length or len(data) < at + _HEADER:
        raise Malformed("the frame says {stated} bytes, there are {length}", stated=at + size, length=message.length)
    function, control = data[at], data[at + 1]
    if function not in FUNCTIONS or control > 0x0F:
        raise Malformed(
            "function 0x{function:02X} with control byte 0x{control:02X}", function=function, control=control
        )
    at += _HEADER
    origin, at = _address(data, at, control & _ORIGIN)
    target, at = _address(data, at, control & _TARGET)
    types: list[int] = []
    for bit in (_TARGET_OPTIONS, _DATA_OPTIONS):
        if control & bit:
            types, at = _options(data, at)
    length = message.length - at
    if length != _SIZES.get(function, length) or length < 0:
        raise Malformed("{function} with {length} bytes of payload", function=FUNCTIONS[function][0], length=length)
    if function == RESOLUTION_ACK and not _is_text(data[at:]):  # a TPKT begins so, too
        raise Malformed("{function} without addresses of the web", function=FUNCTIONS[function][0])
    return _Sc(function, origin, target, _SECURE_PATH in types, data[at:], length)


def _is_text(payload: bytes) -> bool:
    return payload.isascii() and payload.decode("ascii").isprintable()


def _address(data: bytes, at: int, present: int) -> tuple[bytes, int]:
    """(virtual address, where it ends); empty when there is none."""
    end = at + (_ADDRESS if present else 0)
    return data[at:end], end


def _options(data: bytes, at: int) -> tuple[list[int], int]:
    """(types of the header options, where they end)."""
    types: list[int] = []
    more = True
    while more:
        if at >= len(data):
            raise Malformed("header options cut short")
        marker = data[at]
        types.append(marker & _TYPE)
        more = bool(marker & _MORE)
        at += 1
        if marker & _HAS_DATA:
            at += 2 + int.from_bytes(data[at : at + 2], "big")
    return types, at


def _details(found: _Sc) -> Iterator[str]:
    if found.target:
        yield (
            said("to all nodes") if found.target == _BROADCAST else said("to node {name}", name=found.target.hex(":"))
        )
    if found.secure:
        yield said("secure path")


def _operation(found: _Sc) -> Operation:
    name, verb, kind = FUNCTIONS[found.function]
    shown, details, refusal = _payload(found)
    return Operation(
        verb=verb,
        function=name,
        kind=Kind.REFUSAL if refusal else kind,
        code=f"0x{found.function:02X}",
        unit=said("node {name}", name=found.origin.hex(":")) if found.origin else "",
        object=shown,
        detail=joined((*details, *_details(found))),
        refusal=refusal,
        filter=f"bscvlc.function == 0x{found.function:02x}",
    )


def _payload(found: _Sc) -> tuple[str, tuple[str, ...], str]:
    """(object, details, refusal)."""
    data, function = found.payload, found.function
    if len(data) < min(found.length, _SIZES.get(function, 3 if function == PROPRIETARY else 2 if not function else 0)):
        raise Malformed("payload cut short")
    if function == RESULT:
        return _result(data)
    if function == RESOLUTION_ACK:
        return readable(data), (), ""
    if function == ADVERTISEMENT:
        return (
            "",
            (
                _HUBS.get(data[0]) or said("hub state {n}", n=data[0]),
                said("takes direct connections") if data[1] else "",
            ),
            "",
        )
    if function in (CONNECT, ACCEPT):
        return f"node {data[:_ADDRESS].hex(':')}", (said("device {name}", name=data[_ADDRESS:22].hex()),), ""
    if function == PROPRIETARY and len(data) >= 3:
        return f"{vendor(int.from_bytes(data[:2], 'big'))} function {data[2]}", (), ""
    return "", (), ""


def _result(data: bytes) -> tuple[str, tuple[str, ...], str]:
    """The function answered, and class and code of an error (AB.2.4)."""
    if len(data) < 2:
        raise Malformed("result cut short")
    name = FUNCTIONS[data[0]][0] if data[0] in FUNCTIONS else f"function 0x{data[0]:02X}"
    if not data[1]:
        return name, (), ""
    if len(data) < 7:
        raise Malformed("a refusal without its error")
    return name, (), error(int.from_bytes(data[3:5], "big"), int.from_bytes(data[5:7], "big"))


PROTOCOL = Protocol(
    name=_NAME,
    title="BACnet/SC without TLS",
    short="BACnet/SC",
    framing=FRAMING,
    cases=tuple(_cases()),
    probe=probe,
    dissect=dissect,
    verbs=bacnet.PROTOCOL.verbs | {verb for _, verb, _ in FUNCTIONS.values()},
    opaque=SECURED,
    specification="ANSI/ASHRAE 135-2020 annex AB; RFC 6455 section 5.2",
    more_framings=(LONG, ACCEPTED, WITHIN),
    display_filter="bscvlc",
)
