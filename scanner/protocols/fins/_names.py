"""FINS names: commands with their verbs, memory areas, modes, end codes.

OMRON W227-E1-2 FINS Commands Reference Manual (appendix A, sections 2-2 and 8-3), W342 CS/CJ/CP/NSJ-series
Communications Commands Reference Manual (sections 5-1 to 5-3), W421 CS/CJ-series Ethernet Units Operation Manual
(sections 7-4-2, FINS/TCP, and 6-3, socket services).
"""

from __future__ import annotations

from dataclasses import dataclass

from scanner.code_tables import code_table
from scanner.protocols.base import Verb


@dataclass(frozen=True)
class Command:
    """Name and verb of a command; ``needs``: how many parameter bytes a request has at least."""

    name: str
    verb: Verb
    needs: int = 0


COMMANDS = {
    0x0101: Command("Memory Area Read", Verb.READ, 6),
    0x0102: Command("Memory Area Write", Verb.WRITE, 6),
    0x0103: Command("Memory Area Fill", Verb.WRITE, 6),
    0x0104: Command("Multiple Memory Area Read", Verb.READ, 4),
    0x0105: Command("Memory Area Transfer", Verb.WRITE, 10),
    0x0201: Command("Parameter Area Read", Verb.READ, 6),
    0x0202: Command("Parameter Area Write", Verb.CONFIGURE, 6),
    0x0203: Command("Parameter Area Clear", Verb.CONFIGURE, 6),
    0x0220: Command("Data Link Table Read", Verb.READ),
    0x0221: Command("Data Link Table Write", Verb.CONFIGURE),
    0x0304: Command("Program Area Protect", Verb.CONFIGURE, 11),
    0x0305: Command("Program Area Protect Clear", Verb.CONFIGURE, 11),
    0x0306: Command("Program Area Read", Verb.PROGRAM_UPLOAD, 8),
    0x0307: Command("Program Area Write", Verb.PROGRAM_DOWNLOAD, 8),
    0x0308: Command("Program Area Clear", Verb.PROGRAM_DOWNLOAD, 3),
    0x0401: Command("Run", Verb.START),
    0x0402: Command("Stop", Verb.STOP),
    0x0403: Command("Reset", Verb.RESTART),
    0x0501: Command("Controller Data Read", Verb.IDENTIFY),
    0x0502: Command("Connection Data Read", Verb.IDENTIFY),
    0x0601: Command("Controller Status Read", Verb.DIAGNOSE),
    0x0602: Command("Network Status Read", Verb.DIAGNOSE),
    0x0603: Command("Data Link Status Read", Verb.DIAGNOSE),
    0x0620: Command("Cycle Time Read", Verb.DIAGNOSE, 1),
    0x0701: Command("Clock Read", Verb.READ),
    0x0702: Command("Clock Write", Verb.TIME_SYNC, 5),
    0x0801: Command("Loop-back Test", Verb.DIAGNOSE),
    0x0802: Command("Broadcast Test Results Read", Verb.DIAGNOSE),
    0x0803: Command("Broadcast Test Data Send", Verb.DIAGNOSE),
    0x0920: Command("Message Read", Verb.READ, 2),
    0x0C01: Command("Access Right Acquire", Verb.SESSION, 2),
    0x0C02: Command("Access Right Forced Acquire", Verb.SESSION, 2),
    0x0C03: Command("Access Right Release", Verb.SESSION, 2),
    0x2101: Command("Error Clear", Verb.OPERATE, 2),
    0x2102: Command("Error Log Read", Verb.DIAGNOSE, 4),
    0x2103: Command("Error Log Clear", Verb.CONFIGURE),
    0x2140: Command("FINS Write Access Log Read", Verb.DIAGNOSE),
    0x2141: Command("FINS Write Access Log Clear", Verb.CONFIGURE),
    0x2201: Command("File Name Read", Verb.FILE_READ, 6),
    0x2202: Command("Single File Read", Verb.FILE_READ, 14),
    0x2203: Command("Single File Write", Verb.FILE_WRITE, 16),
    0x2204: Command("Memory Card Format", Verb.FILE_DELETE, 2),
    0x2205: Command("File Delete", Verb.FILE_DELETE, 4),
    0x2206: Command("Volume Label Create/Delete", Verb.FILE_WRITE, 4),
    0x2207: Command("File Copy", Verb.FILE_WRITE, 28),
    0x2208: Command("File Name Change", Verb.FILE_WRITE, 26),
    0x2209: Command("File Data Check", Verb.FILE_READ, 14),
    0x220A: Command("Memory Area File Transfer", Verb.FILE_READ, 22),
    0x220B: Command("Parameter Area File Transfer", Verb.FILE_READ, 22),
    0x220C: Command("Program Area File Transfer", Verb.FILE_READ, 26),
    0x220F: Command("File Memory Index Read", Verb.FILE_READ),
    0x2210: Command("File Memory Read", Verb.FILE_READ),
    0x2211: Command("File Memory Write", Verb.FILE_WRITE),
    0x2215: Command("Create/Delete Directory", Verb.FILE_WRITE, 4),
    0x2220: Command("Memory Cassette Transfer", Verb.FILE_WRITE),
    0x2301: Command("Forced Set/Reset", Verb.OPERATE, 8),
    0x2302: Command("Forced Set/Reset Cancel", Verb.OPERATE),
    0x230A: Command("Multiple Forced Status Read", Verb.READ, 4),
    0x2601: Command("Name Set", Verb.CONFIGURE),
    0x2602: Command("Name Delete", Verb.CONFIGURE),
    0x2603: Command("Name Read", Verb.IDENTIFY),
    0x2701: Command("UDP Open Request", Verb.SESSION),
    0x2702: Command("UDP Receive Request", Verb.SESSION),
    0x2703: Command("UDP Send Request", Verb.SESSION),
    0x2704: Command("UDP Close Request", Verb.SESSION),
    0x2710: Command("TCP Passive Open Request", Verb.SESSION),
    0x2711: Command("TCP Active Open Request", Verb.SESSION),
    0x2712: Command("TCP Receive Request", Verb.SESSION),
    0x2713: Command("TCP Send Request", Verb.SESSION),
    0x2714: Command("TCP Close Request", Verb.SESSION),
    0x2803: Command("Convert to CompoWay/F Command", Verb.UNKNOWN),
    0x2804: Command("Convert to Modbus-RTU Command", Verb.UNKNOWN),
    0x2805: Command("Convert to Modbus-ASCII Command", Verb.UNKNOWN),
}

