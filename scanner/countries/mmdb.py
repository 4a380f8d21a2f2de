"""MaxMind DB files, read for the country of single addresses.

MaxMind DB File Format Specification 2.0: metadata at the end of the file, a binary tree over the bits of addresses, and
a section of data to which its leaves point. Databases of MaxMind, DB-IP, IPinfo, IPLocate and others have this form,
with the country under different keys. Nothing in a file is trusted: every step of the tree and of the data is counted.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from scanner.addresses import Address
from scanner.errors import InputError
from scanner.wording import Said, said

_MARK = b"\xab\xcd\xefMaxMind.com"
_METADATA = 128 * 1024  # bytes in which it stands, from the end
_GAP = 16  # bytes of zero between the tree and the data
_MOST_STEPS = 4096  # elements of the data of one address
_MOST_DEPTH = 16
_EXTENDED, _POINTER, _TEXT, _MAP, _ARRAY, _BOOLEAN = 0, 1, 2, 7, 11, 14
_NUMBERS = {5: 2, 6: 4, 8: 4, 9: 8, 10: 16}  # type -> the most bytes of one
_FLOATS = {3: ">d", 15: ">f"}
_BYTES = 4


class _Wrong(Exception):
    """The file contradicts its format."""


def is_mmdb(data: bytes) -> bool:
    """Whether metadata stands at its end."""
    return _MARK in data[-_METADATA:]


@dataclass(frozen=True, slots=True)
class _Tree:
    """The search tree: how many nodes, bits of a record, and whether addresses of IPv6 are in it."""

    nodes: int
    bits: int
    version: int

    @property
    def node(self) -> int:
        """Bytes of a node."""
        return self.bits // 4

    @property
    def size(self) -> int:
        """Bytes of the tree."""
        return self.nodes * self.node


def look_up(data: bytes, source: str, addresses: Iterable[Address]) -> dict[str, str]:
    """Address -> what is written as its country; InputError where the file is none that can be used."""
    try:
        tree = _tree(data)
    except _Wrong:
        raise InputError(source, _broken()) from None
    found: dict[str, str] = {}
    known: dict[int, str] = {}  # record -> country: many addresses share one
    for address in addresses:
        try:
            record = _record(data, tree, address)
            if record not in known:
                known[record] = _country(data, tree, record) if record > tree.nodes else ""
        except (_Wrong, struct.error):
            raise InputError(source, _broken()) from None
        if known[record]:
            found[address.text] = known[record]
    return found


def _broken() -> Said:
    return said("is a damaged database of addresses (MMDB)")


def _tree(data: bytes) -> _Tree:
    at = data.rindex(_MARK) + len(_MARK)
    about = _Values(data, at).value(at)[0]
    if not isinstance(about, Mapping):
        raise _Wrong
    nodes, bits, version = (about.get(name) for name in ("node_count", "record_size", "ip_version"))
    if not (isinstance(nodes, int) and isinstance(version, int) and isinstance(bits, int)):
        raise _Wrong
    tree = _Tree(nodes, bits, version)
    if bits not in (24, 28, 32) or version not in (4, 6) or not nodes or tree.size + _GAP > at:
        raise _Wrong
    return tree


def _record(data: bytes, tree: _Tree, address: Address) -> int:
    """The record at which the address ends: the number of nodes where nothing is known of it, more where it is."""
    width = 32 if address.version == 4 else 128
    if width == 128 and tree.version == 4:
        return tree.nodes
    bits = [0] * (128 - width) if tree.version == 6 else []
    bits += [address.number >> shift & 1 for shift in range(width - 1, -1, -1)]
    node = 0
    for bit in bits:
        if node >= tree.nodes:
            break
        node = _next(data, tree, node, bit)
    if node < tree.nodes:
        raise _Wrong  # an address has no more bits
    return node


def _next(data: bytes, tree: _Tree, node: int, bit: int) -> int:
    at = node * tree.node
    raw = data[at : at + tree.node]
    if tree.bits == 28:
        half = raw[3] >> 4 if not bit else raw[3] & 15
        rest = raw[:3] if not bit else raw[4:]
        return half << 24 | int.from_bytes(rest, "big")
    size = tree.bits // 8
    return int.from_bytes(raw[size:] if bit else raw[:size], "big")


def _country(data: bytes, tree: _Tree, record: int) -> str:
    start = tree.size + _GAP
    value = _Values(data, start).value(start + record - tree.nodes - _GAP)[0]
    if not isinstance(value, Mapping):
        return ""
    country = value.get("country")
    for code in (
        country.get("iso_code") if isinstance(country, Mapping) else country,
        value.get("country_code"),
        value.get("countryCode"),
    ):
        if isinstance(code, str) and code:
            return code.upper()
    return ""


def _plain(kind: int, raw: bytes) -> object:
    """Text, number or bytes."""
    if kind == _TEXT:
        return raw.decode("utf-8", "replace")
    if kind in _NUMBERS and len(raw) <= _NUMBERS[kind]:
        return int.from_bytes(raw, "big")
    if kind in _FLOATS and len(raw) == struct.calcsize(_FLOATS[kind]):
        return struct.unpack(_FLOATS[kind], raw)[0]
    if kind == _BYTES:
        return raw
    raise _Wrong


class _Values:
    """Values of the data section that begins at ``start``; each costs a step, of which there are a few thousand."""

    def __init__(self, data: bytes, start: int) -> None:
        self._data, self._start, self._steps = data, start, _MOST_STEPS

    def value(self, at: int, depth: int = 0, *, pointed: bool = False) -> tuple[object, int]:
        """The value at ``at``, and where the next begins."""
        self._steps -= 1
        if self._steps < 0 or depth > _MOST_DEPTH:
            raise _Wrong
        control = self._take(at, 1)[0]
        kind, size, at = control >> 5, control & 31, at + 1
        if kind == _POINTER:
            if pointed:
                raise _Wrong  # to another pointer
            target, after = self._pointer(size, at)
            return self.value(target, depth + 1, pointed=True)[0], after
        if kind == _EXTENDED:
            kind, at = self._take(at, 1)[0] + 7, at + 1
        if size >= 29:
            width = size - 28
            size = (29, 285, 65821)[width - 1] + int.from_bytes(self._take(at, width), "big")
            at += width
        return self._of(kind, size, at, depth)

    def _of(self, kind: int, size: int, at: int, depth: int) -> tuple[object, int]:
        if kind == _MAP:
            return self._map(size, at, depth)
        if kind == _ARRAY:
            items = []
            for _ in range(size):
                item, at = self.value(at, depth + 1)
                items.append(item)
            return items, at
        if kind == _BOOLEAN:
            return bool(size), at
        return _plain(kind, self._take(at, size)), at + size

    def _map(self, size: int, at: int, depth: int) -> tuple[Mapping[str, object], int]:
        found: dict[str, object] = {}
        for _ in range(size):
            key, at = self.value(at, depth + 1)
            value, at = self.value(at, depth + 1)
            if not isinstance(key, str):
                raise _Wrong
            found[key] = value
        return found, at

    def _pointer(self, size: int, at: int) -> tuple[int, int]:
        """Where it points, and where the next value begins."""
        width = (size >> 3) + 1
        raw = int.from_bytes(self._take(at, width), "big")
        if width < 4:
            raw |= (size & 7) << 8 * width
        return self._start + raw + (0, 2048, 526336, 0)[width - 1], at + width

    def _take(self, at: int, size: int) -> bytes:
        raw = self._data[at : at + size]
        if at < 0 or len(raw) != size:
            raise _Wrong
        return raw
