"""Reads the parts of MQTT packets, forward (MQTT 5.0, sections 1.5 and 2.2.2)."""

from __future__ import annotations

from scanner.protocols.base import Malformed
from scanner.protocols.common.reader import Reader
from scanner.protocols.mqtt._names import NUMBER, PAIR, PROPERTY_SIZES, TEXT


class MqttReader(Reader):
    """Reads the data representations of MQTT forward."""

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
                raise Malformed("property {identifier}", identifier=identifier)
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
