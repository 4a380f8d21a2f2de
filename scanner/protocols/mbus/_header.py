"""What stands in front of the data of M-Bus: who the meter is, and how its data are encrypted.

EN 13757-7:2018, clauses 7.2 to 7.6 (short and long header, configuration field), EN 13757-3:2018, 6 (identification),
EN 13757-2 (fixed data, secondary address).
"""

from __future__ import annotations

from dataclasses import dataclass

from scanner.protocols.base import Malformed
from scanner.wording import Said, said, verbatim

SHORT, LONG, FIXED = 4, 12, 16  # bytes
_LETTERS_ALLOWED = 4  # among the digits of an identification
_MEDIA = (
    (0x00, "other"), (0x01, "oil"), (0x02, "electricity"), (0x03, "gas"), (0x04, "heat, outlet"), (0x05, "steam"),
    (0x06, "warm water"), (0x07, "water"), (0x08, "heat cost allocator"), (0x09, "compressed air"),
    (0x0A, "cooling, outlet"), (0x0B, "cooling, inlet"), (0x0C, "heat, inlet"), (0x0D, "heat and cooling"),
    (0x0E, "bus or system"), (0x0F, "unknown medium"), (0x15, "hot water"), (0x16, "cold water"),
    (0x17, "dual register water"), (0x18, "pressure"), (0x19, "A/D converter"), (0x1A, "smoke detector"),
    (0x1B, "room sensor"), (0x1C, "gas detector"), (0x20, "breaker"), (0x21, "valve"), (0x25, "customer unit"),
    (0x28, "waste water"), (0x31, "communication controller"), (0x32, "unidirectional repeater"),
    (0x33, "bidirectional repeater"), (0x36, "radio converter, system side"), (0x37, "radio converter, meter side"),
)  # fmt: skip
MEDIA = dict(_MEDIA)
MODES = {
    0: "",
    2: "mode 2 (DES-CBC)",
    3: "mode 3 (DES-CBC)",
    5: "mode 5 (AES-128-CBC)",
    7: "mode 7 (AES-128-CBC, ephemeral key)",
    8: "mode 8 (AES-128-CTR)",
    9: "mode 9 (AES-128-GCM)",
    10: "mode 10 (AES-128-CCM)",
    13: "mode 13 (TLS)",
}


@dataclass(frozen=True)
class Header:
    """meter: identification, manufacturer and medium, where they are told. mode: how what follows is encrypted; in
    modes 5 and 7 so many ``blocks`` of 16 bytes of it. size: bytes of the header.
    """

    meter: Said | None
    mode: int
    blocks: int
    size: int

    @property
    def encrypted(self) -> bool:
        """Something behind it cannot be read."""
        return self.mode != 0 and not (self.mode in (5, 7) and self.blocks == 0)


def identification(raw: bytes) -> str:
    """Eight digits (BCD), the last first; F stands for any."""
    return raw[::-1].hex().upper()


def manufacturer(raw: bytes) -> str:
    """Three letters, five bits each; empty where it is none."""
    value = int.from_bytes(raw, "little") & 0x7FFF
    letters = [(value >> shift & 0x1F) + 0x40 for shift in (10, 5, 0)]
    return "".join(map(chr, letters)) if all(0x41 <= c <= 0x5A for c in letters) else ""


def meter(raw: bytes) -> Said:
    """Identification, manufacturer, version and medium: eight bytes, as a secondary address has them."""
    maker, medium = manufacturer(raw[4:6]), raw[7]
    known = MEDIA.get(medium, f"medium 0x{medium:02X}") if medium != 0xFF else ""
    return verbatim(" ".join(filter(None, (maker, identification(raw[:4]), known))))


def header(kind: str, data: bytes) -> Header:
    """The header of a kind at the beginning of ``data``; Malformed when it is cut short."""
    if kind == "none":
        return Header(None, 0, 0, 0)
    size = LONG if kind == "long" else SHORT
    if len(data) < size:
        raise Malformed("a header cut short")
    configuration = int.from_bytes(data[size - 2 : size], "little")
    mode = configuration >> 8 & 0x1F
    return Header(meter(data) if kind == "long" else None, mode, configuration >> 4 & 0x0F, size)


def names_meter(raw: bytes) -> bool:
    """A long header begins with eight digits, or nearly so, and with a manufacturer; some meters keep to neither."""
    digits = [n for b in raw[:4] for n in (b >> 4, b & 0x0F)]
    return sum(n > 9 for n in digits) <= _LETTERS_ALLOWED and manufacturer(raw[4:6]) != ""


def mode_in_words(found: Header) -> Said | None:
    """How what follows is encrypted."""
    if not found.mode:
        return None
    name = MODES.get(found.mode) or f"mode {found.mode}"
    if found.mode in (5, 7):
        return said("encrypted in {name}, blocks: {n}", name=name, n=found.blocks)
    return said("encrypted in {name}", name=name)
