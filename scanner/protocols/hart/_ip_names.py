"""HART names: commands with their verbs, response codes, status codes of HART-IP, manufacturers, device profiles.

FieldComm Group HCF_SPEC-127, Universal Command Specification; HCF_SPEC-151, Common Practice Command Specification;
HCF_SPEC-307, Command Response Code Specification; HCF_SPEC-183, Common Tables, table 8 for manufacturers; HCF_SPEC-085,
Network Management Specification, section 10.3, for HART-IP; FieldComm Group's published HART-IP command list for
commands from 520 on.
"""

from __future__ import annotations

from scanner.code_tables import code_table
from scanner.protocols.common.verb_table import verb_table

EXTENDED, SUB_DEVICE = 31, 77
COMMANDS = verb_table(__package__, "commands.tsv")

MESSAGES = {
    0: "Session Initiate",
    1: "Session Close",
    2: "Keep Alive",
    3: "Token-Passing PDU",
    4: "Direct PDU",
    5: "Read Audit Log",
}
STATUSES = {
    2: "Invalid selection",
    5: "Too few data bytes received",
    6: "Device-specific command error",
    8: "Set to nearest possible value",
    9: "Security not initialized",
    14: "Protocol version not supported",
    15: "All available sessions in use",
    16: "Access restricted",
    30: "Insecure session already exists",
}
STATUS_WARNINGS = (8, 14, 30)
ERRORS = {0: "Session closed", 1: "Primary session unavailable", 2: "Service unavailable"}

# Codes with one meaning for all commands; the others depend on the command.
RESPONSES = {
    1: "Undefined",
    2: "Invalid Selection",
    3: "Passed Parameter Too Large",
    4: "Passed Parameter Too Small",
    5: "Too Few Data Bytes Received",
    6: "Device-Specific Command Error",
    7: "In Write Protect Mode",
    16: "Access Restricted",
    17: "Invalid Device Variable Index",
    18: "Invalid Units Code",
    19: "Device Variable Index Not Allowed",
    20: "Invalid Extended Command Number",
    32: "Busy",
    35: "Delayed Response Dead",
    36: "Delayed Response Conflict",
    64: "Command Not Implemented",
}
DELAYED = {33: "delayed response initiated", 34: "delayed response running"}
WARNINGS = frozenset((8, 14, *range(24, 28), 30, 31, *range(96, 128)))
COMMUNICATION = {
    0x40: "vertical parity",
    0x20: "overrun",
    0x10: "framing",
    0x08: "longitudinal parity",
    0x02: "buffer overflow",
}

PROFILES = {
    1: "process automation device",
    2: "discrete device",
    3: "hybrid device",
    4: "I/O system",
    14: "discrete adapter",
    65: "HART-IP process automation device",
    66: "HART-IP discrete device",
    67: "HART-IP hybrid device",
    68: "HART-IP I/O system",
    129: "WirelessHART process automation device",
    130: "WirelessHART discrete device",
    131: "WirelessHART hybrid device",
    132: "WirelessHART gateway",
    140: "WirelessHART access point",
    141: "WirelessHART process adapter",
    142: "WirelessHART discrete adapter",
    144: "WirelessHART handheld",
}
BEHIND_A_GATEWAY = (129, 130, 131, 140, 141, 142, 144)  # these have no IP address of their own

MANUFACTURERS = code_table(__package__, "ip_manufacturers.tsv")
