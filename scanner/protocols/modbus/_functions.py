"""Modbus function codes: names, verbs, the lengths that request and response can have, exceptions, diagnostics.

MODBUS Application Protocol V1.1b3, section 6 (lengths), 6.8 (diagnostics), 7 (exceptions), annex A (reserved codes);
names of codes that it no longer lists from PI-MBUS-300 Rev. J. What Modicon and Schneider controllers do with some
reserved codes is from Zeek, base/protocols/modbus/consts.zeek: they program a controller or replace its firmware.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from scanner.protocols.base import Malformed, Verb

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
    return len(pdu) >= 3 and length == 3 + word(pdu, 1)


def word(data: bytes, at: int) -> int:
    """The 16-bit number at ``at``."""
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

_RESERVED = {
    40: ("Program Concept", Verb.UNKNOWN),
    41: ("Reserved Function 41", Verb.UNKNOWN),
    42: ("Reserved Function 42", Verb.UNKNOWN),
    91: ("Object Messaging", Verb.UNKNOWN),
    125: ("Firmware Replacement", Verb.FIRMWARE_UPDATE),
    126: ("Program 584/984", Verb.UNKNOWN),
    127: ("Report Local Address", Verb.IDENTIFY),
}


def function_of(code: int) -> Function:
    """The function of a code 1-127; codes outside the specification are named for what they are (annex A)."""
    if code in FUNCTIONS:
        return FUNCTIONS[code]
    name, verb = _RESERVED.get(code, (f"Undefined Function {code}", Verb.UNKNOWN))
    if 65 <= code <= 72 or 100 <= code <= 110:
        name = f"User-Defined Function {code}"
    return Function(name, verb, _at_least(1), _at_least(1))


def need(pdu: bytes, size: int) -> None:
    """Malformed when fewer than ``size`` bytes of the PDU are there."""
    if len(pdu) < size:
        raise Malformed("cut short: {length} bytes of the PDU, {size} wanted", length=len(pdu), size=size)
