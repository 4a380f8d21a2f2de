"""The frames of SLMP: 3E and 4E, binary and ASCII, as one shape; ASCII data are turned into what binary would say.

Mitsubishi Electric SH(NA)-080956ENG, SLMP Reference Manual, chapter 4 (message formats).
"""

from __future__ import annotations

from dataclasses import dataclass

from scanner.protocols.base import Malformed
from scanner.wording import said


@dataclass(frozen=True)
class Layout:
    """Where a frame has what: ``base`` is where its length stands, in ASCII in twice as many characters."""

    name: str
    request: bytes
    response: bytes
    base: int
    ascii: bool

    @property
    def step(self) -> int:
        """Characters of one byte."""
        return 2 if self.ascii else 1

    @property
    def after(self) -> int:
        """Where the bytes begin that the length counts."""
        return self.base + 2 * self.step

    @property
    def command(self) -> int:
        return self.after + 2 * self.step

    @property
    def data(self) -> int:
        return self.command + 4 * self.step

    @property
    def answer(self) -> int:
        """Where the data of an answer begin, behind its end code."""
        return self.after + 2 * self.step


LAYOUTS = (
    Layout("3E binary", b"\x50\0", b"\xd0\0", 7, ascii=False),
    Layout("4E binary", b"\x54\0", b"\xd4\0", 11, ascii=False),
    Layout("3E ASCII", b"5000", b"D000", 14, ascii=True),
    Layout("4E ASCII", b"5400", b"D400", 22, ascii=True),
)


@dataclass(frozen=True)
class Frame:
    """A frame; ``data`` as far as kept: binary bytes, or the ASCII text of them."""

    layout: Layout
    is_answer: bool
    network: int
    station: int
    module: int
    command: int
    subcommand: int
    end: int
    data: bytes
    complete: bool

    @property
    def unit(self) -> str:
        """Where the access goes: the station connected to, or another one by network, station and module."""
        if (self.network, self.station, self.module) == (0, 0xFF, 0x03FF):
            return said("own station")
        if self.module == 0x03FF:
            return said("network {network} station {station}", network=self.network, station=self.station)
        return said(
            "network {network} station {station} module {module}",
            network=self.network,
            station=self.station,
            module=f"0x{self.module:04X}",
        )


def parse(data: bytes, length: int) -> Frame:
    """The frame of a message of ``length`` bytes, of which ``data`` are kept."""
    layout = next((x for x in LAYOUTS if data.startswith((x.request, x.response))), None)
    if layout is None:
        raise Malformed("subheader of no SLMP frame")
    is_answer = data.startswith(layout.response)
    if len(data) < (layout.answer if is_answer else layout.data):
        raise Malformed("{length} bytes are too few for a frame {name}", length=len(data), name=layout.name)
    size = _number(layout, data, layout.base, 2)
    if layout.after + size != length:
        raise Malformed("length says {stated} bytes, there are {length}", stated=layout.after + size, length=length)
    at, whole = layout.base - 5 * layout.step, len(data) == length
    network, station = (_number(layout, data, at + n * layout.step, 1) for n in (0, 1))
    module = _number(layout, data, at + 2 * layout.step, 2)
    if is_answer:
        end = _number(layout, data, layout.after, 2)
        return Frame(layout, True, network, station, module, 0, 0, end, data[layout.answer :], whole)
    command, sub = (_number(layout, data, layout.command + n * layout.step, 2) for n in (0, 2))
    return Frame(layout, False, network, station, module, command, sub, 0, data[layout.data :], whole)


def _number(layout: Layout, data: bytes, at: int, size: int) -> int:
    if layout.ascii:
        return hexadecimal(data, at, 2 * size)
    return int.from_bytes(data[at : at + size], "little")


def hexadecimal(data: bytes, at: int, size: int) -> int:
    """The number that ``size`` hexadecimal digits at ``at`` say."""
    text = data[at : at + size]
    if len(text) < size or not all(c in b"0123456789ABCDEFabcdef" for c in text):
        raise Malformed("{size} hexadecimal digits expected at {at}", size=size, at=at)
    return int(text, 16)


class Reader:
    """Reads the data of a request forward, in either code."""

    def __init__(self, frame: Frame) -> None:
        self.ascii, self.raw, self.at = frame.layout.ascii, frame.data, 0

    def left(self) -> bool:
        return self.at < len(self.raw)

    def take(self, size: int) -> bytes:
        if self.at + size > len(self.raw):
            raise Malformed("{size} more bytes expected behind byte {at} of the data", size=size, at=self.at)
        self.at += size
        return self.raw[self.at - size : self.at]

    def number(self, size: int) -> int:
        """A number of ``size`` bytes."""
        if self.ascii:
            return hexadecimal(self.take(2 * size), 0, 2 * size)
        return int.from_bytes(self.take(size), "little")
