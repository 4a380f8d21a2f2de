"""Numbers, values and objects of S7comm-plus: only what is needed to walk over them and pick out texts.

Numbers have seven bits an octet, high first, with the top bit on all but the last; the ninth octet of a 64-bit number
has eight. A value is flags, a type, and what the type says; an object is a list of elements.
"""

from __future__ import annotations

from scanner.protocols.base import Malformed
from scanner.protocols.common.reader import Reader
from scanner.protocols.s7._s7comm_plus_names import NUMBERED, OBJECTS
from scanner.wording import said

_OBJECT, _END, _ATTRIBUTE, _RELATION = range(0xA1, 0xA5)
_ARRAYS, _SPARSE = 0x30, 0x40
_BLOB, _TEXT, _STRUCT = 0x14, 0x15, 0x17
_FIXED = {0x00: 0, 0x01: 1, 0x02: 1, 0x03: 2, 0x06: 1, 0x07: 2, 0x0A: 1, 0x0B: 2, 0x0C: 4, 0x0D: 8}
_FIXED |= {0x0E: 4, 0x0F: 8, 0x10: 8, 0x12: 4}
_NUMBERS = {0x04, 0x05, 0x08, 0x09, 0x11, 0x13}
_MOST = 256  # elements and array members looked at


class Walk:
    """Goes through bytes from their start; Malformed when they end too soon."""

    def __init__(self, data: bytes) -> None:
        self._reader = Reader(data)

    @property
    def data(self) -> bytes:
        """All bytes."""
        return self._reader.data

    @property
    def at(self) -> int:
        """Where it stands."""
        return self._reader.at

    def take(self, count: int) -> bytes:
        """The next ``count`` bytes."""
        return self._reader.take(count)

    def octet(self) -> int:
        """The next byte."""
        return self.take(1)[0]

    def number(self) -> int:
        """The next variable-length number, of 64 bits at most."""
        value = 0
        for _ in range(8):
            octet = self.octet()
            value = value << 7 | octet & 0x7F
            if octet < 0x80:
                return value
        return value << 8 | self.octet()

    def rid(self) -> int:
        """A relation identifier in four octets."""
        return int.from_bytes(self.take(4), "big")

    def value(self) -> tuple[bytes, bool]:
        """(the bytes of a text or blob, whether a structure's members follow)."""
        flags, kind = self.octet(), self.octet()
        if kind == _STRUCT:
            self.rid()
            return b"", True
        count = self.number() if flags & _ARRAYS else 1
        found = b""
        if kind in _FIXED and not flags & _SPARSE:
            self.take(_FIXED[kind] * count)  # at once: a count may claim more members than there are atoms
            return b"", False
        for _ in range(_MOST if flags & _SPARSE else count):
            if flags & _SPARSE and not self.number():
                break
            found = self._one(kind)
        return found, False

    def _one(self, kind: int) -> bytes:
        if kind in _FIXED:
            self.take(_FIXED[kind])
        elif kind in _NUMBERS:
            self.number()
        elif kind == _TEXT or (kind == _BLOB and not self.number()):
            return self.take(self.number())
        else:
            raise Malformed("value of type 0x{kind:02X} is not walked over", kind=kind)
        return b""


def texts(data: bytes) -> dict[int, bytes]:
    """Attribute -> text or blob (empty for other values) of the objects in ``data``, as far as they can be followed."""
    walk, found = Walk(data), dict[int, bytes]()
    try:
        while walk.at < len(data):
            _element(walk, found)
    except Malformed:
        pass  # cut short, or a kind of value that is not walked over: what was found before it counts
    return found


def _element(walk: Walk, found: dict[int, bytes]) -> None:
    kind = walk.octet()
    if kind == _OBJECT:
        walk.rid()
        walk.number()
        walk.number()
        if walk.number():
            walk.number()
    elif kind == _RELATION:
        walk.number()
        walk.rid()
    elif kind == _ATTRIBUTE:
        depth = _member(walk, found)
        while depth:
            depth += _member(walk, found)
    elif kind != _END:
        raise Malformed("no element")


def _member(walk: Walk, found: dict[int, bytes]) -> int:
    """Read one identifier and value; by how much the nesting of structures changed."""
    number = walk.number()
    if not number:
        return -1
    content, structure = walk.value()
    found.setdefault(number, content)
    return 1 if structure else 0


def object_name(rid: int) -> str:
    """The object of a relation identifier, readable and the same in every session: "CPU", "DB5", "dynamic object"."""
    if rid in OBJECTS:
        return OBJECTS[rid]
    if rid >> 16 in NUMBERED:
        return f"{NUMBERED[rid >> 16]}{rid & 0xFFFF}"
    if rid >> 28 in (1, 7):
        return said("dynamic object")
    return said("type information") if rid >> 24 in range(0x90, 0xA0) else f"object 0x{rid:08X}"
