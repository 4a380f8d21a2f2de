"""Sets of IP addresses as people write them: addresses, networks, from one to another, lists of these, kinds by name.

Questions about two of them have three answers: what could not be understood may hold any address, so that it is not
known (None) whether one holds the other where that decides.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

Span = tuple[int, int]  # first and last address, as numbers
Parts = tuple[tuple[Span, ...], tuple[Span, ...]]  # of IPv4 and of IPv6, in order, with gaps between them

_LAST = ((1 << 32) - 1, (1 << 128) - 1)
_SPECIAL = (  # not of the Internet (IANA IPv4 and IPv6 special-purpose address registries)
    *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24"),
    *("192.0.2.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/3"),
    *("::/3", "2001::/23", "2001:db8::/32", "3fff::/20", "4000::/2", "8000::/1"),
)
_KINDS = {
    "any": ("0.0.0.0/0", "::/0"),
    "private": ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"),  # RFC 1918, RFC 4193
    "shared": ("100.64.0.0/10",),  # RFC 6598
    "link-local": ("169.254.0.0/16", "fe80::/10"),
    "loopback": ("127.0.0.0/8", "::1/128"),
    "multicast": ("224.0.0.0/4", "ff00::/8"),
    "documentation": ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32", "3fff::/20"),
}
KINDS = ("public", *_KINDS)


RangeOrder = Literal["overlaps", "within", "covers", "outside", "beyond"]
RANGE_ORDERS: tuple[RangeOrder, ...] = ("overlaps", "within", "covers", "outside", "beyond")


@dataclass(frozen=True)
class Ranges:
    """Addresses. whole: every part of the text was understood; else it may hold others, too."""

    parts: Parts = ((), ())
    whole: bool = True

    @property
    def nothing(self) -> bool:
        """It is known to hold no address."""
        return self.whole and not any(self.parts)


def union(several: Iterable[Ranges]) -> Ranges:
    """All addresses of several."""
    found = list(several)
    versions = (_united(span for one in found for span in one.parts[version]) for version in (0, 1))
    return Ranges((next(versions), next(versions)), all(one.whole for one in found))


@lru_cache(maxsize=1 << 16)
def read_ranges(text: str) -> Ranges:
    """The addresses that a text means: ``10.0.0.0/8, fd00::/8, 10.1.1.1-10.1.1.9, private``; empty text, none."""
    return union(_one(piece.strip().lower()) for piece in text.split(",") if piece.strip())


def overlaps(one: Ranges, other: Ranges) -> bool | None:
    """Some address is in both."""
    if any(_common(a, b) for a, b in zip(one.parts, other.parts, strict=True)):
        return True
    return False if (one.whole and other.whole) or one.nothing or other.nothing else None


def within(one: Ranges, other: Ranges) -> bool | None:
    """Every address of the one is in the other; there is one."""
    if one.nothing:
        return False
    inside = all(_holds(b, a) for a, b in zip(one.parts, other.parts, strict=True))
    if inside:
        return True if one.whole else None
    return False if other.whole else None


def covers(one: Ranges, other: Ranges) -> bool | None:
    """Every address of the other is in the one."""
    return within(other, one)


def outside(one: Ranges, other: Ranges) -> bool | None:
    """There are addresses, and none of them is in the other."""
    return False if one.nothing else _not(overlaps(one, other))


def beyond(one: Ranges, other: Ranges) -> bool | None:
    """Some address of the one is not in the other."""
    return False if one.nothing else _not(within(one, other))


def without(one: Ranges, other: Ranges) -> Ranges:
    """The addresses of the one that are not known to be in the other."""
    parts = [_united(_cut(a, b)) for a, b in zip(one.parts, other.parts, strict=True)]
    return Ranges((parts[0], parts[1]), one.whole)


def _cut(spans: tuple[Span, ...], holes: tuple[Span, ...]) -> Iterator[Span]:
    """What is left of spans."""
    for low, high in spans:
        begin = low
        for first, last in holes:
            if last < begin or first > high:
                continue
            if first > begin:
                yield begin, first - 1
            begin = last + 1
        if begin <= high:
            yield begin, high


def compare(order: RangeOrder, one: Ranges, other: Ranges) -> bool | None:
    """One of these questions by its name."""
    return _QUESTIONS[order](one, other)


_QUESTIONS: dict[RangeOrder, Callable[[Ranges, Ranges], bool | None]] = {
    "overlaps": overlaps,
    "within": within,
    "covers": covers,
    "outside": outside,
    "beyond": beyond,
}


def _not(answer: bool | None) -> bool | None:
    return None if answer is None else not answer


def _one(piece: str) -> Ranges:
    """One piece of a text; what it cannot be told to mean may be anything."""
    if piece == "public":
        return _PUBLIC
    if piece in _KINDS:
        return _KNOWN[piece]
    first, dash, last = piece.partition("-")
    try:
        if dash:
            return _between(_address(first), _address(last))
        network = ipaddress.ip_network(_masked(piece) if piece.count(".") > 3 else _plain(piece), strict=False)
    except ValueError:
        return Ranges(whole=False)
    return _spans(network.version, (int(network.network_address), int(network.broadcast_address)))


def _masked(piece: str) -> str:
    """With a mask, or a wildcard. What holds all addresses as the one is a single host as the other."""
    address, mask = piece.replace("/", " ").split()
    if len(set(mask.split("."))) == 1:
        raise ValueError(piece)
    return f"{address}/{mask}"


def _plain(piece: str) -> str:
    """Without the zone index of an IPv6 address; an IPv4 address that is written as IPv6 as itself."""
    address, slash, length = piece.partition("/")
    ip = _address(address)
    if slash and ip.version == 4 and ":" in address:
        length = str(int(length) - 96)
    return f"{ip}{slash}{length}"


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    ip = ipaddress.ip_address(text.strip().split("%")[0])
    return getattr(ip, "ipv4_mapped", None) or ip


def _between(
    first: ipaddress.IPv4Address | ipaddress.IPv6Address, last: ipaddress.IPv4Address | ipaddress.IPv6Address
) -> Ranges:
    if first.version != last.version or int(first) > int(last):
        return Ranges(whole=False)
    return _spans(first.version, (int(first), int(last)))


def _spans(version: int, *spans: Span) -> Ranges:
    return Ranges((spans, ()) if version == 4 else ((), spans))


def _united(spans: Iterable[Span]) -> tuple[Span, ...]:
    """In order, those that touch made one."""
    found: list[Span] = []
    for low, high in sorted(spans):
        if found and low <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(found[-1][1], high))
        else:
            found.append((low, high))
    return tuple(found)


def _common(one: tuple[Span, ...], other: tuple[Span, ...]) -> bool:
    """Two lists in order share an address."""
    at, to = 0, 0
    while at < len(one) and to < len(other):
        if one[at][0] <= other[to][1] and other[to][0] <= one[at][1]:
            return True
        if one[at][1] < other[to][1]:
            at += 1
        else:
            to += 1
    return False


def _holds(outer: tuple[Span, ...], inner: tuple[Span, ...]) -> bool:
    """Each of the inner spans lies in one of the outer ones, which have gaps between them."""
    at = 0
    for low, high in inner:
        while at < len(outer) and outer[at][1] < low:
            at += 1
        if at == len(outer) or outer[at][0] > low or outer[at][1] < high:
            return False
    return True


def _rest(spans: tuple[Span, ...], last: int) -> tuple[Span, ...]:
    """What lies between the spans."""
    found = []
    begin = 0
    for low, high in spans:
        if low > begin:
            found.append((begin, low - 1))
        begin = high + 1
    return (*found, (begin, last)) if begin <= last else tuple(found)


def _networks(texts: Iterable[str]) -> Ranges:
    return union(
        _spans(n.version, (int(n.network_address), int(n.broadcast_address))) for n in map(ipaddress.ip_network, texts)
    )


_KNOWN = {name: _networks(texts) for name, texts in _KINDS.items()}
_INSIDE = _networks(_SPECIAL)
_PUBLIC = Ranges((_rest(_INSIDE.parts[0], _LAST[0]), _rest(_INSIDE.parts[1], _LAST[1])))
