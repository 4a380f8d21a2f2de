"""Reads fields one after the other from bytes that came from the wire."""

from __future__ import annotations

from typing import ClassVar, Literal

from scanner.protocols.base import Malformed

_STEPS, _STEPS_OF_A_BYTE = 64, 4  # that reading a message may take, some bytes being looked at more than once


class Reader:
    """Reads forward from ``at`` to ``end`` (the end of ``data`` unless said); what is not there is Malformed.

    ``end`` may lie behind ``data`` when only a part of the message was kept. Every field taken costs a step, of which
    there are as many as the bytes explain, so that no claimed count can be looped over for nothing.
    """

    order: ClassVar[Literal["big", "little"]] = "big"

    def __init__(self, data: bytes, at: int = 0, end: int | None = None) -> None:
        self.data, self.at, self.end = data, at, len(data) if end is None else end
        self.steps = _STEPS + _STEPS_OF_A_BYTE * len(data)

    @property
    def left(self) -> int:
        """Bytes not yet taken, of those that were on the wire."""
        return self.end - self.at

    def take(self, size: int) -> bytes:
        """The next ``size`` bytes."""
        at, data = self.at, self.data
        end = at + size
        self.steps -= 1  # fields of no bytes too
        if self.steps < 0:
            raise Malformed("more fields than {length} bytes can hold", length=len(data))
        if size < 0 or end > self.end or end > len(data):
            raise Malformed("{size} bytes expected at byte {at} of {length}", size=size, at=at, length=len(data))
        self.at = end
        return data[at:end]

    def number(self, size: int) -> int:
        """The next ``size`` bytes as an unsigned number."""
        return int.from_bytes(self.take(size), self.order)


class LittleEndianReader(Reader):
    """The same where the least significant byte comes first."""

    order = "little"
