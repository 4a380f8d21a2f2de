"""Modbus/TCP, also over UDP.

Written from the MODBUS Application Protocol Specification V1.1b3 (sections 4 to 7 and annex A), the MODBUS Messaging
on TCP/IP Implementation Guide V1.0b (section 3.1.3, MBAP header) and, for names of old function codes, the Modicon
Modbus Protocol Reference Guide PI-MBUS-300 Rev. J. UMAS (Schneider, function code 90) is not published; its codes are
those that independent work agrees on (L. Martin Liras, "The Unity (UMAS) protocol", parts I to VI; Apache PLC4X).

Addresses are printed as the protocol carries them, from zero: "holding register 40" is the one that Modicon
documentation writes as 40041.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from scanner.capture.descriptor import Byte, Case, Framing, Length, Range, Size
from scanner.protocols._text import printable
from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Protocol, Row, Verb

HEADER = 7  # MBAP: transaction, protocol (0), length of what follows, unit identifier

FRAMING = Framing(
    name="modbus",
    # An ADU has at most 260 bytes; UMAS on newer controllers negotiates more than 1000.
    cutter=Length(at=4, width=2, add=6, minimum=8, maximum=2054),
    sync=(Byte(2, 0), Byte(3, 0), Byte(4, range(8)), Byte(7, range(1, 256))),
    ports={"tcp": (502,), "udp": (502,)},
    confirmations=2,
)

# --- which bytes are meaning ----------------------------------------------------------------------------------------
# Offsets in the ADU: 6 unit, 7 function code, 8 first byte after it. Addresses, quantities and the counts that make a
# PDU's length right or wrong are; registers and coils never.

_UNIT_FUNCTION = Range(6, 8)


def _case(functions: tuple[int, ...], *tests: Byte | Size, key: Range, also: tuple[Range, ...] = ()) -> Case:
    return Case("modbus", (Byte(7, functions), *tests), key=(key, *also), pair=(Range(0, 2),), keep=2054)


CASES = (
    _case(tuple(range(0x80, 0x100)), key=Range(6, 9)),
    # A response of three data bytes is as long as a request; with more than 2000 points it can only be a response.
    _case((1, 2), Size(12, 12), Byte(8, 3), Byte(10, range(8, 256)), key=Range(6, 9)),
    _case((1, 2, 3, 4), Size(12, 12), key=Range(6, 12)),
    _case((1, 2, 3, 4), key=Range(6, 9)),
    _case((5, 6, 22), key=Range(6, 10)),
    _case((8,), Byte(8, 0), Byte(9, 1), key=Range(6, 12)),
    _case((8,), key=Range(6, 10)),
    _case((12,), key=Range(6, 9)),
    _case((15, 16), key=Range(6, 13)),
    _case((17,), key=Range(6)),
    _case((20,), Byte(9, 6), key=Range(6)),
    _case((20,), key=Range(6, 11)),
    Case("modbus", (Byte(7, 21),), key=(Range(6, 16),), pair=(Range(0, 2),), keep=2054, with_length=True),
    # A request asks for 1 to 125 registers and writes 1 to 121; a response has register values in these places.
    _case(
        (23,), Size(19), Byte(10, 0), Byte(11, range(1, 126)), Byte(14, 0), Byte(15, range(1, 122)), key=Range(6, 17)
    ),
    _case((23,), key=Range(6, 9)),
    _case((24,), key=Range(6, 10)),
    _case((43,), Byte(8, 14), key=Range(6)),
    _case((43,), key=Range(6, 9)),
    _case((90,), Byte(9, 0x20), key=_UNIT_FUNCTION, also=(Range(9, 20),)),
    _case((90,), Byte(9, 0x03), key=_UNIT_FUNCTION, also=(Range(9, 11),)),
    _case((90,), key=_UNIT_FUNCTION, also=(Range(9, 10),)),
    _case(tuple(range(1, 0x80)), key=_UNIT_FUNCTION),
)

# --- functions ------------------------------------------------------------------------------------------------------

Shape = Callable[[bytes, int], bool]  # (PDU as far as kept, true PDU length) -> its length fits


def _exact(size: int) -> Shape:
    return lambda _pdu, length: length == size


def _at_least(size: int) -> Shape:
    return lambda _pdu, length: length >= size


def _counted(at: int = 1) -> Shape:
    """The byte at ``at`` counts all that follows it."""
    return lambda pdu, length: len(pdu) > at and length == at + 1 + pdu[at]


def _file_request(pdu: bytes, length: int) -> bool:
    return _counted()(pdu, length) and length >= 9 and (length - 2) % 7 == 0 and pdu[2:3] == b"\6"


def _file_response(pdu: bytes, length: int) -> bool:
    return _counted()(pdu, length) and pdu[3:4] == b"\6"


def _file_write(pdu: bytes, length: int) -> bool:
    return _counted()(pdu, length) and length >= 11 and pdu[2:3] == b"\6"


def _fifo_response(pdu: bytes, length: int) -> bool:
    return len(pdu) >= 3 and length == 3 + _word(pdu, 1)


def _word(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 2], "big")


@dataclass(frozen=True)
class Function:
    """A function code: its name and verb, the lengths its request and response can have, and what it addresses."""

    name: str
    verb: Verb
    request: Shape
    response: Shape
    space: str = ""  # address space, when the PDU goes on with start address and quantity
    most: int = 1  # largest quantity; 1: the PDU has an address only


_PDU_5 = _exact(5)

FUNCTIONS = {
    1: Function("Read Coils", Verb.READ, _PDU_5, _counted(), "coil", 2000),
    2: Function("Read Discrete Inputs", Verb.READ, _PDU_5, _counted(), "discrete input", 2000),
    3: Function("Read Holding Registers", Verb.READ, _PDU_5, _counted(), "holding register", 125),
    4: Function("Read Input Registers", Verb.READ, _PDU_5, _counted(), "input register", 125),
    5: Function("Write Single Coil", Verb.WRITE, _PDU_5, _PDU_5, "coil"),
    6: Function("Write Single Register", Verb.WRITE, _PDU_5, _PDU_5, "holding register"),
    7: Function("Read Exception Status", Verb.DIAGNOSE, _exact(1), _exact(2)),
    8: Function("Diagnostics", Verb.DIAGNOSE, _at_least(5), _at_least(5)),
    9: Function("Program 484", Verb.UNKNOWN, _at_least(1), _at_least(1)),
    10: Function("Poll 484", Verb.UNKNOWN, _at_least(1), _at_least(1)),
    11: Function("Get Comm Event Counter", Verb.DIAGNOSE, _exact(1), _PDU_5),
    12: Function("Get Comm Event Log", Verb.DIAGNOSE, _exact(1), _counted()),
    13: Function("Program Controller", Verb.UNKNOWN, _at_least(1), _at_least(1)),
    14: Function("Poll Controller", Verb.UNKNOWN, _at_least(1), _at_least(1)),
    15: Function("Write Multiple Coils", Verb.WRITE, _counted(5), _PDU_5, "coil", 1968),
    16: Function("Write Multiple Registers", Verb.WRITE, _counted(5), _PDU_5, "holding register", 123),
    17: Function("Report Server ID", Verb.IDENTIFY, _exact(1), _counted()),
    18: Function("Program 884/M84", Verb.UNKNOWN, _at_least(1), _at_least(1)),
    19: Function("Reset Communication Link", Verb.RESTART, _at_least(1), _at_least(1)),
    20: Function("Read File Record", Verb.FILE_READ, _file_request, _file_response),
    21: Function("Write File Record", Verb.FILE_WRITE, _file_write, _file_write),
    22: Function("Mask Write Register", Verb.WRITE, _exact(7), _exact(7), "holding register"),
    23: Function("Read/Write Multiple Registers", Verb.WRITE, _counted(9), _counted()),
    24: Function("Read FIFO Queue", Verb.READ, _exact(3), _fifo_response),
    43: Function("Encapsulated Interface Transport", Verb.UNKNOWN, _at_least(2), _at_least(2)),
    90: Function("UMAS (Schneider)", Verb.UNKNOWN, _at_least(3), _at_least(3)),
}

DIAGNOSTICS = {
    0: ("Return Query Data", Verb.DIAGNOSE),
    1: ("Restart Communications Option", Verb.RESTART),
    2: ("Return Diagnostic Register", Verb.DIAGNOSE),
    3: ("Change ASCII Input Delimiter", Verb.CONFIGURE),
    4: ("Force Listen Only Mode", Verb.MODE_CHANGE),
    10: ("Clear Counters and Diagnostic Register", Verb.DIAGNOSE),
    11: ("Return Bus Message Count", Verb.DIAGNOSE),
    12: ("Return Bus Communication Error Count", Verb.DIAGNOSE),
    13: ("Return Bus Exception Error Count", Verb.DIAGNOSE),
    14: ("Return Server Message Count", Verb.DIAGNOSE),
    15: ("Return Server No Response Count", Verb.DIAGNOSE),
    16: ("Return Server NAK Count", Verb.DIAGNOSE),
    17: ("Return Server Busy Count", Verb.DIAGNOSE),
    18: ("Return Bus Character Overrun Count", Verb.DIAGNOSE),
    20: ("Clear Overrun Counter and Flag", Verb.DIAGNOSE),
}

EXCEPTIONS = {
    1: "Illegal Function",
    2: "Illegal Data Address",
    3: "Illegal Data Value",
    4: "Server Device Failure",
    5: "Acknowledge",
    6: "Server Device Busy",
    7: "Negative Acknowledge",
    8: "Memory Parity Error",
    10: "Gateway Path Unavailable",
    11: "Gateway Target Device Failed to Respond",
}
ACKNOWLEDGE = 5  # accepted, but takes long: not a refusal

# UMAS calls the way from the computer to the controller "upload", the reverse of everybody else.
UMAS = {
    0x01: ("initialise communication", Verb.SESSION),
    0x02: ("read controller identity", Verb.IDENTIFY),
    0x03: ("read project information", Verb.IDENTIFY),
    0x04: ("read controller status", Verb.DIAGNOSE),
    0x06: ("read memory card information", Verb.DIAGNOSE),
    0x0A: ("repeat data", Verb.DIAGNOSE),
    0x10: ("take reservation", Verb.SESSION),
    0x11: ("release reservation", Verb.SESSION),
    0x12: ("keep reservation alive", Verb.SESSION),
    0x20: ("read memory block", Verb.READ),
    0x22: ("read variables", Verb.READ),
    0x23: ("write variables", Verb.WRITE),
    0x24: ("read coils and registers", Verb.READ),
    0x25: ("write coils and registers", Verb.WRITE),
    0x26: ("read data dictionary", Verb.READ),
    0x30: ("begin program transfer to controller", Verb.PROGRAM_DOWNLOAD),
    0x31: ("program block to controller", Verb.PROGRAM_DOWNLOAD),
    0x32: ("end program transfer to controller", Verb.PROGRAM_DOWNLOAD),
    0x33: ("begin program transfer from controller", Verb.PROGRAM_UPLOAD),
    0x34: ("program block from controller", Verb.PROGRAM_UPLOAD),
    0x35: ("end program transfer from controller", Verb.PROGRAM_UPLOAD),
    0x39: ("read Ethernet master data", Verb.READ),
    0x40: ("start controller", Verb.START),
    0x41: ("stop controller", Verb.STOP),
    0x50: ("monitor variables", Verb.READ),
    0x58: ("check controller", Verb.DIAGNOSE),
    0x70: ("read I/O object", Verb.READ),
    0x71: ("write I/O object", Verb.WRITE),
    0x73: ("read module status", Verb.DIAGNOSE),
}
UMAS_REFUSED, UMAS_ACCEPTED = 0xFD, 0xFE

DEVICE_ID_READ = {1: "basic", 2: "regular", 3: "extended", 4: "specific object"}
_MODEL_OBJECTS = (5, 4, 1)  # ModelName, ProductName, ProductCode: the first that is there names the model
_DEVICE_OBJECTS = {0: "vendor", 1: "order_number", 2: "firmware", 6: "name"}
_RESERVED = {41, 42, 91, 125, 126, 127}


def _function(code: int) -> Function:
    """The function of a code 1-127; codes outside the specification are named for what they are (annex A)."""
    if code in FUNCTIONS:
        return FUNCTIONS[code]
    if 65 <= code <= 72 or 100 <= code <= 110:
        name = f"User-Defined Function {code}"
    elif code in _RESERVED:
        name = f"Reserved Function {code}"
    else:
        name = f"Undefined Function {code}"
    return Function(name, Verb.UNKNOWN, _at_least(1), _at_least(1))


# --- dissection -----------------------------------------------------------------------------------------------------


def probe(message: Message) -> bool:
    """The header holds; away from port 502 the function must be a published one and its length right as well."""
    try:
        pdu, length = _pdu(message)
    except Malformed:
        return False
    if message.port == 502:
        return True
    if pdu[0] & 0x80:
        return length == 2 and (len(pdu) < 2 or pdu[1] in EXCEPTIONS)
    function = FUNCTIONS.get(pdu[0])
    return function is not None and (function.request(pdu, length) or function.response(pdu, length))


def dissect(message: Message) -> Iterator[Row]:
    """The operations of one ADU; an identification answer also gives identities.

    Servers differ in how they take a PDU that is too long, so one is not malformed as long as it says what is
    touched: the operation was asked for all the same. The detail says that its length is wrong.
    """
    pdu, length = _pdu(message)
    unit = str(message.data[6])
    code = pdu[0] & 0x7F
    if pdu[0] & 0x80:
        yield _exception(pdu, length, unit, code)
    elif code == 43:
        yield from _encapsulated(message, pdu, length, unit)
    elif code == 90:
        yield _umas(pdu, unit)
    else:
        is_request, problem = _direction(message, pdu, length)
        yield from (_request if is_request else _response)(pdu, length, unit, problem)


def _pdu(message: Message) -> tuple[bytes, int]:
    """The kept bytes of the PDU (at least the function code) and its true length."""
    data = message.data
    if len(data) <= HEADER:
        raise Malformed(f"{len(data)} bytes are too few for an MBAP header and a function code")
    if data[2] or data[3]:
        raise Malformed(f"protocol identifier is {_word(data, 2)}, not 0")
    if _word(data, 4) + 6 != message.length:
        raise Malformed(f"MBAP length says {_word(data, 4) + 6} bytes, there are {message.length}")
    if not data[7] & 0x7F:
        raise Malformed("function code 0 is not allowed")
    return data[HEADER:], message.length - HEADER


def _direction(message: Message, pdu: bytes, length: int) -> tuple[bool, str]:
    """(is a request, what is wrong with its length): as the length allows; else the side that sent it decides."""
    function = _function(pdu[0])
    request, response = function.request(pdu, length), function.response(pdu, length)
    if request != response:
        return request, ""
    return message.from_client is not False, "" if request else f"PDU of {length} bytes breaks the specification"


def _need(pdu: bytes, size: int) -> None:
    if len(pdu) < size:
        raise Malformed(f"cut short: {len(pdu)} bytes of the PDU, {size} wanted")


def _operation(code: int, unit: str, kind: Kind = Kind.REQUEST, **more: str) -> Operation:
    function = _function(code)
    return Operation(
        verb=function.verb,
        function=function.name,
        kind=kind,
        code=str(code),
        unit=unit,
        object=more.get("object", ""),
        detail=more.get("detail", ""),
        refusal=more.get("refusal", ""),
        filter=more.get("filter", f"modbus.func_code == {code}"),
    )


def _span(space: str, start: int, count: int) -> str:
    return f"{space} {start}" if count <= 1 else f"{space} {start}-{start + count - 1}"


def _area(space: str, start: int, count: int, most: int) -> tuple[str, str]:
    """(object, detail) of a start address and quantity; what the specification forbids is said in the detail."""
    problem = ""
    if not 1 <= count <= most:
        problem = f"quantity {count} is outside 1-{most}"
    elif start + count > 65536:
        problem = "runs past address 65535"
    return _span(space, start, count), problem


def _exception(pdu: bytes, length: int, unit: str, code: int) -> Operation:
    _need(pdu, 2)
    reason = f"{EXCEPTIONS.get(pdu[1], 'Exception')} ({pdu[1]})"
    refused = pdu[1] != ACKNOWLEDGE
    problem = "" if length == 2 else f"PDU of {length} bytes breaks the specification"
    return _operation(
        code,
        unit,
        Kind.REFUSAL if refused else Kind.RESPONSE,
        refusal=reason if refused else "",
        detail=problem if refused else reason,
        filter=f"modbus.func_code == {code} && modbus.exception_code == {pdu[1]}",
    )


def _request(pdu: bytes, length: int, unit: str, problem: str) -> Iterator[Operation]:
    code = pdu[0]
    function = _function(code)
    if code == 8:
        yield _diagnostics(pdu, unit, Kind.REQUEST)
    elif code in (20, 21):
        for area in [*_file_records(pdu, length, with_data=code == 21)] or [""]:
            yield _operation(code, unit, object=area, detail=problem)
    elif code == 23:
        _need(pdu, 9)
        for verb, at, most in ((Verb.READ, 1, 125), (Verb.WRITE, 5, 121)):
            area, limit = _area("holding register", _word(pdu, at), _word(pdu, at + 2), most)
            yield replace(_operation(code, unit, object=area, detail=limit or problem), verb=verb)
    elif code == 24:
        _need(pdu, 3)
        yield _operation(code, unit, object=f"FIFO at holding register {_word(pdu, 1)}", detail=problem)
    elif function.space:
        _need(pdu, 5 if function.most > 1 else 3)
        count = _word(pdu, 3) if function.most > 1 else 1
        area, limit = _area(function.space, _word(pdu, 1), count, function.most)
        yield _operation(code, unit, object=area, detail=limit or problem or _broadcast(function, unit))
    else:
        yield _operation(code, unit, detail=problem)


def _broadcast(function: Function, unit: str) -> str:
    return "unit 0: broadcast behind a gateway" if unit == "0" and function.verb is Verb.WRITE else ""


def _response(pdu: bytes, _length: int, unit: str, problem: str) -> Iterator[Row]:
    if pdu[0] == 8:
        yield _diagnostics(pdu, unit, Kind.RESPONSE)
        return
    yield _operation(pdu[0], unit, Kind.RESPONSE, detail=problem)
    if pdu[0] == 17:
        name = _server_name(pdu[2:])
        if name:
            yield Identity("model", name)


def _diagnostics(pdu: bytes, unit: str, kind: Kind) -> Operation:
    _need(pdu, 5)
    sub = _word(pdu, 1)
    name, verb = DIAGNOSTICS.get(sub, (f"sub-function {sub}", Verb.DIAGNOSE))
    return Operation(
        verb=verb,
        function=f"Diagnostics: {name}",
        kind=kind,
        code=f"8:{sub}",
        unit=unit,
        detail="clears the event log" if sub == 1 and pdu[3] == 0xFF else "",
        filter=f"modbus.diagnostic_code == {sub}",
    )


def _file_records(pdu: bytes, length: int, *, with_data: bool) -> Iterator[str]:
    """The records that a file request names, as far as kept."""
    at = 2
    while at + 7 <= length:
        if at + 7 > len(pdu) or pdu[at] != 6:
            return
        file, record, count = struct.unpack_from(">HHH", pdu, at + 1)
        yield _span(f"file {file} record", record, count)
        at += 7 + (2 * count if with_data else 0)


def _server_name(raw: bytes) -> str:
    """The longest run of at least four printable characters in a server ID, whose layout is the device's own."""
    runs = "".join(chr(b) if 0x20 <= b < 0x7F else "\n" for b in raw).split("\n")
    return max((r.strip() for r in runs if len(r.strip()) >= 4), key=len, default="")


