"""Names of PCCC: commands, functions, operating modes, file types, status.

From Rockwell 1770-6.5.16 (DF1 Protocol and Command Set, chapters 7 and 8) and the manual of the 1770-KF2 (table 5.A,
for PLC-2, PLC-3 and PLC-4).
"""

from __future__ import annotations

from scanner.code_tables import rows_table
from scanner.protocols.base import Verb

# (command, function) -> name, verb; commands without a function have None.
COMMANDS = {
    (int(command, 16), int(function, 16) if function else None): (name, Verb(verb))
    for command, function, name, verb in rows_table(__package__, "pccc_commands.tsv")
}
MULTIPLE = 0x88
LOGICAL = (0xA2, 0xAA, 0xAB)  # size, file number, file type, element, sub-element
# Set CPU Mode: two bits of mode, one that locks others out. A MicroLogix 1000 knows 1 (program) and 2 (run) only; a
# PLC-5 scans its program in mode 1, with outputs disabled.
SET_MODE, CHANGE_MODE = 0x3A, 0x80
LOCK = 0x04
MODES = {  # function -> mode -> name, verb
    SET_MODE: {
        0: ("program", Verb.STOP),
        1: ("program or test", Verb.STOP),
        2: ("run", Verb.START),
        3: ("no change", Verb.MODE_CHANGE),
    },
    CHANGE_MODE: {
        1: ("program", Verb.STOP),
        6: ("run", Verb.START),
        7: ("test, continuous scan", Verb.MODE_CHANGE),
        8: ("test, single scan", Verb.MODE_CHANGE),
        9: ("test, debug single step", Verb.MODE_CHANGE),
    },
}
FILES = {
    0x22: "ladder file ",
    0x49: "channel configuration file ",
    0x4A: "EtherNet/IP function file ",
    0x65: "online editing file ",
    0x6A: "IOS function file ",
    0x82: "O",
    0x83: "I",
    0x84: "S",
    0x85: "B",
    0x86: "T",
    0x87: "C",
    0x88: "R",
    0x89: "N",
    0x8A: "F",
    0x8B: "O",
    0x8C: "I",
    0x8D: "ST",
    0x8E: "A",
    0x91: "L",
    0x92: "MG",
    0x93: "PD",
    0xA1: "output force file ",
    0xA2: "input force file ",
    0xE0: "ES0 function file ",
    0xE2: "STI function file ",
    0xE3: "EII function file ",
    0xE4: "RTC function file ",
    0xE5: "BHI function file ",
    0xE6: "memory module function file ",
    0xEC: "LCD function file ",
    0xED: "PTOX function file ",
    0xEE: "PWMX function file ",
}
# What it means to read and to write a file that holds no data of the process. A force is a write of a force file.
FILE_VERBS = {
    0x22: (Verb.PROGRAM_UPLOAD, Verb.PROGRAM_DOWNLOAD),
    0x65: (Verb.PROGRAM_UPLOAD, Verb.PROGRAM_DOWNLOAD),
    **dict.fromkeys((0x49, 0x4A, 0x6A, 0xE0, 0xE2, 0xE3, 0xE6, 0xED, 0xEE), (Verb.READ, Verb.CONFIGURE)),
    0xE4: (Verb.READ, Verb.TIME_SYNC),
}
STATUS = {
    0x10: "Illegal command or format",
    0x20: "Host has a problem and will not communicate",
    0x30: "Remote node host is missing, disconnected or shut down",
    0x40: "Host could not complete function due to hardware fault",
    0x50: "Addressing problem or memory protect rungs",
    0x60: "Function not allowed due to command protection selection",
    0x70: "Processor is in program mode",
    0x80: "Compatibility mode file missing or communication zone problem",
    0x90: "Remote node cannot buffer command",
    0xA0: "Wait acknowledge",
    0xB0: "Remote node problem due to download",
    0xC0: "Wait acknowledge",
    0xF0: "Error in extended status",
}
EXTENDED = {
    0x01: "Illegal value in a field",
    0x02: "Fewer levels in the address than the least for any address",
    0x03: "More levels in the address than the system supports",
    0x04: "Symbol not found",
    0x05: "Symbol of improper format",
    0x06: "Address does not point to something usable",
    0x07: "File is wrong size",
    0x08: "Situation has changed since the start of the command",
    0x09: "Data or file is too large",
    0x0A: "Transaction size plus word address is too large",
    0x0B: "Access denied, privilege violation",
    0x0C: "Condition cannot be generated, resource not available",
    0x0D: "Condition already exists, resource already available",
    0x0E: "Command cannot be executed",
    0x0F: "Histogram overflow",
    0x10: "No access",
    0x11: "Illegal data type",
    0x12: "Invalid parameter or invalid data",
    0x13: "Address reference to a deleted area",
    0x14: "Command failed for an unknown reason",
    0x15: "Data conversion error",
    0x16: "Scanner cannot communicate with a rack adapter",
    0x17: "Type mismatch",
    0x18: "Response of a module was not valid",
    0x19: "Duplicated label",
    0x1A: "File is open, another node owns it",
    0x1B: "Another node is the program owner",
    0x1E: "Data table element protection violation",
    0x1F: "Temporary internal problem",
    0x22: "Remote rack fault",
    0x23: "Timeout",
    0x24: "Unknown error",
}
