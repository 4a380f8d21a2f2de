"""BSAP, the Bristol Standard Asynchronous Protocol of Emerson ControlWave and Network 3000 controllers, over UDP.

Two ways: BSAP over IP, with a header of its own, and serial frames (DLE STX ... DLE ETX, checksum) carried in UDP by
serial converters. Written from ICSNPP-BSAP (D. Vollmer, Battelle Energy Alliance) for the IP header, which Emerson has
not published, and the names of the BSAP Communications Application Programmer's Reference, D301401X012. Both ends use
the same port, so the kind of a message says who asks. Of several requests in one datagram the first is shown; the
header of 22 bytes that ICSNPP mentions is recognised and not read further.
``_bsap_serial`` has the serial frames.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.framing.language import Byte, Case, Field, Framing, Range, Role, Size, Test, Whole
from scanner.protocols.base import Kind, Malformed, Message, Operation, Protocol, Verb
from scanner.protocols.bsap import _names as names
from scanner.protocols.bsap import _serial as serial
from scanner.protocols.common.text import printable
from scanner.wording import joined, said

HEADER, LONG_HEADER = 14, 22
ACKNOWLEDGE, ANSWER_TO_WRITE, ANSWER = 0, 1, 5
REQUESTS, ANSWERS = (6, 0x84, 0x86), (ANSWER_TO_WRITE, ANSWER)

_PORTS: dict[str, tuple[int, ...]] = {"udp": (1234, 1235)}
FRAMING = Framing(
    name="bsap-ip",
    delimiter=Whole(),
    # Header length, number of messages and kind, each with a zero octet behind it.
    sync=(
        Byte(0, (HEADER, LONG_HEADER)),
        *(Byte(at, 0) for at in (1, 3, 5)),
        Size(HEADER),
    ),
    ports=_PORTS,
    confirmations=2,
)
SERIAL = Framing(
    name="bsap-serial",
    delimiter=Whole(),
    sync=(Byte(0, serial.DLE), Byte(1, serial.STX), Byte(-4, serial.DLE), Byte(-3, serial.ETX), Size(9)),
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
# Where the name of a written signal may begin.
IP_NAMES = range(28, 32)


def _ip(*tests: Test, key: tuple[Range, ...], role: Role) -> Case:
    return Case("bsap", tests, (_KIND, *key), role, () if role is Role.NOTICE else _SEQUENCE, keep=1500)


def _written_names() -> Iterator[Case]:
    """A written signal's name is key and its value, which follows, is not."""
    for at in IP_NAMES:
        for end in serial.ends(at):
            named = (*_DATABASE, Byte(25, names.WRITE_BY_NAME), Byte(at, b"@"), Byte(end, 0))
            yield _ip(*named, key=(Range(23, 24), Range(25, end)), role=Role.REQUEST)


CASES = (
    _ip(*_DATABASE, Byte(25, range(0x80)), key=(_FIRST,), role=Role.REQUEST),
    # Written: version, security level, number of signals, first address; its value is behind it.
    _ip(*_DATABASE, Byte(25, names.WRITE_BY_ADDRESS), key=(Range(23, 24), Range(25, 32)), role=Role.REQUEST),
    *_written_names(),
    _ip(*_DATABASE, key=(Range(23, 24), Range(25, 26)), role=Role.REQUEST),
    _ip(*_IP, Byte(4, REQUESTS), key=(Range(18, 19), Range(23, 24)), role=Role.REQUEST),
    _ip(*_IP, Byte(4, ANSWERS), key=(Range(18, 19), Range(23, 24)), role=Role.RESPONSE),
    _ip(*_IP, key=(), role=Role.NOTICE),
    _ip(Byte(0, LONG_HEADER), Byte(1, 0), key=(), role=Role.NOTICE),
    *serial.CASES,
)

# --- dissection -----------------------------------------------------------------------------------------------------


def probe(message: Message) -> bool:
    """A header whose lengths fit the datagram, or a serial frame with a known function."""
    try:
        if message.data[:2] == bytes((serial.DLE, serial.STX)):
            frame = serial.parse(message)
            return frame.function in names.APPLICATIONS or frame.function in names.LINK
        _check(message)
    except Malformed:
        return False
    return True


