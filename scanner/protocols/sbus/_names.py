"""Ether-S-Bus: commands and how they say what they touch, block types, reasons of refusal.

Saia-Burgess 26/739, S-Bus manual, and the public dissectors of Wireshark and nDPI.
"""

from __future__ import annotations

import enum
from typing import NamedTuple

from scanner.protocols.base import Verb


class Layout(enum.Enum):
    """How the parameters of a request begin; the value is how many of their bytes are meaning."""

    NONE = 0, ""
    READ = 3, "count - 1, address of two bytes"
    WRITE_WORDS = 3, "bytes - 1, address of two bytes, four bytes each"
    WRITE_BITS = 4, "bytes - 2, address of two bytes, bits - 1, bits"
    READ_MEMORY = 4, "count - 1, address of three bytes"
    WRITE_MEMORY = 4, "bytes - 2, address of three bytes, bytes"
    READ_BLOCK = 5, "count - 1, number of the block, first element"
    WRITE_BLOCK = 3, "bytes, number of the block"
    READ_SPECIAL = 6, "count - 1, number of the block, address of three bytes"
    READ_EEPROM = 4, "extension, count - 1, address of two bytes"
    BLOCKS = 2, "length, type of telegram"

    @property
    def size(self) -> int:
        """Bytes that are meaning."""
        return self.value[0]


class Command(NamedTuple):
    """``place``: what an address counts, or the processor that is meant."""

    name: str
    verb: Verb
    place: str = ""
    layout: Layout = Layout.NONE


def _processors(first: int, name: str, verb: Verb, start: int = 0) -> dict[int, Command]:
    """A command for each of the processors, for the own one and, where there is one, for all of them."""
    places = [f"CPU {n}" for n in range(start, 7)] + ["own CPU", "all CPUs"]
    return {first + at: Command(name, verb, place) for at, place in enumerate(places)}


BLOCK_TRANSFER, PROGRAM_VERSION = 0xA9, 0x20
COMMANDS: dict[int, Command] = {
    0x00: Command("Read Counter", Verb.READ, "counter", Layout.READ),
    0x01: Command("Read Display Register", Verb.READ),
    0x02: Command("Read Flag", Verb.READ, "flag", Layout.READ),
    0x03: Command("Read Input", Verb.READ, "input", Layout.READ),
    0x04: Command("Read Real Time Clock", Verb.READ),
    0x05: Command("Read Output", Verb.READ, "output", Layout.READ),
    0x06: Command("Read Register", Verb.READ, "register", Layout.READ),
    0x07: Command("Read Timer", Verb.READ, "timer", Layout.READ),
    0x0A: Command("Write Counter", Verb.WRITE, "counter", Layout.WRITE_WORDS),
    0x0B: Command("Write Flag", Verb.WRITE, "flag", Layout.WRITE_BITS),
    0x0C: Command("Write Real Time Clock", Verb.TIME_SYNC),
    0x0D: Command("Write Output", Verb.WRITE, "output", Layout.WRITE_BITS),
    0x0E: Command("Write Register", Verb.WRITE, "register", Layout.WRITE_WORDS),
    0x0F: Command("Write Timer", Verb.WRITE, "timer", Layout.WRITE_WORDS),
    0x13: Command("Read/Write Multi-Media", Verb.UNKNOWN),
    **{code: command for code, command in _processors(0x14, "Read PCD Status", Verb.DIAGNOSE).items() if code < 0x1C},
    0x1D: Command("Read S-Bus Station Number", Verb.IDENTIFY),
    0x1E: Command("Read User Memory", Verb.READ, "user memory", Layout.READ_MEMORY),
    0x1F: Command("Read Program Line", Verb.PROGRAM_UPLOAD, "program line", Layout.READ_MEMORY),
    PROGRAM_VERSION: Command("Read Firmware Version", Verb.IDENTIFY),
    0x21: Command("Read Text", Verb.READ),
    0x22: Command("Read Active Transition", Verb.DIAGNOSE),
    0x23: Command("Write User Memory", Verb.PROGRAM_DOWNLOAD, "user memory", Layout.WRITE_MEMORY),
    0x24: Command("Write Program Line", Verb.PROGRAM_DOWNLOAD),
    0x25: Command("Write Text", Verb.WRITE),
    **_processors(0x28, "Run Procedure", Verb.START),
    **_processors(0x32, "Restart Cold", Verb.RESTART, start=1),
    **_processors(0x3C, "Stop Procedure", Verb.STOP),
    0x46: Command("Read Arithmetic Status and Accumulator", Verb.DIAGNOSE),
    0x47: Command("Read Byte", Verb.READ, "byte", Layout.READ_MEMORY),
    0x48: Command("Read Halt Failure Register", Verb.DIAGNOSE),
    0x49: Command("Read Index Register", Verb.DIAGNOSE),
    0x4A: Command("Read Instruction Pointer", Verb.DIAGNOSE),
    0x4B: Command("Find History", Verb.DIAGNOSE),
    0x50: Command("Write Arithmetic Status and Accumulator", Verb.OPERATE),
    0x51: Command("Write Byte", Verb.WRITE, "byte", Layout.WRITE_MEMORY),
    0x52: Command("Write Index Register", Verb.OPERATE),
    0x53: Command("Write Instruction Pointer", Verb.OPERATE),
    0x5A: Command("Clear All", Verb.WRITE, "flags, outputs, registers, timers"),
    0x5B: Command("Clear Flags", Verb.WRITE, "flags"),
    0x5C: Command("Clear Outputs", Verb.WRITE, "outputs"),
    0x5D: Command("Clear Registers", Verb.WRITE, "registers"),
    0x5E: Command("Clear Timers", Verb.WRITE, "timers"),
    **_processors(0x64, "Restart Warm", Verb.RESTART, start=1),
    0x6E: Command("Change Block", Verb.PROGRAM_DOWNLOAD),
    0x6F: Command("Clear History Failure", Verb.OPERATE),
    0x70: Command("Delete Program Line", Verb.PROGRAM_DOWNLOAD),
    0x71: Command("Go Conditional", Verb.OPERATE),
    0x72: Command("Insert Program Line", Verb.PROGRAM_DOWNLOAD),
    0x73: Command("Local Cycle", Verb.OPERATE),
    0x74: Command("All Cycles", Verb.OPERATE),
    0x75: Command("Make Text", Verb.WRITE),
    0x76: Command("Execute Single Instruction", Verb.OPERATE),
    0x77: Command("Single Step", Verb.OPERATE),
    0x82: Command("XOB Interrupt", Verb.OPERATE, "XOB 17"),
    0x83: Command("XOB Interrupt", Verb.OPERATE, "XOB 18"),
    0x84: Command("XOB Interrupt", Verb.OPERATE, "XOB 19"),
    0x91: Command("Read Hang-up Timeout", Verb.READ),
    0x96: Command("Read Data Block", Verb.READ, "data block", Layout.READ_BLOCK),
    0x97: Command("Write Data Block", Verb.WRITE, "data block", Layout.WRITE_BLOCK),
    0x98: Command("Make Data Block", Verb.WRITE),
    0x99: Command("Clear Data Block", Verb.WRITE),
    0x9A: Command("Clear Text", Verb.WRITE),
    0x9B: Command("Read Block Address", Verb.DIAGNOSE),
    0x9C: Command("Read Block Sizes", Verb.DIAGNOSE),
    0x9D: Command("Read Current Block", Verb.DIAGNOSE),
    0x9E: Command("Read Call Stack", Verb.DIAGNOSE),
    0x9F: Command("Read DBX", Verb.READ, "DBX", Layout.READ_SPECIAL),
    0xA1: Command("Read User EEPROM Register", Verb.READ, "EEPROM register", Layout.READ_EEPROM),
    0xA3: Command("Write User EEPROM Register", Verb.WRITE),
    0xA5: Command("Erase Flash", Verb.PROGRAM_DOWNLOAD),
    0xA6: Command("Restart Cold Flag", Verb.RESTART),
    0xA7: Command("Write System Buffer", Verb.CONFIGURE),
    0xA8: Command("Read System Buffer", Verb.READ),
    BLOCK_TRANSFER: Command("Read/Write Block", Verb.UNKNOWN, layout=Layout.BLOCKS),
    0xAA: Command("Get Diagnostic", Verb.DIAGNOSE),
    0xAB: Command("Read System Information", Verb.IDENTIFY),
    0xAC: Command("Change Blocks on Run", Verb.PROGRAM_DOWNLOAD),
    0xAD: Command("Flash Card", Verb.UNKNOWN),
    0xAE: Command("Download Firmware", Verb.FIRMWARE_UPDATE),
    0xAF: Command("Web Server", Verb.UNKNOWN),
}


