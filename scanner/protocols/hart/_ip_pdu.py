"""The HART frame inside a HART-IP message: delimiter, address, command, status, check byte; what answers identify.

FieldComm Group HCF_SPEC-081, Token-Passing Data Link Layer Specification (frame); HCF_SPEC-127, Universal Command
Specification (commands 0, 11, 13, 20, 21, 22); HCF_SPEC-151, Common Practice Command Specification (command 73);
HCF_SPEC-099, Command Summary Specification (packed ASCII).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce
from operator import xor

from scanner.protocols.base import Identity, Malformed
from scanner.protocols.common.text import printable
from scanner.protocols.hart._ip_names import BEHIND_A_GATEWAY, MANUFACTURERS, PROFILES
from scanner.wording import said

BURST, STX, ACK = 1, 2, 6
UNIQUE_IDENTIFIER = (0, 11, 21, 73)
PACKED_TAG, LONG_TAG = (13, 18), (20, 22)


@dataclass(frozen=True)
class Frame:
    """One HART frame; ``data`` is without the response code and the device status of an answer."""

    kind: int
    address: bytes
    command: int
    response: int
    data: bytes

    @property
    def unit(self) -> str:
        """Polling address, or device type and identifier of the unique address."""
        if len(self.address) == 1:
            return str(self.address[0] & 0x3F)
        device_type = int.from_bytes(self.address[:2], "big") & 0x3FFF
        identifier = int.from_bytes(self.address[2:], "big")
        return said("type {word} id {word2}", word=f"0x{device_type:04X}", word2=identifier)


def parse(raw: bytes, length: int) -> Frame:
    """The frame of ``length`` bytes, of which ``raw`` are kept; the check byte is checked when all are there."""
    if len(raw) < 4:
        raise Malformed("HART frame cut short")
    kind, size = raw[0] & 0x07, 5 if raw[0] & 0x80 else 1
    at = 1 + size + (raw[0] >> 5 & 3)
    if kind not in (BURST, STX, ACK):
        raise Malformed("delimiter 0x{octet:02X} does not exist", octet=raw[0])
    if len(raw) < at + 2:
        raise Malformed("HART frame cut short")
    command, count = raw[at], raw[at + 1]
    if at + 2 + count + 1 != length:
        raise Malformed("byte count says {stated} bytes, there are {length}", stated=at + 2 + count + 1, length=length)
    if len(raw) == length and reduce(xor, raw):
        raise Malformed("check byte of the HART frame")
    body = raw[at + 2 : at + 2 + count]
    if kind == STX:
        return Frame(kind, raw[1 : 1 + size], command, 0, body)
    if len(body) < 2:
        raise Malformed("answer without response code")
    return Frame(kind, raw[1 : 1 + size], command, body[0], body[2:])


def packed(raw: bytes) -> str:
    """Packed ASCII: four characters of six bits in three bytes."""
    bits = int.from_bytes(raw, "big")
    codes = [bits >> shift & 0x3F for shift in range(8 * len(raw) - 6, -1, -6)]
    return "".join(chr(code | 0x40 if code < 0x20 else code) for code in codes).strip()


def identities(frame: Frame) -> Iterator[Identity]:
    """What an answer says of the device; instruments behind a wireless gateway have no IP address and are left out."""
    data = frame.data
    if frame.command in UNIQUE_IDENTIFIER and len(data) >= 12 and data[0] in (0xFE, 0xFF):
        yield from _unique(data)
    elif frame.command in PACKED_TAG and len(data) >= 6:
        yield from _named(packed(data[:6]))
    elif frame.command in LONG_TAG and len(data) >= 32:
        yield from _named(printable(data[:32]))


def _named(tag: str) -> Iterator[Identity]:
    if tag.strip("@? "):
        yield Identity("name", tag)


def _unique(data: bytes) -> Iterator[Identity]:
    """Universal revision 7 names manufacturer and profile; before, the device type begins with the manufacturer."""
    new = data[4] >= 7 and len(data) >= 22
    if new and data[21] in BEHIND_A_GATEWAY:
        return
    manufacturer = int.from_bytes(data[17:19], "big") if new else data[1]
    if manufacturer in MANUFACTURERS:
        yield Identity("vendor", MANUFACTURERS[manufacturer])
    profile = f" ({PROFILES[data[21]]})" if new and data[21] in PROFILES else ""
    yield Identity("model", f"HART device type 0x{data[1]:02X}{data[2]:02X}{profile}")
    yield Identity("serial", str(int.from_bytes(data[9:12], "big")))
    yield Identity("firmware", f"device revision {data[5]}, software revision {data[6]}")
    yield Identity("hardware_revision", str(data[7] >> 3))
