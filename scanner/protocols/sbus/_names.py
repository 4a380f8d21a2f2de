"""Ether-S-Bus: commands and how they say what they touch, block types, reasons of refusal.

Saia-Burgess 26/739, S-Bus manual, and the public dissectors of Wireshark and nDPI.
"""

from __future__ import annotations

import enum
from typing import NamedTuple

from scanner.code_tables import rows_table
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


BLOCK_TRANSFER, PROGRAM_VERSION = 0xA9, 0x20
COMMANDS = {
    int(code, 0): Command(name, Verb(verb), place, Layout[layout])
    for code, name, verb, place, layout in rows_table(__package__, "commands.tsv")
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
