"""FINS names: commands with their verbs, memory areas, modes, end codes.

OMRON W227-E1-2 FINS Commands Reference Manual (appendix A, sections 2-2 and 8-3), W342 CS/CJ/CP/NSJ-series
Communications Commands Reference Manual (sections 5-1 to 5-3), W421 CS/CJ-series Ethernet Units Operation Manual
(sections 7-4-2, FINS/TCP, and 6-3, socket services).
"""

from __future__ import annotations

from dataclasses import dataclass

from scanner.code_tables import code_table, rows_table
from scanner.protocols.base import Verb


@dataclass(frozen=True)
class Command:
    """Name and verb of a command; ``needs``: how many parameter bytes a request has at least."""

    name: str
    verb: Verb
    needs: int = 0


COMMANDS = {
    int(code, 0): Command(name, Verb(verb), int(needs))
    for code, name, verb, needs in rows_table(__package__, "commands.tsv")
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
