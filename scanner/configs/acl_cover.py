"""Entries of an access list that permit everything together: halves of the address space, all ports as a range.

Only permits without any other narrowing are looked at, each as ranges of source, destination and destination port;
what entries before them deny is left aside, as it is for a single "permit ip any any".
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Sequence

from scanner.configs.wildcards import free_bits, spans_with_holes
from scanner.intervals import united

PORTS = 65536
_NEARLY_ALL = 0.95  # share of all ports from which hardly any is left out
_SHORTEST = 8  # prefix length of networks that are put together: 256 of them are everything
# What hosts can have: the unicast addresses of IPv4 (RFC 1112 begins multicast at 224, RFC 1122 keeps 0 for "this
# network"), the global ones of IPv6.
_UNICAST = {4: (1 << 24, 0xDFFFFFFF), 6: (0x2 << 124, (0x4 << 124) - 1)}
_FEW = {4: 1 << 8, 6: 1 << 64}  # addresses
_BLOCK = 1 << 32 - _SHORTEST  # addresses
_PORT = re.compile(r"(?:(?P<side>source|source-port|port) )?(?P<op>eq|neq|gt|lt|range) (?P<low>\d+)(?: (?P<high>\d+))?")
_LISTED = re.compile(r"port in (?P<ports>\d{1,5}(?:-\d{1,5})?(?:,\d{1,5}(?:-\d{1,5})?)*)")

Span = tuple[int, int]
Box = tuple[Span, Span]  # source and destination addresses


def ports_of(options: str) -> list[Span] | None:
    """The destination ports that the options of an entry leave; None when they narrow it in another way.

    ``options`` as the dialects write them: "source range 1 65535 eq 80", "port gt 1023", "port in 80,8000-8080".
    """
    if listed := _LISTED.fullmatch(options):
        ends = (part.partition("-") for part in listed["ports"].split(","))
        return [(int(low), int(high or low)) for low, _, high in ends]
    left: list[Span] = [(0, PORTS - 1)]
    for part in _PORT.finditer(options):
        spans = _spans(part["op"], int(part["low"]), int(part["high"] or part["low"]))
        if part["side"] in ("source", "source-port"):
            if not nearly_all(spans):
                return None
        else:
            left = spans
    return left if not _PORT.sub("", options).strip() else None


def _spans(operator: str, low: int, high: int) -> list[Span]:
    last = PORTS - 1
    spans = {
        "eq": [(low, low)],
        "neq": [(0, low - 1), (low + 1, last)],
        "gt": [(low + 1, last)],
        "lt": [(0, low - 1)],
        "range": [(low, high)],
    }[operator]
    return [(a, b) for a, b in spans if 0 <= a <= b <= last]


def nearly_all(spans: Iterable[Span]) -> bool:
    """Together they leave out hardly any port."""
    covered, reached = 0, -1
    for low, high in sorted(spans):
        covered += max(0, high - max(low, reached + 1) + 1)
        reached = max(reached, high)
    return covered >= _NEARLY_ALL * PORTS


def spans_of(address: str, version: int) -> list[Span]:
    """The addresses that an end of an entry means, but for groups by name and what is smaller than a block of
    _SHORTEST bits.
    """
    if address == "any":
        return [_UNICAST[version]]
    base, _, wildcard = address.partition(" ")
    if wildcard:
        found = spans_with_holes(base, wildcard) if version == 4 else None
        return [(low, high) for low, high in found or () if high - low + 1 >= _BLOCK]
    try:
        networks = [ipaddress.ip_network(text, strict=False) for text in address.split(",")]
    except ValueError:
        return []
    every = [
        (int(one.network_address), int(one.broadcast_address), one.prefixlen)
        for one in networks
        if one.version == version
    ]
    if len(every) > 1 and leaves_few(((low, high) for low, high, _ in every), version):
        return [_UNICAST[version]]
    return [(low, high) for low, high, length in every if length <= _SHORTEST]


def leaves_few(spans: Iterable[Span], version: int) -> bool:
    """The addresses are everybody's, but for so few that somebody left out one host or its network."""
    first, last = _UNICAST[version]
    held = sum(max(0, min(high, last) - max(low, first) + 1) for low, high in united(spans))
    return last - first + 1 - held <= _FEW[version]


def holds_most(spans: Iterable[Span], version: int) -> bool:
    """More than half of the addresses that hosts can have: where most are let in nobody is chosen."""
    first, last = _UNICAST[version]
    held = sum(max(0, min(high, last) - max(low, first) + 1) for low, high in united(spans))
    return 2 * held > last - first + 1


def is_ragged(address: str) -> bool:
    """A wildcard that holds as many addresses as a block of _SHORTEST bits, in too many or too small pieces."""
    base, _, wildcard = address.partition(" ")
    return free_bits(wildcard) >= 32 - _SHORTEST and not spans_of(f"{base} {wildcard}", 4)


def blocks(span: Span) -> int:
    """The IPv4 networks with a prefix of eight bits that the addresses hold whole, a bit for each."""
    first, last = -(-span[0] // _BLOCK), (span[1] + 1) // _BLOCK - 1
    return (1 << last + 1) - (1 << first) if first <= last else 0


EVERYBODY = blocks(_UNICAST[4])


def cover(boxes: Sequence[Box], version: int) -> bool:
    """Together the boxes hold every pair of unicast addresses."""
    first, last = _UNICAST[version]
    edges = {first, *(box[0][0] for box in boxes), *(box[0][1] + 1 for box in boxes)}  # where what is held can change
    return all(
        _whole((box[1] for box in boxes if box[0][0] <= edge <= box[0][1]), first, last)
        for edge in edges
        if first <= edge <= last
    )


def _whole(spans: Iterable[Span], first: int, last: int) -> bool:
    """The spans leave no gap between ``first`` and ``last``."""
    reached = first
    for low, high in sorted(spans):
        if low > reached:
            break
        reached = max(reached, high + 1)
    return reached > last
