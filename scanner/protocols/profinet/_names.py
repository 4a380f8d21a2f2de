"""Names of PROFINET IO's services, blocks, records and errors.

From IEC 61158-6-10 tables of BlockType, ARType, IOCRType, RTClass, Index and PNIOStatus.
"""

from __future__ import annotations

from scanner.code_tables import code_table
from scanner.protocols.base import Verb
from scanner.wording import said

CONNECT, RELEASE, READ, WRITE, CONTROL, READ_IMPLICIT = range(6)
OPERATIONS = {
    CONNECT: "Connect",
    RELEASE: "Release",
    READ: "Read",
    WRITE: "Write",
    CONTROL: "Control",
    READ_IMPLICIT: "Read Implicit",
}

AR_TYPES = {
    0x0001: said("IO controller AR"),
    0x0003: said("IO controller AR with {name}", name="configuration in run (CIR)"),
    0x0006: said("IO supervisor or device access AR"),
    0x0010: said("IO controller AR with {name}", name="RT_CLASS_3"),
    0x0020: said("IO controller AR with system redundancy"),
}
IO_CONTROLLER_ARS = (0x0001, 0x0003, 0x0010, 0x0020)
SUPERVISOR_AR = 0x0006

IOCR_TYPES = {1: said("input"), 2: said("output"), 3: said("multicast provider"), 4: said("multicast consumer")}
RT_CLASSES = {1: "RT_CLASS_1", 2: "RT_CLASS_2", 3: "RT_CLASS_3", 4: "RT_CLASS_UDP"}

# Control blocks, without the bit that marks the response.
CONTROLS = {
    0x0110: "PrmEnd",
    0x0111: "PrmEnd after plug",
    0x0112: "ApplicationReady",
    0x0113: "ApplicationReady after plug",
    0x0114: "Release",
    0x0116: "ReadyForCompanion",
    0x0117: "ReadyForRT_CLASS_3",
    0x0118: "PrmBegin",
}

_IDENTIFY, _DIAGNOSE = Verb.IDENTIFY, Verb.DIAGNOSE
_DIAGNOSES = {
    0x0A: "Diagnosis in channel coding",
    0x0B: "Diagnosis in all codings",
    0x0C: "Diagnosis, Maintenance, Qualified and Status",
    0x10: "Maintenance required in channel coding",
    0x11: "Maintenance demanded in channel coding",
    0x12: "Maintenance required in all codings",
    0x13: "Maintenance demanded in all codings",
}
_ASSETS = range(0xF880, 0xF88A)
_SCOPES = {0x80: "one subslot", 0xC0: "one slot", 0xE0: "one AR", 0xF0: "one API"}
_RECORDS = code_table(__package__, "records.tsv")
WRITE_MULTIPLE, CONTAINER, IM0, IM1, IM2, IM3 = 0xE040, 0x80B0, 0xAFF0, 0xAFF1, 0xAFF2, 0xAFF3
INTERFACE_DATA, REAL_DATA, INTERFACE_BLOCK = 0x8080, 0xF841, 0x0240
_PROFIENERGY, _PROFIDRIVE, _RS_ACK = 0x80A0, (0xB02E, 0xB02F), 0xE061


def record_name(index: int) -> str:
    """What a record holds; user-specific and profile-specific ones by their index."""
    scope, kind = _SCOPES.get(index >> 8), index & 0xFF
    if index >> 4 == 0xAFF:
        return f"I&M{index & 0xF}"
    if scope and kind in _DIAGNOSES:
        return f"{_DIAGNOSES[kind]} for {scope}"
    if scope and kind <= 1:
        expected = kind == 0 and index >> 8 != 0xF0
        return f"{'ExpectedIdentificationData' if expected else 'RealIdentificationData'} for {scope}"
    if index in _ASSETS:
        return "AssetManagementData"
    return _RECORDS.get(index, f"{_owner(index)} 0x{index:04X}")


def _owner(index: int) -> str:
    """Who gives a record of that range its meaning."""
    if index < 0x8000:
        return "user record"
    return "profile record" if 0xB000 <= index < 0xC000 else "record"


def read_verb(index: int) -> Verb:
    """What reading a record is."""
    scope, kind = index >> 8, index & 0xFF
    if (
        index >> 4 == 0xAFF
        or index in (INTERFACE_DATA, 0xF840, REAL_DATA, *_ASSETS)
        or (scope in _SCOPES and kind <= 1)
    ):
        return _IDENTIFY
    if index in (0xF80C, 0xF830, 0xE002) or (scope in _SCOPES and kind in _DIAGNOSES):
        return _DIAGNOSE
    return Verb.READ


def write_verb(index: int) -> Verb:
    """What writing a record is: parameters of the application, of the station, or an energy-saving command."""
    if index == _PROFIENERGY:
        return Verb.OPERATE
    if index == _RS_ACK:
        return _DIAGNOSE
    return Verb.WRITE if index < 0x8000 or index in _PROFIDRIVE else Verb.CONFIGURE


