"""SEL Fast Meter, Fast Operate and Fast Messages of Schweitzer protection relays, over TCP, mostly inside Telnet.

Written from SEL Application Guides AG95-10 (Configuration and Fast Meter Messages) and AG2002-14 (Fast SER), as
Wireshark's dissector by C. Bontje and the client selprotopy have them. The binary messages stand between the text of a
terminal session, each in a segment of its own: two octets that ask, or octets with a length and a checksum. Commands to
breakers and remote bits have no answer. What a relay says of itself is in the Device Description, and in the text that
answers the command ID.

Inside Telnet octets of 0xFF come twice. Of a segment that asks, whatever it holds is read; of one that begins with
text, from the first message on whose length and checksum are right.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from scanner.framing.language import Byte, Case, Framing, Range, Role, Size, Test, Whole, Within, magic
from scanner.framing.shared import TELNET, TELNET_SESSION
from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Protocol, Row, Session, Verb
from scanner.protocols.common.crc import crc16_modbus
from scanner.protocols.common.text import printable, readable
from scanner.protocols.sel import _names as names
from scanner.wording import joined, said, verbatim

_CODES = {names.FAST_MESSAGE, *names.POLLS, *names.COMMANDS}

FRAMING = Framing(
    name="sel-fast-message",
    delimiter=Whole(),
    sync=(Byte(0, names.START), Size(2, 1460)),
    ports={"tcp": ()},
    confirmations=3,
    then=TELNET_SESSION.name,
)

# --- which bytes are meaning ----------------------------------------------------------------------------------------
# The type of a message; of a Fast Message address, function and what it touches; of a command what it operates. Values,
# sequence numbers and checksums never. A short message with others behind it is compared whole, so that all are read.

_NAME = "sel-fast-message"
_SHORT = 60  # a message that asks is longer only when it writes many registers
_HEADER, _CRC = 12, 2
_REQUESTS = {function for function in names.FUNCTIONS if function not in names.UNSOLICITED}
_IDENTITY = 90  # octets of FID and RID
_LEADS = (b"", b"\x02", b"\r\n", b"\x02\r\n", b"ID\r\n", b"ID\r\n\x02\r\n", b"\r\n\x02\r\n")
_FID = b'"FID=SEL'
_TEXT = {0, 8, 9, 10, 13, *range(0x20, 0x7F)}
_TYPED = {*_TEXT, names.START}
_TYPE = Range(0, 2)
_PAIR = (Range(1, 2),)


def _cases() -> Iterator[Case]:
    def case(*tests: Test, key: tuple[Range, ...], role: Role, pair: tuple[Range, ...] = ()) -> Case:
        return Case(_NAME, (Byte(0, names.START), *tests), key, role, pair, keep=1460)

    for poll in names.POLLS:
        for end in (b"", b"\r", b"\r\n"):
            whole = Size(2 + len(end), 2 + len(end))
            ends = tuple(Byte(2 + place, octet) for place, octet in enumerate(end))
            yield case(Byte(1, poll), whole, *ends, key=(_TYPE,), role=Role.REQUEST, pair=_PAIR)
    yield case(Byte(1, names.RELAY_DEFINITION), key=(Range(0),), role=Role.RESPONSE, pair=_PAIR)
    for behind in (bytes((names.START,)), b"\r\n"):
        yield case(Byte(1, names.POLLS), *magic(2, behind), key=(Range(0),), role=Role.REQUEST, pair=_PAIR)
    yield case(Byte(1, names.POLLS), key=(_TYPE,), role=Role.RESPONSE, pair=_PAIR)
    yield case(Byte(1, names.COMMANDS), key=(Range(0),), role=Role.NOTICE)
    fast = Byte(1, names.FAST_MESSAGE)
    number = (*_PAIR, Range(11, 12))
    head = (_TYPE, Range(3, 10))
    for size in range(_HEADER + _CRC, _SHORT + 1):
        alone = (fast, Byte(2, size), Size(size, size + 2))
        yield case(
            *alone, Byte(9, _REQUESTS), key=(*head, Range(12, min(18, size - _CRC))), role=Role.REQUEST, pair=number
        )
        yield case(*alone, Byte(9, names.WRITE), key=(*head, Range(12, min(18, size - _CRC))), role=Role.NOTICE)
    yield case(fast, Byte(2, range(_SHORT + 1)), Byte(9, {*_REQUESTS, names.WRITE}), key=(Range(0),), role=Role.NOTICE)
    yield case(fast, Byte(9, {*_REQUESTS, names.WRITE}), key=(*head, Range(12, 18)), role=Role.NOTICE)
    yield case(fast, Byte(9, names.UNSOLICITED), key=head, role=Role.NOTICE)
    yield case(fast, Byte(9, names.WITH_RESULT), key=(*head, Range(10, 11)), role=Role.RESPONSE, pair=number)
    identity = (*head, Range(_HEADER, _HEADER + _IDENTITY))
    yield case(fast, Byte(9, names.DESCRIPTION | names.ANSWER), key=identity, role=Role.RESPONSE, pair=number)
    yield case(fast, key=head, role=Role.RESPONSE, pair=number)
    yield case(Byte(1, set(range(256)) - _CODES), key=(Range(0),), role=Role.NOTICE)
    for lead in _LEADS:
        yield Case(_NAME, magic(0, lead + _FID), (Range(0),), Role.NOTICE, keep=1460)
    for line in (b"\r", b"\n", b"\r\n", b"\r\n\r\n"):
        start = (*magic(0, line), Byte(len(line), names.START), Byte(len(line) + 1, _CODES))
        yield Case(_NAME, start, (Range(0),), Role.NOTICE, keep=1460)
    typed = (Byte(0, _TEXT), Within(names.START, {*names.COMMANDS, names.FAST_MESSAGE}))
    yield Case(_NAME, typed, (Range(0),), Role.NOTICE, keep=1460)


# --- dissection -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Piece:
    """One message of a segment: its second octet and, unless it only asks, the octets before its checksum."""

    code: int
    body: bytes | None
    size: int


def probe(message: Message) -> bool:
    """A known type whose length and checksum are right; of text, that it names the firmware of a relay."""
    if message.transport != "tcp":
        return False
    try:
        return bool(list(dissect(message)))
    except Malformed:
        return False


def dissect(message: Message) -> Iterator[Row]:
    """The operations of a segment, and what the relay says of itself."""
    data = message.data.lstrip(b"\r\n")
    if data[:1] != bytes((names.START,)) and _LINE.search(data):
        yield from _identification(data)
        return
    if len(message.data) < message.length:
        raise Malformed("the segment is not there in whole")
    pieces = _pieces(data) if data[:1] == bytes((names.START,)) else _behind_text(data)
    yield Session(encrypted=False, authenticated=False)
    for piece in pieces:
        yield from _rows(piece)


def _behind_text(data: bytes) -> list[_Piece]:
    """The messages of a segment that begins with text."""
    end = next((at for at, octet in enumerate(data) if octet not in _TYPED), len(data))
    for at in range(end):
        if data[at] == names.START and data[at + 1 : at + 2] not in (b"", bytes((names.START,))):
            try:
                return _pieces(data[at:])
            except Malformed:
                continue
    raise Malformed("no message behind the text")


def _pieces(data: bytes) -> list[_Piece]:
    """The messages of a segment as it is, or with what Telnet doubles made single."""
    try:
        return _read(data)
    except Malformed:
        if b"\xff\xff" not in data:
            raise
        return _read(data.replace(b"\xff\xff", b"\xff"))


def _read(data: bytes) -> list[_Piece]:
    """The messages of a segment; between those that ask, and behind any, there may be text of the terminal."""
    found = [_piece(data)]
    at = found[0].size
    while _asks(found[-1]):
        start = data.find(names.START, at)
        text = data[at:] if start < 0 else data[at:start]
        if not all(octet in _TEXT for octet in text):
            raise Malformed("{length} octets that are no text behind the message", length=len(text))
        if start < 0:
            break
        found.append(_piece(data[start:]))
        at = start + found[-1].size
    return found


def _asks(piece: _Piece) -> bool:
    if piece.body is None or piece.code in names.COMMANDS:
        return True
    return piece.code == names.FAST_MESSAGE and piece.body[9] in {*_REQUESTS, names.WRITE} and piece.size <= _SHORT


def _piece(data: bytes) -> _Piece:
    """The message that ``data`` begins with; Malformed when its length or checksum is wrong."""
    if len(data) < 2 or data[0] != names.START:
        raise Malformed("no message")
    code = data[1]
    fits = len(data) > 2 and 4 <= data[2] <= len(data)
    raw = data[: data[2]] if fits else b""
    answers = fits and sum(raw[:-1]) & 0xFF == raw[-1]
    alone = data[2:] in (b"", b"\r") or data[2:].startswith((b"\r\n", bytes((names.START,))))
    if code in names.POLLS and alone and not answers:
        return _Piece(code, None, 2)
    if not fits:
        raise Malformed("the length does not fit the message")
    if code == names.FAST_MESSAGE:
        if len(raw) < _HEADER + _CRC or crc16_modbus(raw[:-_CRC]) != int.from_bytes(raw[-_CRC:], "big"):
            raise Malformed("the CRC is wrong")
        return _Piece(code, raw[:-_CRC], len(raw))
    if sum(raw[:-1]) & 0xFF != raw[-1]:
        raise Malformed("the checksum is wrong")
    return _Piece(code, raw[:-1], len(raw))


def _rows(piece: _Piece) -> Iterator[Row]:
    if piece.code == names.FAST_MESSAGE and piece.body is not None:
        yield from _fast_message(piece.body)
    elif piece.code in names.COMMANDS and piece.body is not None:
        yield _command(piece.code, piece.body)
    elif piece.code not in names.POLLS:
        yield _operation(piece.code, Verb.UNKNOWN, f"message type 0x{piece.code:02X}", Kind.REQUEST)
    else:
        name, verb = names.POLLS[piece.code]
        kind = Kind.REQUEST if piece.body is None else Kind.RESPONSE
        told = _protocols(piece.body) if piece.body and piece.code == names.RELAY_DEFINITION else ""
        yield _operation(piece.code, verb, name, kind, detail=told)


def _operation(number: int, verb: Verb, name: str, kind: Kind, **more: str) -> Operation:
    usual = {"code": f"0xA5{number:02X}", "filter": f"selfm.msgtype == 0xa5{number:02x}"}
    return Operation(verb, name, kind, **(usual | more))


def _command(code: int, body: bytes) -> Operation:
    """Fast Operate: the code of what is operated comes again, four times it and one, in its alternate form in words."""
    if code in names.SHORT_COMMANDS:
        if len(body) != 5 or body[4] != (body[3] * 4 + 1) & 0xFF:
            raise Malformed("the operate code does not fit its validation")
        touched, done = (_breaker if code == names.BREAKER else _remote_bit)(body[3])
        return _operation(code, Verb.OPERATE, names.COMMANDS[code], Kind.UNCONFIRMED, object=touched, detail=done)
    if code == names.FAST_RESET:
        return _operation(
            code, Verb.OPERATE, names.COMMANDS[code], Kind.UNCONFIRMED, object=readable(body[3:].strip(b"\0"), 40)
        )
    if len(body) != 7:
        raise Malformed("an operate code of two octets expected")
    number = int.from_bytes(body[3:5], "big")
    return _operation(code, Verb.OPERATE, names.COMMANDS[code], Kind.UNCONFIRMED, object=f"code 0x{number:04X}")


def _breaker(code: int) -> tuple[str, str]:
    if 0x11 <= code <= 0x22:
        return f"breaker {code - 0x10}", said("close")
    if 0x31 <= code <= 0x42:
        return f"breaker {code - 0x30}", said("open")
    return f"code 0x{code:02X}", ""


def _remote_bit(code: int) -> tuple[str, str]:
    done = {0: said("clear"), 1: said("set"), 2: said("pulse")}.get(code >> 5)
    return (f"RB{(code & 0x1F) + 1:02d}", done) if done else (f"code 0x{code:02X}", "")


def _protocols(body: bytes) -> str:
    """Of a relay definition the protocols at its end, two octets each, behind those of meters and status flags."""
    if len(body) < 6:
        raise Malformed("a relay definition without its numbers")
    at = 6 + 4 * body[4] + 8 * body[5]
    told = []
    for _ in range(body[3]):
        pair = body[at : at + 2]
        if len(pair) < 2:
            raise Malformed("a relay definition without its protocols")
        name = verbatim(names.PROTOCOLS.get(pair[1], "")) or said("protocol {n}", n=pair[1])
        told.append(said("{name} with Fast Operate", name=name) if pair[0] & names.FAST_OPERATE_ENABLED else name)
        at += 2
    return joined(told)


def _fast_message(body: bytes) -> Iterator[Row]:
    function, data = body[9], body[_HEADER:]
    name, verb = names.FUNCTIONS.get(function & 0x7F, (f"function 0x{function & 0x7F:02X}", Verb.UNKNOWN))
    more = {"code": f"46:0x{function:02X}", "filter": f"selfm.fastmsg.funccode == 0x{function:02x}"}
    if any(body[3:8]):
        more["unit"] = body[3:8].hex()
    if not function & names.ANSWER:
        kind = Kind.REQUEST
        if function in names.UNSOLICITED:
            kind = Kind.UNCONFIRMED if function == names.WRITE else Kind.NOTICE
        yield _operation(names.FAST_MESSAGE, verb, name, kind, object=_touched(function, data), **more)
    elif function in names.WITH_RESULT and body[10]:
        refusal = f"{names.RESULTS.get(body[10], 'result')} ({body[10]})"
        yield _operation(names.FAST_MESSAGE, verb, name, Kind.REFUSAL, refusal=refusal, **more)
    else:
        kind = Kind.NOTICE if function & 0x7F in names.UNSOLICITED else Kind.RESPONSE
        if function != names.DESCRIPTION | names.ANSWER:
            yield _operation(names.FAST_MESSAGE, verb, name, kind, **more)
            return
        if len(data) < _IDENTITY:
            raise Malformed("a device description without its identifiers")
        firmware, relay = printable(data[:50]).removeprefix("FID="), printable(data[50:_IDENTITY]).removeprefix("RID=")
        told = ", ".join(filter(None, (firmware, relay)))
        yield _operation(names.FAST_MESSAGE, verb, name, kind, detail=told, **more)
        yield from _described({"FID": firmware, "DEVID": relay})


def _touched(function: int, data: bytes) -> str:
    if function in names.SWITCHES:
        if not data:
            raise Malformed("no function to switch")
        return names.FUNCTIONS.get(data[0], (f"function 0x{data[0]:02X}", Verb.UNKNOWN))[0]
    if function == names.READ:
        if len(data) < 6:
            raise Malformed("no address to read")
        return f"address 0x{data[:4].hex().upper()} x {int.from_bytes(data[4:6], 'big')}"
    if function == names.WRITE:
        if len(data) < 6:
            raise Malformed("no address to write")
        return f"address 0x{data[:2].hex().upper()}:0x{data[2:4].hex().upper()} x {int.from_bytes(data[4:6], 'big')}"
    if function in (names.FORMAT, names.LABELS):
        if len(data) < 4:
            raise Malformed("no address")
        return f"address 0x{data[:4].hex().upper()}"
    return ""


# --- identification -------------------------------------------------------------------------------------------------

_LINE = re.compile(rb'"(FID|CID|DEVID|PARTNO)=([^"\r\n]{1,80})"')


def _identification(data: bytes) -> Iterator[Row]:
    """The text that answers the command ID: lines of a name and its value, each with a checksum."""
    found = {key.decode(): printable(value) for key, value in _LINE.findall(data)}
    if not found.get("FID", "").startswith("SEL"):
        raise Malformed("no identification of a relay")
    yield Operation(Verb.IDENTIFY, "ID", Kind.NOTICE, detail=found["FID"], filter='tcp.payload contains "FID=SEL"')
    yield from _described(found)


def _described(found: dict[str, str]) -> Iterator[Identity]:
    """The firmware identifier begins with the model: SEL-351S-7-R510-V0-Z103103-D20110429."""
    firmware = found.get("FID", "")
    if firmware.startswith("SEL"):
        yield Identity("vendor", "Schweitzer Engineering Laboratories")
        yield Identity("model", re.split(r"-[RX]\d{3}", firmware, maxsplit=1)[0])
        yield Identity("firmware", firmware)
    for key, field in (("DEVID", "name"), ("PARTNO", "order_number")):
        if found.get(key):
            yield Identity(field, found[key])


PROTOCOL = Protocol(
    name=_NAME,
    title="SEL Fast Message",
    framing=FRAMING,
    cases=tuple(_cases()),
    probe=probe,
    unread=("credentials",),
    dissect=dissect,
    verbs=frozenset({verb for table in (names.POLLS, names.FUNCTIONS) for _, verb in table.values()} | {Verb.OPERATE}),
    specification="SEL Application Guides AG95-10 and AG2002-14 (as Wireshark's dissector and selprotopy have them)",
    more_framings=(TELNET, TELNET_SESSION),
    display_filter="selfm",
)