def _umas(pdu: bytes, unit: str) -> Operation:
    _need(pdu, 3)
    sub = pdu[2]
    base = FUNCTIONS[90].name
    detail, area = "", ""
    name, verb = UMAS.get(sub, (f"function 0x{sub:02X}", Verb.UNKNOWN))
    kind = Kind.REQUEST
    if sub in (UMAS_ACCEPTED, UMAS_REFUSED):
        kind, name, verb = Kind.RESPONSE if sub == UMAS_ACCEPTED else Kind.REFUSAL, "response", Verb.UNKNOWN
    elif sub == 0x20 and len(pdu) >= 12:
        block, offset, _, size = struct.unpack_from("<HHHH", pdu, 4)
        area = f"memory block 0x{block:02X} byte " + (f"{offset}-{offset + size - 1}" if size else str(offset))
    elif sub == 0x03 and len(pdu) >= 4:
        detail = f"item {pdu[3]}"
    return Operation(
        verb=verb,
        function=f"{base}: {name}",
        kind=kind,
        code=f"90:0x{sub:02X}",
        unit=unit,
        object=area,
        detail=detail,
        refusal="UMAS error" if kind is Kind.REFUSAL else "",
        filter=f"modbus.func_code == 90 && modbus.data[1] == 0x{sub:02x}",
    )


