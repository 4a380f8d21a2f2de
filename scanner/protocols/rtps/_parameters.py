"""The parameter lists in which RTPS participants and endpoints announce themselves.

OMG DDSI-RTPS 2.5, sections 9.4.2.11 and 9.6.3; DDS-Security 1.1, section 7.4.1.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from scanner.protocols.base import Malformed
from scanner.protocols.common.text import readable

PAD, SENTINEL = 0x0000, 0x0001
TOPIC_NAME, TYPE_NAME, DOMAIN_ID, PROPERTIES, ENDPOINT_GUID, ENTITY_NAME, IDENTITY_TOKEN = (
    0x0005,
    0x0007,
    0x000F,
    0x0059,
    0x005A,
    0x0062,
    0x1001,
)
Order = Literal["big", "little"]
ORDERS: dict[int, Order] = {0x0002: "big", 0x0003: "little", 0x000A: "big", 0x000B: "little"}
ENCAPSULATION = 4  # bytes: kind and options
MOST = 256


def _read(data: bytes, at: int, order: Order) -> Iterator[tuple[int, bytes, int]]:
    """(identifier, value, where the next one begins) of a list that begins at ``at``."""
    for _ in range(MOST):
        if at + 4 > len(data):
            raise Malformed("the parameter list does not end")
        identifier = int.from_bytes(data[at : at + 2], order)
        size = 0 if identifier == SENTINEL else int.from_bytes(data[at + 2 : at + 4], order)
        at += 4 + size
        if at > len(data):
            raise Malformed("a parameter ends behind its message")
        yield identifier, data[at - size : at], at
        if identifier == SENTINEL:
            return


def end(data: bytes, at: int, order: Order) -> int:
    """Where the parameter list (inline QoS) ends that begins at ``at``."""
    for _, _, after in _read(data, at, order):
        at = after
    return at


class Parameters:
    """The parameters of one payload (``data`` from the encapsulation on); of repeated ones the first counts."""

    def __init__(self, data: bytes, *, whole: bool = True) -> None:
        kind = int.from_bytes(data[:2], "big")
        if len(data) < ENCAPSULATION or kind not in ORDERS:
            raise Malformed("a discovery payload is a parameter list")
        self.order = ORDERS[kind]
        self.values: dict[int, bytes] = {}
        try:
            for identifier, value, _ in _read(data, ENCAPSULATION, self.order):
                self.values.setdefault(identifier, value)
        except Malformed:
            if whole:
                raise

    def number(self, identifier: int) -> int | None:
        """A parameter of four bytes; None when it is not there."""
        value = self.values.get(identifier, b"")
        return int.from_bytes(value[:4], self.order) if len(value) >= 4 else None

    def text(self, identifier: int) -> str:
        """A string; empty when it is not there."""
        return self._text(self.values.get(identifier, b""), 0)[0]

    def properties(self) -> Iterator[tuple[str, str]]:
        """Names and values, as far as they are there."""
        value = self.values.get(PROPERTIES, b"")
        at = 4
        for _ in range(min(int.from_bytes(value[:4], self.order), MOST)):
            name, at = self._text(value, at)
            text, at = self._text(value, at)
            if not at:
                return
            yield name, text

    def _text(self, value: bytes, at: int) -> tuple[str, int]:
        """(string at ``at``, where the next one begins); where it is cut off, ("", 0)."""
        size = int.from_bytes(value[at : at + 4], self.order)
        end = at + 4 + size
        if not at + 4 <= end <= len(value):
            return "", 0
        return readable(value[at + 4 : end].split(b"\0")[0]), end + -end % 4