# --- PNIOStatus: ErrorCode, ErrorDecode, ErrorCode1, ErrorCode2 -------------------------------------------------------

_ERROR_CODES = {
    0x81: "PNIO",
    0xCF: "RTA error",
    0xDA: "AlarmAck",
    0xDB: "IODConnectRes",
    0xDC: "IODReleaseRes",
    0xDD: "IODControlRes",
    0xDE: "IODReadRes",
    0xDF: "IODWriteRes",
}
_PNIORW, _PNIO, _MANUFACTURER = 0x80, 0x81, 0x82
_ACCESS_ERRORS = {
    0xA0: "application: read error",
    0xA1: "application: write error",
    0xA2: "application: module failure",
    0xA7: "application: busy",
    0xA8: "application: version conflict",
    0xA9: "application: feature not supported",
    0xB0: "access: invalid index",
    0xB1: "access: write length error",
    0xB2: "access: invalid slot/subslot",
    0xB3: "access: type conflict",
    0xB4: "access: invalid area",
    0xB5: "access: state conflict",
    0xB6: "access: access denied",
    0xB7: "access: invalid range",
    0xB8: "access: invalid parameter",
    0xB9: "access: invalid type",
    0xBA: "access: backup",
    0xC0: "resource: read constrain conflict",
    0xC1: "resource: write constrain conflict",
    0xC2: "resource: resource busy",
    0xC3: "resource: resource unavailable",
}
_PLACES = code_table(__package__, "places.tsv")
_REASONS = {
    60: ("alarm type not supported", "wrong submodule state", "backup: alarm not executed"),
    61: ("state conflict", "resources"),
    62: ("state conflict", "timeout", "no data sent"),
    63: (
        "no DCP active",
        "DNS: unknown station name",
        "DCP: no station of that name",
        "DCP: several stations of that name",
        "DCP: no station name",
        "no IP address",
        "DCP set error",
    ),
    64: (
        "ArgsLength invalid",
        "unknown blocks",
        "IOCR missing",
        "wrong AlarmCRBlock count",
        "out of AR resources",
        "AR UUID unknown",
        "state conflict",
        "out of provider, consumer or alarm resources",
        "out of memory",
        "PDev already owned",
        "AR set: state conflict during connection establishment",
        "AR set: parameter conflict during connection establishment",
        "PDev: ports without interface",
    ),
    253: (
        "reserved",
        "sequence number error",
        "instance closed",
        "AR out of memory",
        "AR add provider or consumer failed",
        "AR consumer watchdog expired",
        "AR CM initiator timeout",
        "AR alarm open failed",
        "AR alarm send failed",
        "AR alarm acknowledge send failed",
        "AR alarm data too long",
        "AR alarm indication error",
        "AR RPC client call failed",
        "AR abort requested",
        "AR re-run aborts existing",
        "AR release received",
        "AR device deactivated",
        "AR removed",
        "AR protocol violation",
        "AR name resolution error",
        "AR RPC bind error",
        "AR RPC connect error",
        "AR RPC read error",
        "AR RPC write error",
        "AR RPC control error",
        "AR forbidden pull or plug",
        "AR application removed",
        "AR link down",
        "AR could not register multicast address",
        "not synchronised",
        "wrong topology",
        "station name changed by DCP",
        "reset to factory settings by DCP",
        "submodule of the first AR has a parameter error",
        "no IRData record yet",
        "PDev",
        "PDev: no port offers the speed and duplexity required",
        "IP parameters changed by DCP or local engineering",
        "data hold timer of the redundant AR expired",
        "redundant AR: PDev parameterisation impossible",
        "remote application ready timeout",
        "redundant AR: access to the peripherals impossible",
        "redundant AR: MTOT expired",
        "redundant AR: protocol violation",
        "PDev: port plugged without CombinedObjectContainer",
        "NME: no or wrong configuration",
    ),
}


def status_name(code: int, decode: int, code1: int, code2: int) -> str:
    """A PNIOStatus in words, with its number; empty for OK."""
    if not (code or decode or code1 or code2):
        return ""
    words = [_ERROR_CODES.get(code, f"ErrorCode 0x{code:02X}")]
    if decode == _PNIORW:
        words.append(_ACCESS_ERRORS.get(code1, f"ErrorCode1 0x{code1:02X}"))
    elif decode == _PNIO:
        words.append(_PLACES.get(code1, f"ErrorCode1 {code1}"))
        reasons = _REASONS.get(code1, ())
        if code2 < len(reasons):
            words.append(reasons[code2])
    elif decode == _MANUFACTURER:
        words.append("manufacturer specific")
    return f"{', '.join(words)} (0x{code:02X}{decode:02X}{code1:02X}{code2:02X})"
