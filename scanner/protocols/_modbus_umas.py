"""UMAS, Schneider's protocol inside Modbus function code 90: its controllers are programmed, started and stopped by it.

It is not published. The codes are those that independent work agrees on: L. Martin Liras, "The Unity (UMAS) protocol",
parts I to VI; Apache PLC4X, umas.mspec. A PDU is function code, session key, UMAS code, data; an answer has 0xFE
(accepted) or 0xFD (refused) in the place of the code.
"""

from __future__ import annotations

import struct

from scanner.protocols._modbus_functions import FUNCTIONS, need
from scanner.protocols.base import Kind, Operation, Verb

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


def umas(pdu: bytes, unit: str) -> Operation:
    """The operation of a PDU with function code 90; Malformed when it has no UMAS code."""
    need(pdu, 3)
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
