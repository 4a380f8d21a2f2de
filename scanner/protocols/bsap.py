"""BSAP, the Bristol Standard Asynchronous Protocol of Emerson ControlWave and Network 3000 controllers, over UDP.

Two ways: BSAP over IP, with a header of its own, and serial frames (DLE STX ... DLE ETX, checksum) carried in UDP by
serial converters. Written from ICSNPP-BSAP (D. Vollmer, Battelle Energy Alliance) for the IP header, which Emerson has
not published, and the names of the BSAP Communications Application Programmer's Reference, D301401X012. Both ends use
the same port, so the kind of a message says who asks. Of several requests in one datagram the first is shown; the
header of 22 bytes that ICSNPP mentions is recognised and not read further.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from scanner.capture.descriptor import Byte, Case, Field, Framing, Range, Role, Size, Test, Whole
from scanner.protocols import _bsap_names as names
from scanner.protocols._text import printable
from scanner.protocols.base import Kind, Malformed, Message, Operation, Protocol, Verb

HEADER, LONG_HEADER = 14, 22
ACKNOWLEDGE, ANSWER_TO_WRITE, ANSWER = 0, 1, 5
REQUESTS, ANSWERS = (6, 0x84, 0x86), (ANSWER_TO_WRITE, ANSWER)
DLE, STX, ETX = 0x10, 0x02, 0x03

_PORTS: dict[str, tuple[int, ...]] = {"udp": (1234, 1235)}
FRAMING = Framing(
    name="bsap-ip",
    cutter=Whole(),
    # Header length, number of messages and kind, each with a zero octet behind it.
    sync=(
        Byte(0, (HEADER, LONG_HEADER)),
        Byte(1, 0),
        Byte(3, 0),
        Byte(4, (ACKNOWLEDGE, *ANSWERS, *REQUESTS)),
        Byte(5, 0),
        Size(HEADER),
    ),
    ports=_PORTS,
    confirmations=2,
)
SERIAL = Framing(
    name="bsap-serial",
    cutter=Whole(),
    sync=(Byte(0, DLE), Byte(1, STX), Byte(-4, DLE), Byte(-3, ETX), Size(9)),
    ports=_PORTS,
    confirmations=2,
)

# --- which bytes are meaning ----------------------------------------------------------------------------------------
# IP, offsets in the datagram: 2 number of messages, 4 kind, 6 and 10 sequence numbers; 14 length of the first message
# from here on, 18 length of its header (12), 19 sequence number of the request, in answers too, 23 function or error.

_KIND, _FIRST = Range(2, 6), Range(23, Field(14, 4, add=14, little=True))
_SEQUENCE = (Range(19, 23),)
_IP = (Byte(0, HEADER), Byte(1, 0))
_DATABASE = (*_IP, Byte(4, REQUESTS), Byte(18, 12), Byte(23, names.RDB))
_NAME_END = 56  # of a written signal's name as much is told apart as ends here


def _ip(*tests: Test, key: tuple[Range, ...], role: Role) -> Case:
    return Case("bsap", tests, (_KIND, *key), role, () if role is Role.NOTICE else _SEQUENCE, keep=1500)


# Serial: 2 address, top bit set when node addresses follow; 3 serial number; then in local messages 4 destination
# function, 5 sequence, 7 source function, 8 node status; in global ones all of it five octets later.
_SERIAL_IS = (Byte(0, DLE), Byte(1, STX))
_REQUESTED = {*names.APPLICATIONS, *names.LINK} - {0x03, *names.ANSWERS}


def _serial() -> Iterator[Case]:
    for high, function in ((range(0x80), 4), (range(0x80, 0x100), 9)):
        where = (*_SERIAL_IS, Byte(2, high))
        address = (Range(2, 3),) if function == 4 else (Range(2, 3), Range(4, 8))
        head = (*address, Range(function, function + 1), Range(function + 3, function + 4))
        data = function + 5

        def case(*tests: Test, key: tuple[Range, ...], role: Role) -> Case:
            return Case("bsap", tests, key, role, () if role is Role.NOTICE else (Range(2, 3),), keep=512)

        database = (*where, Byte(function, names.RDB))
        yield case(*database, Byte(data, range(0x80)), key=(*head, Range(data, -4)), role=Role.REQUEST)
        yield case(*database, key=(*head, Range(data, data + 1)), role=Role.REQUEST)
        extension = (*where, Byte(function, names.RDB_EXTENSION))
        yield case(*extension, key=(*head, Range(data, data + 2)), role=Role.REQUEST)
        link = (Range(2, 3), Range(function, function + 1))
        yield case(*where, Byte(function, names.ANSWERS), key=link, role=Role.RESPONSE)
        yield case(*where, Byte(function, names.LINK), key=link, role=Role.REQUEST)
        yield case(*where, Byte(function, 3), key=(*head, Range(data, data + 1)), role=Role.RESPONSE)
        yield case(*where, Byte(function, _REQUESTED), key=head, role=Role.REQUEST)
        yield case(*where, key=head, role=Role.NOTICE)


CASES = (
    _ip(*_DATABASE, Byte(25, range(0x80)), key=(_FIRST,), role=Role.REQUEST),
    # Written: version, security level, number of signals, first address; its value is behind it.
    _ip(*_DATABASE, Byte(25, names.WRITE_BY_ADDRESS), key=(Range(23, 24), Range(25, 32)), role=Role.REQUEST),
    _ip(*_DATABASE, Byte(25, names.WRITE_BY_NAME), key=(Range(23, 24), Range(25, _NAME_END)), role=Role.REQUEST),
    _ip(*_DATABASE, key=(Range(23, 24), Range(25, 26)), role=Role.REQUEST),
    _ip(*_IP, Byte(4, REQUESTS), key=(Range(18, 19), Range(23, 24)), role=Role.REQUEST),
    _ip(*_IP, Byte(4, ANSWERS), key=(Range(18, 19), Range(23, 24)), role=Role.RESPONSE),
    _ip(*_IP, key=(), role=Role.NOTICE),
    _ip(Byte(0, LONG_HEADER), Byte(1, 0), key=(), role=Role.NOTICE),
    *_serial(),
)

# --- dissection -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Serial:
    """A serial frame without its delimiters: addresses, functions, and the data behind the node status."""

    address: int
    nodes: tuple[int, int] | None
    function: int
    source: int
    data: bytes


def probe(message: Message) -> bool:
    """A header whose lengths fit the datagram, or a serial frame with a known function."""
    try:
        if message.data[:2] == bytes((DLE, STX)):
            frame = _frame(message)
            return frame.function in names.APPLICATIONS or frame.function in names.LINK
        _check(message)
    except Malformed:
        return False
    return True


def dissect(message: Message) -> Iterator[Operation]:
    """One operation: the first request or answer of a datagram, an acknowledgement, a serial frame."""
    if message.data[:2] == bytes((DLE, STX)):
        yield from _serial_rows(_frame(message))
        return
    _check(message)
    data, kind = message.data, message.data[4]
    if data[0] == LONG_HEADER or kind == ACKNOWLEDGE:
        yield _operation(Verb.SESSION, "Acknowledge", Kind.NOTICE, f"kind {kind}", f"data.data[4] == 0x{kind:02x}")
    elif len(data) < 24 or data[18] != 12:
        raise Malformed("a message without function")
    elif kind in ANSWERS:
        yield _answer(data)
    else:
        yield _request(data)


def _check(message: Message) -> None:
    """Malformed when the header or the length of the first message does not fit the datagram."""
    data = message.data
    if len(data) < HEADER or data[0] not in (HEADER, LONG_HEADER) or data[1] or data[3] or data[5]:
        raise Malformed("no BSAP header")
    if data[4] not in (ACKNOWLEDGE, *ANSWERS, *REQUESTS):
        raise Malformed(f"message kind {data[4]} is not known")
    first = int.from_bytes(data[14:18], "little") if data[2] and data[0] == HEADER else 0
    if HEADER + first > message.length or (data[2] and data[0] == HEADER and first < 9):
        raise Malformed(f"message of {first} bytes in a datagram of {message.length}")
    if not data[2] and message.length != data[0]:
        raise Malformed("something behind the header of a datagram without messages")


def _operation(verb: Verb, function: str, kind: Kind, code: str, where: str, **more: str) -> Operation:
    return Operation(verb=verb, function=function, kind=kind, code=code, filter=where, **more)


def _request(data: bytes) -> Operation:
    application = data[23]
    where = f"data.data[4] == 0x{data[4]:02x} && data.data[23] == 0x{application:02x}"
    count = int.from_bytes(data[2:4], "little")
    several = f"first of {count} requests" if count > 1 else ""
    if application != names.RDB or len(data) < 26:
        name, verb = names.APPLICATIONS.get(application, ("Application function", Verb.UNKNOWN))
        return _operation(verb, name, Kind.REQUEST, f"0x{application:02X}", where, detail=several)
    function = data[25]
    name, verb = names.DATABASE.get(function, ("Remote Database Access", Verb.UNKNOWN))
    touched, detail = _touched(function, data[26 : HEADER + int.from_bytes(data[14:18], "little")])
    return _operation(
        verb,
        name,
        Kind.REQUEST,
        f"0xA0:0x{function:02X}",
        f"{where} && data.data[25] == 0x{function:02x}",
        object=touched,
        detail=", ".join(filter(None, (several, detail))),
    )


def _touched(function: int, data: bytes) -> tuple[str, str]:
    """(signals, what is not shown of them) of a database request."""
    if function == names.READ_BY_NAME and len(data) >= 5:
        found = [printable(part) for part in data[5:].split(b"\0")[: data[4]]]
        return ", ".join(dict.fromkeys(filter(None, found[:32]))), ""
    if function == names.WRITE_BY_ADDRESS and len(data) >= 6:
        several = f"first of {data[3]} signals" if data[3] > 1 else ""
        return f"signal address 0x{int.from_bytes(data[4:6], 'little'):04X}", several
    if function == names.WRITE_BY_NAME:
        name, end, _ = data[: _NAME_END - 26].partition(b"@")[2].partition(b"\0")
        text = printable(name)
        return (f"@{text}" if end and text else ""), ""
    return "", ""


def _answer(data: bytes) -> Operation:
    error = data[23]
    return _operation(
        Verb.UNKNOWN,
        "Response",
        Kind.REFUSAL if error else Kind.RESPONSE,
        f"kind {data[4]}",
        f"data.data[4] == 0x{data[4]:02x} && data.data[23] == 0x{error:02x}",
        refusal=f"return error code 0x{error:02X}" if error else "",
    )


def _frame(message: Message) -> _Serial:
    """The serial frame of a datagram; Malformed when delimiters or header are not there."""
    data = message.data
    if len(data) == message.length and data[-4:-2] != bytes((DLE, ETX)):
        raise Malformed("a serial frame without its end")
    at = 4 if len(data) > 2 and data[2] < 0x80 else 9
    if message.length < at + 5 or len(data) <= at:
        raise Malformed("a serial frame cut short")
    nodes = None if at == 4 else (int.from_bytes(data[4:6], "little"), int.from_bytes(data[6:8], "little"))
    whole = len(data) > at + 4
    return _Serial(data[2] & 0x7F, nodes, data[at], data[at + 3] if whole else 0, data[at + 5 : message.length - 4])


def _serial_rows(frame: _Serial) -> Iterator[Operation]:
    unit = str(frame.address)
    function = frame.function
    where = f"data.data[{4 if frame.nodes is None else 9}] == 0x{function:02x}"
    code = f"0x{function:02X}"
    if function in names.LINK:
        refused = function in names.REFUSED
        kind = Kind.REFUSAL if refused else Kind.RESPONSE if function in names.ANSWERS else Kind.REQUEST
        name = names.LINK[function]
        yield _operation(Verb.SESSION, name, kind, code, where, unit=unit, refusal=name if refused else "")
        return
    detail = "" if frame.nodes is None else f"node {frame.nodes[1]} to node {frame.nodes[0]}"
    touched = ""
    if function == names.RDB and frame.data:
        name, verb = names.DATABASE.get(frame.data[0], ("Remote Database Access", Verb.UNKNOWN))
        code += f":0x{frame.data[0]:02X}"
        kind = Kind.REQUEST
        touched = _names(frame.data) if frame.data[0] == names.READ_BY_NAME else ""
    elif function == names.RDB_EXTENSION and len(frame.data) >= 2:
        number = int.from_bytes(frame.data[:2], "little")
        name, verb = names.EXTENSIONS.get(number, ("Remote Database Access Extension", Verb.UNKNOWN))
        code += f":0x{number:04X}"
        kind = Kind.REQUEST
    elif function == 3:
        name, verb = names.APPLICATIONS.get(frame.source, ("Response", Verb.UNKNOWN))
        kind = Kind.RESPONSE
    else:
        name, verb = names.APPLICATIONS.get(function, ("Application function", Verb.UNKNOWN))
        kind = Kind.REQUEST if function in _REQUESTED else Kind.NOTICE
    yield _operation(verb, name, kind, code, where, unit=unit, object=touched, detail=detail)


def _names(data: bytes) -> str:
    """The signal names in a request, which begin with @; what is before them differs between firmwares."""
    found = [printable(b"@" + part.split(b"\0")[0]) for part in data.split(b"@")[1:33]]
    return ", ".join(dict.fromkeys(filter(None, found)))


_VERBS = {verb for table in (names.APPLICATIONS, names.DATABASE, names.EXTENSIONS) for _, verb in table.values()}

PROTOCOL = Protocol(
    name="bsap",
    title="BSAP",
    framing=FRAMING,
    cases=CASES,
    probe=probe,
    dissect=dissect,
    verbs=frozenset(_VERBS | {Verb.SESSION}),
    specification="BSAP Communications Application Programmer's Reference (Emerson D301401X012); ICSNPP-BSAP",
    more_framings=(SERIAL,),
)
