"""The configuration frames of IEEE C37.118.2-2011, sections 6.4 and 6.5: which PMUs a stream has."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from scanner.protocols.base import Malformed
from scanner.protocols.common.reader import Reader
from scanner.protocols.common.text import printable

CHANNEL_NAME = 16  # bytes of a name in configuration frames 1 and 2
BITS = 16  # names of a digital status word
MOST = 4096  # PMUs of one stream


@dataclass(frozen=True)
class Pmu:
    """One block of a configuration frame. ``nominal`` is the line frequency in Hz."""

    name: str
    idcode: int
    phasors: int
    analogs: int
    digitals: int
    nominal: int


class _Reader(Reader):
    """Reads the fields of a configuration forward; most are words of two bytes."""

    def number(self, size: int = 2) -> int:
        return super().number(size)

    def name(self) -> str:
        """A name with its length in front, as configuration frame 3 has it."""
        return printable(self.take(self.number(1)))


def pmus(data: bytes, frame: int) -> Iterator[Pmu]:
    """The PMU blocks of a configuration frame 1, 2 (section 6.4) or 3 (section 6.5), as far as they are there."""
    r = _Reader(data, 20 if frame == 3 else 18)
    count = r.number()
    if not 1 <= count <= MOST:
        raise Malformed("a configuration of {count} PMUs", count=count)
    for _ in range(count):
        yield _block_3(r) if frame == 3 else _block(r)


def _block(r: _Reader) -> Pmu:
    name, idcode, _ = printable(r.take(CHANNEL_NAME)), r.number(), r.number()
    phasors, analogs, digitals = r.number(), r.number(), r.number()
    r.take(CHANNEL_NAME * (phasors + analogs + BITS * digitals) + 4 * (phasors + analogs + digitals))
    nominal = r.number()
    r.take(2)
    return Pmu(name, idcode, phasors, analogs, digitals, _hertz(nominal))


def _block_3(r: _Reader) -> Pmu:
    name, idcode = r.name(), r.number()
    r.take(16 + 2)  # global PMU identifier, data format
    phasors, analogs, digitals = r.number(), r.number(), r.number()
    for _ in range(phasors + analogs + BITS * digitals):
        r.take(r.number(1))
    # Scale factors and masks; latitude, longitude, elevation, service class, window, group delay.
    r.take(12 * phasors + 8 * analogs + 4 * digitals + 4 * 3 + 1 + 4 + 4)
    nominal = r.number()
    r.take(2)
    return Pmu(name, idcode, phasors, analogs, digitals, _hertz(nominal))


def _hertz(word: int) -> int:
    return 50 if word & 1 else 60
