"""Lists of ranges of addresses with a country, one a line: CSV, or parted by tabs.

First and last address of a range, as addresses (DB-IP Lite, iptoasn) or as numbers (IP2Location Lite), or one network
with its prefix; then, somewhere behind, two capital letters. Lines of anything else are passed over.
"""

from __future__ import annotations

import io
import re
import socket
from bisect import bisect_left
from collections.abc import Iterable, Iterator

from scanner.addresses import Address
from scanner.errors import InputError
from scanner.wording import said

_LONGEST = 4096  # bytes of a line; what is longer is passed over
MOST_LINES = 20_000_000
_CODE = re.compile(rb"[A-Z]{2}")
_CONTINENTS = frozenset({"AF", "AN", "AS", "EU", "NA", "OC", "SA"})
_MAPPED = 0xFFFF << 32  # where IPv4 stands among numbers of IPv6
_WIDTHS = {4: 32, 6: 128}
_Range = tuple[int, int, int]  # version, first, last


class Wanted:
    """Addresses in their order, and of each the narrowest range that has it."""

    def __init__(self, addresses: Iterable[Address]) -> None:
        given = list(addresses)
        self._sorted = {
            version: sorted((a.number, a.text) for a in given if a.version == version) for version in _WIDTHS
        }
        self._found: dict[str, tuple[int, str]] = {}

    def range(self, version: int, first: int, last: int, country: str) -> None:
        """What a line says."""
        known = self._sorted[version]
        for number, text in known[bisect_left(known, (first, "")) :]:
            if number > last:
                break
            before = self._found.get(text)
            if before is None or last - first < before[0]:
                self._found[text] = last - first, country

    @property
    def countries(self) -> dict[str, str]:
        """Address -> country."""
        return {text: country for text, (_, country) in self._found.items()}


def in_ranges(data: bytes, source: str, wanted: Wanted) -> dict[str, str]:
    """Address -> country; InputError when there is no range in it."""
    read = 0
    for (version, first, last), country in _lines(data):
        read += 1
        wanted.range(version, first, last, country)
    if not read:
        what = said("has no ranges of addresses with their countries")
        raise InputError(source, what, remedy=said("give a CSV of ranges (DB-IP, IP2Location) or an MMDB file"))
    return wanted.countries


def _lines(data: bytes) -> Iterator[tuple[_Range, str]]:
    stream = io.BytesIO(data)
    for _ in range(MOST_LINES):
        line = stream.readline(_LONGEST)
        if not line:
            return
        fields = [
            field.strip(b' "\r\n') for field in line.split(b"\t" if b"\t" in line else b"," if b"," in line else b";")
        ]
        found = _range(fields)
        if found is None:
            continue
        span, rest = found
        if code := _code(rest):
            yield span, code


def _code(fields: list[bytes]) -> str:
    """The country, which may stand behind its continent; empty where there is none."""
    codes = [field.decode() for field in fields[:2] if _CODE.fullmatch(field)]
    if len(codes) > 1:
        return codes[codes[0] in _CONTINENTS]
    return next((field.decode() for field in fields if _CODE.fullmatch(field)), "")


def _range(fields: list[bytes]) -> tuple[_Range, list[bytes]] | None:
    """The range with which a line begins, and the fields behind it."""
    if b"/" in fields[0]:
        return _network(fields)
    if len(fields) < 3:
        return None
    first, last = fields[:2]
    span: _Range | None
    if first.isdigit() and last.isdigit() and max(len(first), len(last)) < 40:
        span = _numbers(int(first), int(last))
    else:
        low, high = _address(first), _address(last)
        span = (low[0], low[1], high[1]) if low and high and low[0] == high[0] else None
    return (span, fields[2:]) if span and span[1] <= span[2] < 1 << _WIDTHS[span[0]] else None


def _network(fields: list[bytes]) -> tuple[_Range, list[bytes]] | None:
    text, _, size = fields[0].partition(b"/")
    found = _address(text)
    if not found or not size.isdigit() or len(size) > 3:
        return None
    version, number = found
    rest = _WIDTHS[version] - int(size)
    if rest < 0:
        return None
    first = number >> rest << rest
    return (version, first, first | (1 << rest) - 1), fields[1:]


def _numbers(first: int, last: int) -> _Range:
    """IPv4, or IPv6, in which IPv4 may be mapped."""
    if last < 1 << 32:
        return 4, first, last
    if first >= _MAPPED and last < _MAPPED + (1 << 32):
        return 4, first - _MAPPED, last - _MAPPED
    return 6, first, last


def _address(text: bytes) -> tuple[int, int] | None:
    """Version and number."""
    family, version = (socket.AF_INET6, 6) if b":" in text else (socket.AF_INET, 4)
    try:
        return version, int.from_bytes(socket.inet_pton(family, text.decode("ascii")), "big")
    except (OSError, ValueError):
        return None