class Transfer(NamedTuple):
    """A telegram of Read/Write Block. Offsets from its type on; None: it does not name the block or the file."""

    name: str
    verb: Verb
    kind: int | None = None  # where the type of the block stands; the number of the block follows it
    file: int | None = None  # where the name of a file begins


TRANSFERS = {
    0x00: Transfer("start to write", Verb.PROGRAM_DOWNLOAD, 2, 7),
    0x01: Transfer("write", Verb.PROGRAM_DOWNLOAD),
    0x02: Transfer("end of writing", Verb.PROGRAM_DOWNLOAD),
    0x07: Transfer("abort writing", Verb.SESSION),
    0x08: Transfer("write bytes", Verb.PROGRAM_DOWNLOAD, 1),
    0x10: Transfer("start to read", Verb.PROGRAM_UPLOAD, 2, 3),
    0x11: Transfer("read", Verb.PROGRAM_UPLOAD),
    0x17: Transfer("abort reading", Verb.SESSION),
    0x18: Transfer("read bytes", Verb.PROGRAM_UPLOAD, 1, 10),
    0x20: Transfer("delete", Verb.PROGRAM_DOWNLOAD, 1, 2),
    0x21: Transfer("size", Verb.READ, 1, 2),
    0x22: Transfer("list program blocks", Verb.READ),
}
FILE_NAME = 24  # bytes at most
FILES = {0x20: "configuration file", 0x21: "program block file"}
BLOCKS = {
    0x00: "COB",
    0x01: "XOB",
    0x02: "PB",
    0x03: "FB",
    0x04: "ST or text",
    0x05: "TR or DB",
    0x08: "SB",
    0x09: "DBX",
    0x10: "BACnet configuration",
    0x11: "CANopen configuration",
    0x12: "LonIP configuration",
    **FILES,
    0xFE: "all configuration blocks",
    0xFF: "all blocks",
}

ACKNOWLEDGED = 0
REFUSALS = {
    1: "no reason given",
    2: "password",
    3: "PGU port in reduced protocol",
    4: "PGU port in use",
}
BLOCK_REFUSALS = {
    0x80: "refused",
    0x81: "unknown telegram type",
    0x82: "telegram type not supported",
    0x83: "unknown block type",
    0x84: "out of sequence",
    0x85: "block number not supported",
    0x86: "block too big",
    0x87: "invalid block address",
    0x88: "invalid CRC",
    0x89: "invalid status",
    0x8A: "invalid size of command",
}
