"""Reads the parts of MQTT packets, forward (MQTT 5.0, sections 1.5 and 2.2.2)."""

from __future__ import annotations

from scanner.protocols._mqtt_names import NUMBER, PAIR, PROPERTY_SIZES, TEXT
from scanner.protocols.base import Malformed


class Reader:
    """Reads forward; what is not there is Malformed."""

    def __init__(self, data: bytes, at: int, end: int) -> None:
        self.data, self.at, self.end = data, at, end

    def left(self) -> bool:
        return self.at < self.end

    def take(self, size: int) -> bytes:
        if self.at + size > min(self.end, len(self.data)):
            raise Malformed(f"{size} bytes expected at byte {self.at} of {len(self.data)}")
        self.at += size
        return self.data[self.at - size : self.at]

    def number(self, size: int) -> int:
        return int.from_bytes(self.take(size), "big")

    def string(self) -> bytes:
        return self.take(self.number(2))

    def varint(self) -> int:
        value = 0
        for n in range(4):
            byte = self.number(1)
            value |= (byte & 0x7F) << 7 * n
            if not byte & 0x80:
                return value
        raise Malformed("a length of more than four bytes")

    def properties(self) -> dict[int, bytes]:
        """Identifier -> value of the properties of version 5 (section 2.2.2)."""
        end = self.varint() + self.at
        found = {}
        while self.at < end:
            identifier = self.varint()
            if identifier not in PROPERTY_SIZES:
                raise Malformed(f"property {identifier}")
            at, size = self.at, PROPERTY_SIZES[identifier]
            if size == PAIR:
                self.string()
                self.string()
            elif size == TEXT:
                self.string()
            elif size == NUMBER:
                self.varint()
            else:
                self.take(size)
            found[identifier] = self.data[at : self.at]
        if self.at != end:
            raise Malformed("properties longer than they say")
        return found
