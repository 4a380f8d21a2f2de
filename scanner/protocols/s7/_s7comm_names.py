"""Names of S7comm codes: functions with their verbs, errors, return codes, program invocations, system status lists."""

from __future__ import annotations

from scanner.code_tables import code_table, rows_table
from scanner.protocols.base import Verb
from scanner.wording import said

JOBS = {
    0x04: ("Read Var", Verb.READ),
    0x05: ("Write Var", Verb.WRITE),
    0x1A: ("Request Download", Verb.PROGRAM_DOWNLOAD),
    0x1B: ("Download Block", Verb.PROGRAM_DOWNLOAD),
    0x1C: ("Download Ended", Verb.PROGRAM_DOWNLOAD),
    0x1D: ("Start Upload", Verb.PROGRAM_UPLOAD),
    0x1E: ("Upload", Verb.PROGRAM_UPLOAD),
    0x1F: ("End Upload", Verb.PROGRAM_UPLOAD),
    0x28: ("PI Service", Verb.UNKNOWN),
    0x29: ("PLC Stop", Verb.STOP),
    0xF0: ("Setup Communication", Verb.SESSION),
}

# Program invocation services. The controller's own begin with an underscore or P_; _N_ are those of SINUMERIK.
PI_SERVICES = {service: (name, Verb(verb)) for service, name, verb in rows_table(__package__, "s7comm_pi_services.tsv")}

USERDATA_GROUPS = {
    1: "Programmer Commands",
    2: "Cyclic Services",
    3: "Block Functions",
    4: "CPU Functions",
    5: "Security",
    6: "PBC BSEND",
    7: "Time Functions",
    32: "Data Record Routing",
    63: "NC Programming",
}

USERDATA = {
    (int(group), int(function)): (name, Verb(verb))
    for group, function, name, verb in rows_table(__package__, "s7comm_userdata.tsv")
}
# The sub-function of PBC numbers the job, not an operation.
PBC_GROUP, PBC = 6, ("BSEND", Verb.WRITE)

MODES = {
    0: "STOP",
    1: said("warm restart"),
    2: "RUN",
    3: said("hot restart"),
    4: "HOLD",
    6: said("cold restart"),
    9: "RUN (redundant)",
    11: "LINK-UP",
    12: "UPDATE",
}

BLOCK_TYPES = {
    "08": "OB",
    "09": "CMOD",
    "0A": "DB",
    "0B": "SDB",
    "0C": "FC",
    "0D": "SFC",
    "0E": "FB",
    "0F": "SFB",
}

RETURN_CODES = {
    0x00: "Reserved",
    0x01: "Hardware error",
    0x03: "Access to the object not allowed",
    0x05: "Address out of range",
    0x06: "Data type not supported",
    0x07: "Data type inconsistent",
    0x0A: "Object does not exist",
    0xFF: "Success",
}

# Low byte of an SZL-ID: the partial list; its extract is in the high byte.
SZL_LISTS = {
    0x00: said("list of all SZL-IDs"),
    0x11: said("module identification"),
    0x12: said("CPU characteristics"),
    0x13: said("user memory areas"),
    0x14: said("system areas"),
    0x15: said("block types"),
    0x16: said("priority classes"),
    0x17: said("permitted SDBs"),
    0x18: said("maximum I/O configuration"),
    0x19: said("module LEDs"),
    0x1C: said("component identification"),
    0x21: said("interrupt and error assignment"),
    0x22: said("interrupt status"),
    0x23: said("priority classes"),
    0x24: said("operating modes"),
    0x25: said("process image partitions"),
    0x31: said("communication capability"),
    0x32: said("communication status"),
    0x33: said("diagnostic stations"),
    0x37: said("Ethernet details"),
    0x71: said("H-CPU group"),
    0x74: said("module LEDs"),
    0x75: said("switched DP slaves"),
    0x81: said("start information"),
    0x82: said("start events"),
    0x90: said("DP master systems"),
    0x91: said("module status"),
    0x92: said("rack and station status"),
    0x94: said("rack and station status"),
    0x95: said("extended DP master systems"),
    0x96: said("module status, PROFINET and PROFIBUS"),
    0xA0: said("diagnostic buffer"),
    0xB1: said("module diagnostics, record 0"),
    0xB2: said("module diagnostics, record 1"),
    0xB3: said("module diagnostics, record 1"),
    0xB4: said("DP slave diagnostics"),
}
IDENTITY_LISTS = {0x11, 0x1C}

# Error class and code of an acknowledgement, and the error code of userdata parameters, are one numbering.
ERROR_CLASSES = {
    0x81: "Application relationship error",
    0x82: "Object definition error",
    0x83: "No resources available",
    0x84: "Service processing error",
    0x85: "Supplies error",
    0x87: "Access error",
}
ERRORS = code_table(__package__, "s7comm_errors.tsv")


def error_text(code: int) -> str:
    """An error as words and number: "Wrong password (0xD602)"."""
    text = ERRORS.get(code) or ERROR_CLASSES.get(code >> 8) or "Error"
    return f"{text} (0x{code:04X})"
