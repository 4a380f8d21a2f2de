"""The mailbox of EtherCAT slaves: files, servo parameters, Ethernet frames, ADS and vendor specific messages.

Written from ETG.1000.4 section 5.6 (mailbox header, error reply), ETG.1000.6 sections 5.7 (EoE), 5.8 (FoE) and 5.9
(VoE), ETG.1020 (AoE, SoE) and ETG.8200 (mailbox gateway). ``_ethercat_coe`` has CANopen over EtherCAT. Passwords of
file accesses are never given out, only whether there was one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from scanner.protocols.base import Kind, Malformed, Operation, Row, Verb
from scanner.protocols.common.text import readable
from scanner.protocols.ethercat._canopen import SDO_VERBS
from scanner.protocols.ethercat._coe import coe
from scanner.protocols.ethercat._registers import vendor_name
from scanner.protocols.sercos._idn import idn_name, write_verb
from scanner.wording import joined, said, verbatim

HEADER = 6
ERROR, AOE, EOE, COE, FOE, SOE, VOE = 0, 1, 2, 3, 4, 5, 15
_LONGEST = 1500


class Mail(NamedTuple):
    """A mailbox message: the station it is from or for, its protocol, its body as far as kept."""

    station: int
    protocol: int
    body: bytes


def mail(data: bytes, room: int) -> Mail | None:
    """The mailbox message at the beginning of ``data``, which has ``room`` bytes on the wire; None if it is none.

    Mailboxes are memory like any other, so that only the header says that there is one: a length that fits, channel
    0, a protocol that exists, the reserved bit 0.
    """
    if len(data) < HEADER:
        return None
    length, protocol = int.from_bytes(data[:2], "little"), data[5] & 0x0F
    if not 2 <= length <= min(room - HEADER, _LONGEST) or data[4] & 0x3F or data[5] & 0x80:
        return None
    body = data[HEADER : HEADER + length]
    if protocol == ERROR:
        is_error = length >= 4 and body[:2] == b"\1\0" and int.from_bytes(body[2:4], "little") in _MAILBOX_ERRORS
        return Mail(int.from_bytes(data[2:4], "little"), protocol, body) if is_error else None
    return Mail(int.from_bytes(data[2:4], "little"), protocol, body) if protocol in {COE, *_READERS} else None


def rows(found: Mail, kind: Kind, unit: str, detail: str) -> Iterator[Row]:
    """The rows of a mailbox message.

    kind: REQUEST from the master, RESPONSE from a slave, NOTICE for what returns from the ring after it was delivered.
    """
    if found.protocol == COE:
        yield from coe(found.body, kind, unit, detail)
    else:
        yield _READERS[found.protocol](found.body, kind, unit, detail)


_MAILBOX_ERRORS = {
    1: "Syntax of the mailbox header is wrong",
    2: "Mailbox protocol not supported",
    3: "Channel field contains a wrong value",
    4: "Service not supported",
    5: "Invalid mailbox header",
    6: "Mailbox data too short",
    7: "No more memory in slave",
    8: "Length of data is inconsistent",
}


def _error(body: bytes, _kind: Kind, unit: str, detail: str) -> Operation:
    code = int.from_bytes(body[2:4], "little")
    return Operation(
        verb=Verb.SESSION,
        function="Mailbox Error Reply",
        kind=Kind.REFUSAL,
        code=str(code),
        unit=unit,
        detail=detail,
        refusal=f"{_MAILBOX_ERRORS[code]} ({code})",
        filter="ecat.ado >= 0x1000",
    )


def _need(body: bytes, size: int, what: str) -> None:
    if len(body) < size:
        raise Malformed("{what} of {length} bytes", what=what, length=len(body))


# --- files ----------------------------------------------------------------------------------------------------------

RRQ, WRQ, DATA, ACK, FOE_ERROR, BUSY = 1, 2, 3, 4, 5, 6
_FOE = {
    RRQ: "FoE Read Request",
    WRQ: "FoE Write Request",
    DATA: "FoE Data",
    ACK: "FoE Acknowledge",
    FOE_ERROR: "FoE Error",
    BUSY: "FoE Busy",
}
_FOE_ERRORS = {
    0x8000: "Not defined",
    0x8001: "Not found",
    0x8002: "Access denied",
    0x8003: "Disk full",
    0x8004: "Illegal",
    0x8005: "Packet number wrong",
    0x8006: "Already exists",
    0x8007: "No user",
    0x8008: "Bootstrap only",
    0x8009: "Not in bootstrap",
    0x800A: "No access rights",
    0x800B: "Program error",
}
_FIRMWARE_NAMES = ("firmware", "ecatfw", "fw_", "_fw", "bootloader", "fpga")
_FIRMWARE_ENDS = (".efw", ".bin", ".hex", ".s19", ".elf", ".mot")


def _is_firmware(name: str) -> bool:
    low = name.lower()
    return low.endswith(_FIRMWARE_ENDS) or any(n in low for n in _FIRMWARE_NAMES)


def _foe(body: bytes, kind: Kind, unit: str, detail: str) -> Operation:
    _need(body, 6, "FoE message")
    opcode = body[0]
    if opcode not in _FOE:
        raise Malformed("FoE opcode {opcode}", opcode=opcode)
    name = reason = ""
    if opcode in (RRQ, WRQ):
        name = readable(body[6:].split(b"\0")[0])
        detail = joined((said("with a password") if any(body[2:6]) else said("without a password"), detail))
    elif opcode == FOE_ERROR:
        code = int.from_bytes(body[2:6], "little")
        reason = f"{_FOE_ERRORS.get(code, 'FoE error')} (0x{code:04X})"
        if kind is Kind.RESPONSE:
            kind = Kind.REFUSAL
        else:  # the master gives up
            detail, reason = joined((verbatim(reason), detail)), ""
    return Operation(
        verb=_foe_verb(opcode, name, from_slave=kind is Kind.RESPONSE),
        function=_FOE[opcode],
        kind=kind,
        code=f"FoE {opcode}",
        unit=unit,
        object=name,
        detail=detail,
        refusal=reason,
        filter=f"ecat_mailbox.foe_opmode == {opcode}",
    )


def _foe_verb(opcode: int, name: str, *, from_slave: bool) -> Verb:
    """Data from a slave are read and acknowledged by the master; the other way round they are written."""
    if opcode == WRQ:
        return Verb.FIRMWARE_UPDATE if _is_firmware(name) else Verb.FILE_WRITE
    if opcode in (ACK, BUSY):
        return Verb.FILE_WRITE if from_slave else Verb.FILE_READ
    if opcode == DATA:
        return Verb.FILE_READ if from_slave else Verb.FILE_WRITE
    return Verb.FILE_READ if opcode == RRQ else Verb.SESSION


# --- servo profile --------------------------------------------------------------------------------------------------

_SOE = {
    1: ("SoE Read Request", Kind.REQUEST),
    2: ("SoE Read Response", Kind.RESPONSE),
    3: ("SoE Write Request", Kind.REQUEST),
    4: ("SoE Write Response", Kind.RESPONSE),
    5: ("SoE Notification", Kind.NOTICE),
    6: ("SoE Emergency", Kind.NOTICE),
}
_SOE_ERRORS = {
    0x1001: "No IDN",
    0x7004: "Operation data cannot be changed (read only)",
    0x7005: "Operation data is write-protected at this time",
    0x7006: "Operation data is smaller than the minimum input value",
    0x7008: "Invalid operation data",
    0x7009: "Operation data is write-protected by a password",
    0x700A: "Operation data is write-protected, it is configured cyclically",
    0x7010: "Procedure command already active",
    0x7012: "Procedure command at this time not executable",
    0x800A: "Invalid drive number",
}
_SOE_ELEMENTS = ((0x02, "name"), (0x04, "attribute"), (0x08, "unit"), (0x10, "minimum"), (0x20, "maximum"))
_INCOMPLETE, _SOE_ERROR = 0x08, 0x10


def _soe(body: bytes, kind: Kind, unit: str, detail: str) -> Operation:
    _need(body, 4, "SoE message")
    opcode, elements = body[0] & 0x07, body[1]
    if opcode not in _SOE:
        raise Malformed("SoE opcode {opcode}", opcode=opcode)
    function, usual = _SOE[opcode]
    number = int.from_bytes(body[2:4], "little")
    reason = ""
    if body[0] & _SOE_ERROR:
        code = int.from_bytes(body[4:6], "little")
        reason = f"{_SOE_ERRORS.get(code, 'SoE error')} (0x{code:04X})"
        usual = Kind.REFUSAL
    elif kind is Kind.NOTICE:
        usual = kind
    others = [said(name) for bit, name in _SOE_ELEMENTS if elements & bit]  # besides the value
    verb = Verb.REPORT if opcode in (5, 6) else Verb.READ
    if opcode in (3, 4):
        verb = Verb.WRITE if body[0] & _INCOMPLETE else write_verb(number)
    return Operation(
        verb=verb,
        function=function,
        kind=usual,
        code=f"SoE {opcode}",
        unit=joined((unit, said("drive {n}", n=body[0] >> 5))),
        object="" if body[0] & _INCOMPLETE else idn_name(number),
        detail=joined((*others, detail)),
        refusal=reason,
        filter=f"ecat_mailbox.soe_opcode == {opcode}",
    )


# --- Ethernet, ADS, vendor ------------------------------------------------------------------------------------------

_EOE = {
    0: ("EoE Fragment", Verb.SESSION, Kind.NOTICE),
    1: ("EoE Time Stamp", Verb.TIME_SYNC, Kind.NOTICE),
    2: ("EoE Set IP Parameter Request", Verb.CONFIGURE, Kind.REQUEST),
    3: ("EoE Set IP Parameter Response", Verb.CONFIGURE, Kind.RESPONSE),
    4: ("EoE Set Address Filter Request", Verb.CONFIGURE, Kind.REQUEST),
    5: ("EoE Set Address Filter Response", Verb.CONFIGURE, Kind.RESPONSE),
    6: ("EoE Get IP Parameter Request", Verb.READ, Kind.REQUEST),
    7: ("EoE Get IP Parameter Response", Verb.READ, Kind.RESPONSE),
    8: ("EoE Get Address Filter Request", Verb.READ, Kind.REQUEST),
    9: ("EoE Get Address Filter Response", Verb.READ, Kind.RESPONSE),
}


def _eoe(body: bytes, kind: Kind, unit: str, detail: str) -> Operation:
    _need(body, 4, "EoE message")
    number = body[0] & 0x0F
    if number not in _EOE:
        raise Malformed("EoE frame type {type}", type=number)
    function, verb, usual = _EOE[number]
    reason = ""
    if usual is Kind.RESPONSE and number in (3, 5) and any(body[2:4]):
        usual, reason = Kind.REFUSAL, f"EoE result 0x{int.from_bytes(body[2:4], 'little'):04X}"
    elif kind is Kind.NOTICE:
        usual = kind
    return Operation(
        verb=verb,
        function=function,
        kind=usual,
        code=f"EoE {number}",
        unit=joined((unit, said("port {name}", name=body[0] >> 4) if body[0] >> 4 else "")),
        detail=detail,
        refusal=reason,
        filter=f"ecat_mailbox.eoe.type == {number}",
    )


_ADS = {
    1: ("ADS Read Device Info", Verb.IDENTIFY),
    2: ("ADS Read", Verb.READ),
    3: ("ADS Write", Verb.WRITE),
    4: ("ADS Read State", Verb.DIAGNOSE),
    5: ("ADS Write Control", Verb.MODE_CHANGE),
    6: ("ADS Add Device Notification", Verb.SUBSCRIBE),
    7: ("ADS Delete Device Notification", Verb.SUBSCRIBE),
    8: ("ADS Device Notification", Verb.REPORT),
    9: ("ADS Read Write", Verb.WRITE),
}
_AMS_HEADER = 32


def _aoe(body: bytes, kind: Kind, unit: str, detail: str) -> Operation:
    """The AMS header: target and source (network and port), command, flags (bit 0: response), error code."""
    _need(body, _AMS_HEADER, "AoE message")
    number, flags = int.from_bytes(body[16:18], "little"), body[18]
    if number not in _ADS:
        raise Malformed("ADS command {command}", command=number)
    function, verb = _ADS[number]
    code = int.from_bytes(body[24:28], "little")
    answer = bool(flags & 1)
    if kind is not Kind.NOTICE:
        kind = Kind.RESPONSE if answer else Kind.REQUEST
    area = ""
    if not answer and number in (2, 3, 9) and len(body) >= _AMS_HEADER + 8:
        group, offset = (int.from_bytes(body[at : at + 4], "little") for at in (32, 36))
        area = f"index group 0x{group:X} offset 0x{offset:X}"
    return Operation(
        verb=verb,
        function=function,
        kind=Kind.REFUSAL if answer and code else kind,
        code=f"AoE {number}",
        unit=joined((unit, said("AMS port {n}", n=int.from_bytes(body[6:8], "little")))),
        object=area,
        detail=detail,
        refusal=f"ADS error 0x{code:X}" if answer and code else "",
        filter=f"ams.cmdid == {number}",
    )


def _voe(body: bytes, kind: Kind, unit: str, detail: str) -> Operation:
    _need(body, 6, "VoE message")
    vendor, number = int.from_bytes(body[:4], "little"), int.from_bytes(body[4:6], "little")
    return Operation(
        verb=Verb.UNKNOWN,
        function="Vendor specific mailbox message",
        kind=kind,
        code=f"VoE {number}",
        unit=unit,
        object=vendor_name(vendor),
        detail=detail,
        filter="ecat.ado >= 0x1000",
    )


_READERS: dict[int, Callable[[bytes, Kind, str, str], Operation]] = {
    ERROR: _error,
    AOE: _aoe,
    EOE: _eoe,
    FOE: _foe,
    SOE: _soe,
    VOE: _voe,
}
VERBS = (
    SDO_VERBS
    | {verb for _, verb in _ADS.values()}
    | {verb for _, verb, _ in _EOE.values()}
    | {Verb.SESSION, Verb.REPORT, Verb.FILE_READ, Verb.FILE_WRITE, Verb.AUTHENTICATE, Verb.UNKNOWN}
)