# --- MODBUS Encapsulated Interface ----------------------------------------------------------------------------------


def _encapsulated(message: Message, pdu: bytes, length: int, unit: str) -> Iterator[Row]:
    _need(pdu, 2)
    mei = pdu[1]
    if mei == 14:
        yield from _device_identification(pdu, length, unit)
        return
    name = "CANopen General Reference" if mei == 13 else f"reserved MEI type {mei}"
    yield Operation(
        verb=Verb.UNKNOWN,
        function=f"{FUNCTIONS[43].name}: {name}",
        kind=Kind.RESPONSE if message.from_client is False else Kind.REQUEST,
        code=f"43:{mei}",
        unit=unit,
        filter=f"modbus.mei == {mei}",
    )


def _device_identification(pdu: bytes, length: int, unit: str) -> Iterator[Row]:
    _need(pdu, 3)
    request = length < 7  # 4; a response has 7 and more
    level = DEVICE_ID_READ.get(pdu[2])
    if level is None:
        raise Malformed(f"read device id code {pdu[2]}, 1 to 4 wanted")
    objects = {} if request else _objects(pdu, length)
    more = not request and len(pdu) > 4 and pdu[4] == 0xFF
    yield Operation(
        verb=Verb.IDENTIFY,
        function="Read Device Identification",
        kind=Kind.REQUEST if request else Kind.RESPONSE,
        code="43:14",
        unit=unit,
        object=f"{level} identification",
        detail=f"object {pdu[3]}" if request and len(pdu) > 3 and (pdu[2] == 4 or pdu[3]) else "more follows" * more,
        filter="modbus.mei == 14",
    )
    yield from _identities(objects)