def dissect(message: Message) -> Iterator[Operation]:
    """One operation: the first request or answer of a datagram, an acknowledgement, a serial frame."""
    if message.data[:2] == bytes((serial.DLE, serial.STX)):
        yield from _serial_rows(serial.parse(message))
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
        raise Malformed("message kind {kind} is not known", kind=data[4])
    first = int.from_bytes(data[14:18], "little") if data[2] and data[0] == HEADER else 0
    if HEADER + first > message.length or (data[2] and data[0] == HEADER and first < 9):
        raise Malformed("message of {first} bytes in a datagram of {length}", first=first, length=message.length)
    if not data[2] and message.length != data[0]:
        raise Malformed("something behind the header of a datagram without messages")


def _operation(verb: Verb, function: str, kind: Kind, code: str, where: str, **more: str) -> Operation:
    return Operation(verb=verb, function=function, kind=kind, code=code, filter=where, **more)


def _request(data: bytes) -> Operation:
    application = data[23]
    where = f"data.data[4] == 0x{data[4]:02x} && data.data[23] == 0x{application:02x}"
    count = int.from_bytes(data[2:4], "little")
    several = said("first of {n} requests", n=count) if count > 1 else ""
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
        detail=joined((several, detail)),
    )


def _touched(function: int, data: bytes) -> tuple[str, str]:
    """(signals, what is not shown of them) of a database request."""
    if function == names.READ_BY_NAME and len(data) >= 5:
        found = [printable(part) for part in data[5:].split(b"\0")[: data[4]]]
        return ", ".join(dict.fromkeys(filter(None, found[:32]))), ""
    if function == names.WRITE_BY_ADDRESS and len(data) >= 6:
        several = said("first of {n} signals", n=data[3]) if data[3] > 1 else ""
        return f"signal address 0x{int.from_bytes(data[4:6], 'little'):04X}", several
    if function == names.WRITE_BY_NAME:
        return next(filter(None, (serial.written_name(data, at - 26) for at in IP_NAMES)), ""), ""
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


def _serial_rows(frame: serial.Frame) -> Iterator[Operation]:
    unit = str(frame.address)
    function = frame.function
    where = f"data.data[{frame.where}] == 0x{function:02x}"
    code = f"0x{function:02X}"
    if function in names.LINK:
        refused = function in names.REFUSED
        kind = Kind.REFUSAL if refused else Kind.RESPONSE if function in names.ANSWERS else Kind.REQUEST
        name = names.LINK[function]
        yield _operation(Verb.SESSION, name, kind, code, where, unit=unit, refusal=name if refused else "")
        return
    detail = "" if frame.nodes is None else said("node {n} to node {m}", n=frame.nodes[1], m=frame.nodes[0])
    touched, error = "", 0
    kind = Kind.REQUEST
    if function == names.RDB and frame.data:
        asked = frame.data[0]
        name, verb = names.DATABASE.get(asked, ("Remote Database Access", Verb.UNKNOWN))
        code += f":0x{asked:02X}"
        if asked == names.READ_BY_NAME:
            touched = _names(frame.data)
        elif asked == names.WRITE_BY_NAME and not frame.moved:
            touched = serial.written_name(frame.data, serial.NAME)
    elif function == names.RDB_EXTENSION and len(frame.data) >= 2:
        number = int.from_bytes(frame.data[:2], "little")
        name, verb = names.EXTENSIONS.get(number, ("Remote Database Access Extension", Verb.UNKNOWN))
        code += f":0x{number:04X}"
    elif function == names.PEI:
        name, verb = names.APPLICATIONS.get(frame.source, ("Response", Verb.UNKNOWN))
        error = frame.data[0] if frame.source == names.RDB and frame.data else 0
        kind = Kind.REFUSAL if error else Kind.RESPONSE
    else:
        name, verb = names.APPLICATIONS.get(function, ("Application function", Verb.UNKNOWN))
        replied, asked_for = function in names.REPLIES, function in serial.REQUESTED
        kind = Kind.RESPONSE if replied else Kind.REQUEST if asked_for else Kind.NOTICE
    refusal = f"return error code 0x{error:02x}" if error else ""
    yield _operation(verb, name, kind, code, where, unit=unit, object=touched, detail=detail, refusal=refusal)


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
    unread=("credentials",),
    dissect=dissect,
    verbs=frozenset(_VERBS | {Verb.SESSION}),
    specification="BSAP Communications Application Programmer's Reference (Emerson D301401X012); ICSNPP-BSAP",
    more_framings=(SERIAL,),
)
