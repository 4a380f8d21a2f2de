"""UMAS, Schneider's protocol inside Modbus function code 90: its controllers are programmed, started and stopped by it.

It is not published. The codes are those that independent work agrees on: L. Martin Liras, "The Unity (UMAS) protocol",
parts I to VI; Apache PLC4X, umas.mspec; the Wireshark plugin of biero-el-corridor and A. Zaltzman (Black Hat Europe
2024). A PDU is function code, session key, UMAS code, data; an answer has 0xFE (accepted) or 0xFD (refused) in the
place of the code. A signed request (0x38) has a signature and the whole of another PDU behind it. Session keys,
nonces and signatures are never read.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from scanner.framing.language import Byte, Case, Range, Size
from scanner.protocols.base import Identity, Kind, Operation, Row, Session, Verb
from scanner.protocols.common.text import printable
from scanner.protocols.common.verb_table import verb_table
from scanner.protocols.modbus._functions import FUNCTIONS, need
from scanner.wording import said

# UMAS calls the way from the computer to the controller "upload", the reverse of everybody else.
UMAS = verb_table(__package__, "umas_functions.tsv")
UMAS_REFUSED, UMAS_ACCEPTED = 0xFD, 0xFE
PROJECT, RESERVE, BLOCK, READ_VARIABLES, WRITE_VARIABLES, DICTIONARY, SIGNED = 0x03, 0x10, 0x20, 0x22, 0x23, 0x26, 0x38
_SIGNED_PDU = 36  # offset in a signed PDU of the PDU that is signed: magic octet and 32 octets of signature before it
_NAME_LENGTH, _NAME = 25, 26  # offsets in the answer to "read controller identity"
_BANK = 8  # octets of a memory bank behind the name

# Offsets in the ADU, seven more than in the PDU. Which bytes are meaning: blocks and variables, names, what is signed.
_UNIT_FUNCTION = Range(6, 8)
_PRINTABLE = range(0x20, 0x7F)


def _case(*tests: Byte | Size, key: tuple[Range, ...]) -> Case:
    return Case("modbus", (Byte(7, 90), *tests), key=(_UNIT_FUNCTION, *key), pair=(Range(0, 2), Range(6, 8)), keep=2054)


UMAS_CASES = (
    _case(Byte(9, BLOCK), key=(Range(9, 20),)),
    _case(Byte(9, (PROJECT, UMAS_REFUSED)), key=(Range(9, 11),)),
    _case(Byte(9, RESERVE), key=(Range(9, 10), Range(14))),
    _case(Byte(9, READ_VARIABLES), key=(Range(9, 10), Range(14))),
    _case(Byte(9, WRITE_VARIABLES), key=(Range(9, 10), Range(14, 22))),
    _case(Byte(9, DICTIONARY), key=(Range(9, 12),)),
    _case(Byte(9, SIGNED), key=(Range(9, 10), Range(45, 46))),
    # The identity, told by its shape: nobody says in an answer what was asked.
    _case(
        Byte(9, UMAS_ACCEPTED),
        *(Byte(at, 0) for at in (30, 31)),
        Byte(32, range(4, 33)),
        *(Byte(at, _PRINTABLE) for at in range(33, 37)),
        Size(45, 200),
        key=(Range(9),),
    ),
    _case(key=(Range(9, 10),)),
)


def umas(pdu: bytes, length: int, unit: str) -> Iterator[Row]:
    """The rows of a PDU of ``length`` octets with function code 90; Malformed when it has no UMAS code."""
    need(pdu, 3)
    sub = pdu[2]
    if sub in (UMAS_ACCEPTED, UMAS_REFUSED):
        yield from _answer(pdu, length, unit)
    elif sub == SIGNED:
        yield from _signed(pdu, unit)
    else:
        area, detail = _touched(pdu)
        yield _operation(sub, unit, area=area, detail=detail)
        if sub == RESERVE:
            name = _client(pdu)
            if name:
                yield Identity("hostname", name)


def _operation(
    sub: int,
    unit: str,
    *,
    kind: Kind = Kind.REQUEST,
    name: str = "",
    area: str = "",
    detail: str = "",
    refusal: str = "",
    place: str = "modbus.data[1]",
) -> Operation:
    known, verb = UMAS.get(sub, (f"function 0x{sub:02X}", Verb.UNKNOWN))
    return Operation(
        verb=verb,
        function=f"{FUNCTIONS[90].name}: {name or known}",
        kind=kind,
        code=f"90:0x{sub:02X}",
        unit=unit,
        object=area,
        detail=detail,
        refusal=refusal,
        filter=f"modbus.func_code == 90 && {place} == 0x{sub:02x}",
    )


def _answer(pdu: bytes, length: int, unit: str) -> Iterator[Row]:
    refused = pdu[2] == UMAS_REFUSED
    error = f"UMAS error 0x{pdu[3]:02X}" if len(pdu) > 3 else "UMAS error"
    yield _operation(
        pdu[2],
        unit,
        kind=Kind.REFUSAL if refused else Kind.RESPONSE,
        name="response",
        refusal=error if refused else "",
    )
    if not refused:
        yield from _identity(pdu, length)


def _identity(pdu: bytes, length: int) -> Iterator[Identity]:
    """Model and firmware, when the answer has the shape of an identity: a name, then memory banks to the end."""
    if len(pdu) < length or len(pdu) <= _NAME or any(pdu[23:25]) or not 4 <= pdu[_NAME_LENGTH] <= 32:
        return
    end = _NAME + pdu[_NAME_LENGTH]
    name = printable(pdu[_NAME:end])
    if end >= length or length != end + 1 + _BANK * pdu[end] or len(name) < 4:
        return
    yield Identity("vendor", "Schneider Electric")
    yield Identity("model", name)
    version = int.from_bytes(pdu[11:13], "little")
    yield Identity("firmware", f"{version >> 8:X}.{version & 0xFF:02X}")


def _signed(pdu: bytes, unit: str) -> Iterator[Row]:
    """What is signed, as far as its function; it is the function that counts."""
    if len(pdu) < _SIGNED_PDU + 3:
        yield _operation(SIGNED, unit)
        return
    where = "modbus.data[1] == 0x38 && modbus.data[37]"
    yield _operation(pdu[_SIGNED_PDU + 2], unit, detail=said("signed"), place=where)
    yield Session(authenticated=True, encrypted=False, detail=said("UMAS requests signed"))


def _client(pdu: bytes) -> str:
    """The computer that takes the reservation."""
    return printable(pdu[8 : 8 + pdu[7]]) if len(pdu) > 8 else ""


def _touched(pdu: bytes) -> tuple[str, str]:
    """(block or variables, what else is asked) of a request."""
    area = detail = ""
    match pdu[2]:
        case 0x20 if len(pdu) >= 12:
            block, offset, _, size = struct.unpack_from("<HHHH", pdu, 4)
            area = f"memory block 0x{block:02X} byte " + (f"{offset}-{offset + size - 1}" if size else str(offset))
        case 0x03 if len(pdu) >= 4:
            detail = said("item {n}", n=pdu[3])
        case 0x10 if _client(pdu):
            detail = said("by {name}", name=_client(pdu))
        case 0x22 if len(pdu) >= 8:
            area = _variables(pdu, pdu[7])
        case 0x23 if len(pdu) >= 15:
            area = _variable(*struct.unpack_from("<HHH", pdu, 9))
            detail = said("first of {n} variables", n=pdu[7]) if pdu[7] > 1 else ""
        case 0x26 if len(pdu) >= 5:
            area = f"record type 0x{int.from_bytes(pdu[3:5], 'little'):04X}"
    return area, detail


def _variables(pdu: bytes, count: int) -> str:
    """The variables of a read: size, block, an octet 1, base and offset; arrays have a length behind."""
    found, at = [], 8
    for _ in range(min(count, 32)):
        if at + 7 > len(pdu):
            break
        block, base = struct.unpack_from("<HxH", pdu, at + 1)
        found.append(_variable(block, base, pdu[at + 6]))
        at += 9 if pdu[at] & 0xF0 else 7
    more = f" and {count - len(found)} more" if count > len(found) else ""
    return ", ".join(dict.fromkeys(found)) + more if found else ""


def _variable(block: int, base: int, offset: int) -> str:
    return f"block 0x{block:02X} byte {base + offset}"
