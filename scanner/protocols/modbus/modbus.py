"""Modbus/TCP, also over UDP.

Written from the MODBUS Application Protocol Specification V1.1b3 (sections 4 to 7 and annex A), the MODBUS Messaging
on TCP/IP Implementation Guide V1.0b (section 3.1.3, MBAP header). ``_modbus_functions`` has the function codes,
``_modbus_mei`` the device identification, ``_modbus_umas`` Schneider's function code 90.

Addresses are printed as the protocol carries them, from zero: "holding register 40" is the one that Modicon
documentation writes as 40041.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import replace

from scanner.framing.language import Bits, Byte, Case, Framing, Length, Range, SentBy, Size, Test
from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Protocol, Row, Verb
from scanner.protocols.common.probe import once
from scanner.protocols.modbus._functions import (
    ACKNOWLEDGE,
    DIAGNOSTICS,
    EXCEPTIONS,
    FUNCTIONS,
    Function,
    function_of,
    need,
    word,
)
from scanner.protocols.modbus._mei import encapsulated
from scanner.protocols.modbus._umas import UMAS, UMAS_CASES, umas
from scanner.wording import said

# Offsets in an ADU, whose first seven bytes are the MBAP header. The length is of what follows it.
TRANSACTION, PROTOCOL_ID, LENGTH, UNIT, FUNCTION_CODE, DATA = 0, 2, 4, 6, 7, 8
HEADER = FUNCTION_CODE

FRAMING = Framing(
    name="modbus",
    # An ADU has at most 260 bytes; UMAS on newer controllers negotiates more than 1000.
    delimiter=Length(at=LENGTH, width=2, add=UNIT, minimum=DATA, maximum=2054),
    sync=(Byte(PROTOCOL_ID, 0), Byte(PROTOCOL_ID + 1, 0), Byte(LENGTH, range(8)), Byte(FUNCTION_CODE, range(1, 256))),
    ports={"tcp": (502,), "udp": (502,)},
    confirmations=2,
)

# --- which bytes are meaning ----------------------------------------------------------------------------------------
# Addresses, quantities and the counts that make a PDU's length right or wrong are; registers and coils never.


def _first(count: int) -> Range:
    """Unit, function code and so many bytes of data."""
    return Range(UNIT, DATA + count)


_ALL = Range(UNIT)
# An answer repeats transaction, unit and function, the last with its highest bit set where it is an exception. Clients
# that number all transactions the same are told from each other's answers by the rest.
_ANSWERED = (Range(TRANSACTION, PROTOCOL_ID), Range(UNIT, FUNCTION_CODE), Bits(FUNCTION_CODE, 0x7F))


def _case(functions: tuple[int, ...], *tests: Test, key: Range) -> Case:
    return Case("modbus", (Byte(FUNCTION_CODE, functions), *tests), key=(key,), pair=_ANSWERED, keep=2054)


CASES = (
    _case(tuple(range(0x80, 0x100)), key=_first(1)),
    # A response of three data bytes is as long as a request: who sends it tells them apart.
    _case((1, 2), Size(12, 12), Byte(DATA, 3), SentBy(client=False), key=_first(1)),
    _case((1, 2, 3, 4), Size(12, 12), key=_first(4)),
    _case((1, 2, 3, 4), key=_first(1)),
    _case((5, 6, 22), key=_first(2)),
    _case((8,), Byte(DATA, 0), Byte(DATA + 1, 1), key=_first(4)),
    _case((8,), key=_first(2)),
    _case((12,), key=_first(1)),
    _case((15, 16), key=_first(5)),
    _case((17,), key=_ALL),
    _case((20,), Byte(DATA + 1, 6), key=_ALL),
    _case((20,), key=_first(3)),
    Case("modbus", (Byte(FUNCTION_CODE, 21),), key=(_first(8),), pair=_ANSWERED, keep=2054, with_length=True),
    # A request asks for 1 to 125 registers and writes 1 to 121; a response has register values in these places.
    _case(
        (23,),
        Size(19),
        Byte(DATA + 2, 0),
        Byte(DATA + 3, range(1, 126)),
        Byte(DATA + 6, 0),
        Byte(DATA + 7, range(1, 122)),
        key=_first(9),
    ),
    _case((23,), key=_first(1)),
    _case((24,), key=_first(2)),
    _case((43,), Byte(DATA, 14), key=_ALL),
    _case((43,), key=_first(1)),
    *UMAS_CASES,
    _case(tuple(range(1, 0x80)), key=_first(0)),
)

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
    unit = str(message.data[UNIT])
    code = pdu[0] & 0x7F
    if pdu[0] & 0x80:
        yield _exception(pdu, length, unit, code)
    elif code == 43:
        yield from encapsulated(message, pdu, length, unit)
    elif code == 90:
        yield from umas(pdu, length, unit)
    else:
        is_request, problem = _direction(message, pdu, length)
        yield from (_request if is_request else _response)(pdu, length, unit, problem)


@once
def _pdu(message: Message) -> tuple[bytes, int]:
    """The kept bytes of the PDU (at least the function code) and its true length."""
    data = message.data
    if len(data) <= HEADER:
        raise Malformed("{length} bytes are too few for an MBAP header and a function code", length=len(data))
    if data[PROTOCOL_ID] or data[PROTOCOL_ID + 1]:
        raise Malformed("protocol identifier is {word}, not 0", word=word(data, PROTOCOL_ID))
    if word(data, LENGTH) + UNIT != message.length:
        raise Malformed(
            "MBAP length says {stated} bytes, there are {length}",
            stated=word(data, LENGTH) + UNIT,
            length=message.length,
        )
    if not data[FUNCTION_CODE] & 0x7F:
        raise Malformed("function code 0 is not allowed")
    return data[HEADER:], message.length - HEADER


def _direction(message: Message, pdu: bytes, length: int) -> tuple[bool, str]:
    """(is a request, what is wrong with its length): as the length allows; else the side that sent it decides."""
    function = function_of(pdu[0])
    request, response = function.request(pdu, length), function.response(pdu, length)
    if request != response:
        return request, ""
    return message.from_client is not False, "" if request else said(
        "PDU of {n} bytes breaks the specification", n=length
    )


def _operation(code: int, unit: str, kind: Kind = Kind.REQUEST, **more: str) -> Operation:
    function = function_of(code)
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
        problem = said("quantity {n} is outside {range}", n=count, range=f"1-{most}")
    elif start + count > 65536:
        problem = said("runs past address 65535")
    return _span(space, start, count), problem


def _exception(pdu: bytes, length: int, unit: str, code: int) -> Operation:
    need(pdu, 2)
    reason = f"{EXCEPTIONS.get(pdu[1], 'Exception')} ({pdu[1]})"
    refused = pdu[1] != ACKNOWLEDGE
    problem = "" if length == 2 else said("PDU of {n} bytes breaks the specification", n=length)
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
    function = function_of(code)
    if code == 8:
        yield _diagnostics(pdu, unit, Kind.REQUEST)
    elif code == 20:
        for area in [*_file_records(pdu, length)] or [""]:
            yield _operation(code, unit, object=area, detail=problem)
    elif code == 21:
        # The places of further records depend on the data between them and are not told apart.
        area = next(_file_records(pdu, length), "")
        several = len(pdu) >= 9 and pdu[1] > 7 + 2 * word(pdu, 7)
        yield _operation(
            code, unit, object=area, detail=problem or (said("further records behind it") if several else "")
        )
    elif code == 23:
        need(pdu, 9)
        for verb, at, most in ((Verb.READ, 1, 125), (Verb.WRITE, 5, 121)):
            area, limit = _area("holding register", word(pdu, at), word(pdu, at + 2), most)
            yield replace(_operation(code, unit, object=area, detail=limit or problem), verb=verb)
    elif code == 24:
        need(pdu, 3)
        yield _operation(code, unit, object=f"FIFO at holding register {word(pdu, 1)}", detail=problem)
    elif function.space:
        need(pdu, 5 if function.most > 1 else 3)
        count = word(pdu, 3) if function.most > 1 else 1
        area, limit = _area(function.space, word(pdu, 1), count, function.most)
        yield _operation(code, unit, object=area, detail=limit or problem or _broadcast(function, unit))
    else:
        yield _operation(code, unit, detail=problem)


def _broadcast(function: Function, unit: str) -> str:
    behind = unit == "0" and function.verb is Verb.WRITE
    return said("unit {n}: broadcast behind a gateway", n=0) if behind else ""


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
    need(pdu, 5)
    sub = word(pdu, 1)
    name, verb = DIAGNOSTICS.get(sub, (f"sub-function {sub}", Verb.UNKNOWN))
    return Operation(
        verb=verb,
        function=f"Diagnostics: {name}",
        kind=kind,
        code=f"8:{sub}",
        unit=unit,
        detail=said("clears the event log") if sub == 1 and pdu[3] == 0xFF else "",
        filter=f"modbus.diagnostic_code == {sub}",
    )


def _file_records(pdu: bytes, length: int) -> Iterator[str]:
    """The records that a request to read files names, as far as kept; of a request to write them only the first."""
    at = 2
    while at + 7 <= length:
        if at + 7 > len(pdu) or pdu[at] != 6:
            return
        file, record, count = struct.unpack_from(">HHH", pdu, at + 1)
        yield _span(f"file {file} record", record, count)
        at += 7


def _server_name(raw: bytes) -> str:
    """The longest run of at least four printable characters in a server ID, whose layout is the device's own."""
    runs = "".join(chr(b) if 0x20 <= b < 0x7F else "\n" for b in raw).split("\n")
    return max((r.strip() for r in runs if len(r.strip()) >= 4), key=len, default="")


PROTOCOL = Protocol(
    name="modbus",
    title="Modbus/TCP, UMAS",
    short="Modbus",
    framing=FRAMING,
    cases=CASES,
    probe=probe,
    dissect=dissect,
    verbs=frozenset(
        {f.verb for f in map(function_of, range(1, 0x80))}
        | {verb for _, verb in DIAGNOSTICS.values()}
        | {verb for _, verb in UMAS.values()}
    ),
    specification="MODBUS Application Protocol V1.1b3, sections 4-7, annex A; Messaging on TCP/IP V1.0b, section 3.1.3",
)