# The three functions of 09 20, by bits 15 and 14 of its parameter (W227, 2-25 to 2-27).
MESSAGES = {
    0: Command("Message Read", Verb.READ),
    1: Command("Message Clear", Verb.OPERATE),
    2: Command("FAL/FALS Read", Verb.DIAGNOSE),
}

# What a file transfer does with the controller, by its parameter code (W227, 2-43 to 2-45).
TRANSFERS = {0: "to the file", 1: "from the file", 2: "compared with the file"}

MODES = {0x00: "PROGRAM", 0x01: "DEBUG", 0x02: "MONITOR", 0x04: "RUN"}
STATUSES = {0x00: "stopped", 0x01: "running", 0x80: "CPU on standby"}

PARAMETER_AREAS = {
    0x8000: "all parameter areas",
    0x8002: "CPU bus unit settings",
    0x8010: "PC setup",
    0x8011: "peripheral device settings",
    0x8012: "I/O table",
    0x8013: "routing tables",
}

FORCED = {
    0x0000: "force reset",
    0x0001: "force set",
    0x8000: "released, OFF",
    0x8001: "released, ON",
    0xFFFF: "released",
}

# Memory areas: code -> (name, bits and not words). C and CV codes split one code by address, see ``_fins_memory``.
_BITS = {0x02: "DM", 0x30: "CIO", 0x31: "WR", 0x32: "HR", 0x33: "AR", 0x70: "CIO", 0x71: "WR", 0x72: "HR"}
_WORDS = {0x82: "DM", 0xB0: "CIO", 0xB1: "WR", 0xB2: "HR", 0xB3: "AR", 0xF0: "CIO", 0xF1: "WR", 0xF2: "HR"}
_ONE = {
    0x03: "transition",
    0x43: "transition",
    0x04: "step",
    0x44: "step",
    0x84: "step timer",
    0x06: "task flag",
    0x46: "task flag",
    0x07: "condition flag",
    0x1B: "action",
    0x9C: "register",
    0xBC: "data register or EM bank number",
    0xDC: "index register",
    0xDD: "interrupt interval",
}
AREAS = (
    {code: (name, True) for code, name in _BITS.items()}
    | {code: (name, False) for code, name in (_WORDS | _ONE).items()}
    | {0x20 + bank: (f"EM bank {bank:X}", True) for bank in range(16)}
    | {0xA0 + bank: (f"EM bank {bank:X}", False) for bank in range(16)}
    | {0x90 + bank: (f"EM bank {bank:X}", False) for bank in range(8)}
    | {0xE0 + bank: (f"EM bank {16 + bank:X}", True) for bank in range(9)}
    | {0x60 + bank: (f"EM bank {16 + bank:X}", False) for bank in range(9)}
    | {0x0A: ("EM current bank", True), 0x98: ("EM current bank", False)}
)

END_CODES = code_table(__package__, "end_codes.tsv")

TCP_COMMANDS = {
    0: "Node Address Data Send (client to server)",
    1: "Node Address Data Send (server to client)",
    2: "Frame Send",
    3: "Frame Send Error Notification",
    6: "Connection Confirmation",
}
TCP_ERRORS = {
    0x01: "The header is not FINS",
    0x02: "The data length is too long",
    0x03: "The command is not supported",
    0x20: "All connections are in use",
    0x21: "The specified node is already connected",
    0x22: "Attempt to access a protected node from an unspecified IP address",
    0x23: "The client FINS node address is out of range",
    0x24: "The same FINS node address is being used by the client and server",
    0x25: "All the node addresses available for allocation have been used",
}
