"""Names of ANSI C12.22 services and results, and of ANSI C12.19 tables and procedures."""

from __future__ import annotations

from typing import NamedTuple

from scanner.code_tables import code_table
from scanner.protocols.base import Verb

IDENTIFY, REGISTER, LOGON, SECURITY, AUTHENTICATE, NEGOTIATE = 0x20, 0x27, 0x50, 0x51, 0x53, 0x60
FULL_READ, DEFAULT_READ, OFFSET_READ, FULL_WRITE, DEFAULT_WRITE, OFFSET_WRITE = 0x30, 0x3E, 0x3F, 0x40, 0x4E, 0x4F
SERVICES = {
    IDENTIFY: ("Identification", Verb.IDENTIFY),
    0x21: ("Terminate", Verb.SESSION),
    0x22: ("Disconnect", Verb.SESSION),
    0x24: ("Deregister", Verb.SESSION),
    0x25: ("Resolve", Verb.DIAGNOSE),
    0x26: ("Trace", Verb.DIAGNOSE),
    REGISTER: ("Register", Verb.SESSION),
    FULL_READ: ("Full Read", Verb.READ),
    **{0x31 + n: ("Partial Read Index", Verb.READ) for n in range(9)},
    DEFAULT_READ: ("Default Read", Verb.READ),
    OFFSET_READ: ("Partial Read Offset", Verb.READ),
    FULL_WRITE: ("Full Write", Verb.WRITE),
    **{0x41 + n: ("Partial Write Index", Verb.WRITE) for n in range(9)},
    DEFAULT_WRITE: ("Default Write", Verb.WRITE),
    OFFSET_WRITE: ("Partial Write Offset", Verb.WRITE),
    LOGON: ("Logon", Verb.AUTHENTICATE),
    SECURITY: ("Security", Verb.AUTHENTICATE),
    0x52: ("Logoff", Verb.SESSION),
    AUTHENTICATE: ("Authenticate", Verb.AUTHENTICATE),
    **{NEGOTIATE + n: ("Negotiate", Verb.SESSION) for n in range(12)},
    0x70: ("Wait", Verb.SESSION),
    0x71: ("Timing Setup", Verb.SESSION),
}
RESULTS = {
    0x01: "Error",
    0x02: "Service Not Supported",
    0x03: "Insufficient Security Clearance",
    0x04: "Operation Not Possible",
    0x05: "Inappropriate Action Requested",
    0x06: "Device Busy",
    0x07: "Data Not Ready",
    0x08: "Data Locked",
    0x09: "Renegotiate Request",
    0x0A: "Invalid Service Sequence State",
    0x0B: "Security Mechanism Error",
    0x0C: "Unknown Application Title",
    0x0D: "Network Time-out",
    0x0E: "Network Not Reachable",
    0x0F: "Request Too Large",
    0x10: "Response Too Large",
    0x11: "Segmentation Not Possible",
    0x12: "Segmentation Error",
}

TABLES = code_table(__package__, "tables.tsv")
PROCEDURE_TABLE = 7
IDENTITY_TABLES = (1, 5)
SECURITY_TABLES = range(40, 46)
CLOCK_TABLES = (52, 55, 57)
KINDS = {0x00: "ST", 0x08: "MT", 0x10: "pending ST", 0x18: "pending MT", 0x20: "UDT", 0x30: "pending UDT"}


class Procedure(NamedTuple):
    """Name and verb of a standard procedure."""

    name: str
    verb: Verb


PROCEDURES = {
    0: Procedure("Cold Start", Verb.RESTART),
    1: Procedure("Warm Start", Verb.RESTART),
    2: Procedure("Save Configuration", Verb.CONFIGURE),
    3: Procedure("Clear Data", Verb.OPERATE),
    4: Procedure("Reset List Pointers", Verb.OPERATE),
    5: Procedure("Update Last Read Entry", Verb.OPERATE),
    6: Procedure("Change End Device Mode", Verb.MODE_CHANGE),
    7: Procedure("Clear Standard Status Flags", Verb.OPERATE),
    8: Procedure("Clear Manufacturer Status Flags", Verb.OPERATE),
    9: Procedure("Remote Reset", Verb.OPERATE),
    10: Procedure("Set Date and/or Time", Verb.TIME_SYNC),
    11: Procedure("Execute Diagnostics Procedure", Verb.DIAGNOSE),
    12: Procedure("Activate All Pending Tables", Verb.CONFIGURE),
    13: Procedure("Activate Specific Pending Tables", Verb.CONFIGURE),
    14: Procedure("Clear All Pending Tables", Verb.CONFIGURE),
    15: Procedure("Clear Specific Pending Tables", Verb.CONFIGURE),
    16: Procedure("Start Load Profile", Verb.CONFIGURE),
    17: Procedure("Stop Load Profile", Verb.CONFIGURE),
    18: Procedure("Log In", Verb.AUTHENTICATE),
    19: Procedure("Log Out", Verb.SESSION),
    20: Procedure("Initiate an Immediate Call", Verb.OPERATE),
    21: Procedure("Direct Load Control", Verb.OPERATE),
    22: Procedure("Modify Credit", Verb.OPERATE),
    27: Procedure("Clear Pending Call Status", Verb.OPERATE),
    28: Procedure("Start Quality of Service Monitors", Verb.CONFIGURE),
    29: Procedure("Stop Quality of Service Monitors", Verb.CONFIGURE),
    30: Procedure("Start Secured Registers", Verb.CONFIGURE),
    31: Procedure("Stop Secured Registers", Verb.CONFIGURE),
    32: Procedure("Set Precision Date and/or Time", Verb.TIME_SYNC),
}


def procedure(number: int) -> Procedure:
    """The procedure of a selector (bit 11: the manufacturer's own; the upper four ask for the response)."""
    if number & 0x800:
        return Procedure(f"manufacturer's procedure {number & 0x7FF}", Verb.OPERATE)
    return PROCEDURES.get(number & 0x7FF) or Procedure(f"procedure {number & 0x7FF}", Verb.OPERATE)


def table(number: int) -> str:
    """A table as the standards write it: ST-42 Security."""
    kind = KINDS.get(number >> 8 & 0xF8, f"table 0x{number & 0xF800:04X}")
    name = TABLES.get(number & 0x7FF, "") if kind in ("ST", "pending ST") else ""
    return f"{kind}-{number & 0x7FF} {name}".rstrip()


def write_verb(number: int) -> Verb:
    """What writing a table does."""
    if number >> 8 & 0xE8:
        return Verb.WRITE
    if number & 0x7FF in CLOCK_TABLES:
        return Verb.TIME_SYNC
    return Verb.CONFIGURE if number & 0x7FF in SECURITY_TABLES else Verb.WRITE