def _objects(pdu: bytes, length: int) -> dict[int, str]:
    """Object id -> text, as far as kept; ids from 0x80 are the maker's own and are left out."""
    _need(pdu, 7)
    found: dict[int, str] = {}
    at = 7
    for _ in range(pdu[6]):
        if at + 2 > len(pdu) or at + 2 + pdu[at + 1] > len(pdu):
            if len(pdu) == length:
                raise Malformed(f"identification object at byte {at} is cut short")
            break
        if pdu[at] < 0x80:
            found[pdu[at]] = printable(pdu[at + 2 : at + 2 + pdu[at + 1]])
        at += 2 + pdu[at + 1]
    return found


def _identities(objects: dict[int, str]) -> Iterator[Identity]:
    for number, field in _DEVICE_OBJECTS.items():
        if objects.get(number):
            yield Identity(field, objects[number])
    model = next((objects[n] for n in _MODEL_OBJECTS if objects.get(n)), "")
    if model:
        yield Identity("model", model)


PROTOCOL = Protocol(
    name="modbus",
    title="Modbus/TCP",
    framing=FRAMING,
    cases=CASES,
    probe=probe,
    dissect=dissect,
    verbs=frozenset(
        {f.verb for f in FUNCTIONS.values()}
        | {verb for _, verb in DIAGNOSTICS.values()}
        | {verb for _, verb in UMAS.values()}
    ),
    specification="MODBUS Application Protocol V1.1b3, sections 4-7, annex A; Messaging on TCP/IP V1.0b, section 3.1.3",
)
