"""Sets of IP addresses as people write them: addresses, networks, from one to another, lists of these, kinds by name.

Questions about two of them have three answers: what could not be understood may hold any address, so that it is not
known (None) whether one holds the other where that decides.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from scanner import address_spans
from scanner.address_spans import AddressRange, merged, overlap, range_of
from scanner.addresses import IPAddress, ip_of

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

    parts: address_spans.Ranges = ()
    whole: bool = True

    @property
    def nothing(self) -> bool:
        """It is known to hold no address."""
        return self.whole and not self.parts


def union(several: Iterable[Ranges]) -> Ranges:
    """All addresses of several."""
    found = list(several)
    parts = merged(part for one in found for part in one.parts)
    return Ranges(parts, all(one.whole for one in found))


@lru_cache(maxsize=1 << 16)
def read_ranges(text: str) -> Ranges:
    """The addresses that a text means: ``10.0.0.0/8, fd00::/8, 10.1.1.1-10.1.1.9, private``; empty text, none."""
    return union(_one(piece.strip().lower()) for piece in text.split(",") if piece.strip())


def overlaps(one: Ranges, other: Ranges) -> bool | None:
    """Some address is in both."""
    if overlap(one.parts, other.parts):
        return True
    return False if (one.whole and other.whole) or one.nothing or other.nothing else None


def within(one: Ranges, other: Ranges) -> bool | None:
    """Every address of the one is in the other; there is one."""
    if one.nothing:
        return False
    if not address_spans.without(one.parts, other.parts):
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
    return Ranges(address_spans.without(one.parts, other.parts), one.whole)


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
            return _between(ip_of(first), ip_of(last))
        network = ipaddress.ip_network(_masked(piece) if piece.count(".") > 3 else _plain(piece), strict=False)
    except ValueError:
        return Ranges(whole=False)
    return Ranges((range_of(network),))


def _masked(piece: str) -> str:
    """With a mask, or a wildcard. What holds all addresses as the one is a single host as the other."""
    address, mask = piece.replace("/", " ").split()
    if len(set(mask.split("."))) == 1:
        raise ValueError(piece)
    return f"{address}/{mask}"


def _plain(piece: str) -> str:
    """Without the zone index of an IPv6 address; an IPv4 address that is written as IPv6 as itself."""
    address, slash, length = piece.partition("/")
    ip = ip_of(address)
    if slash and ip.version == 4 and ":" in address:
        length = str(int(length) - 96)
    return f"{ip}{slash}{length}"


def _between(first: IPAddress, last: IPAddress) -> Ranges:
    if first.version != last.version or int(first) > int(last):
        return Ranges(whole=False)
    return Ranges((AddressRange(first.version, int(first), int(last)),))


def _networks(texts: Iterable[str]) -> Ranges:
    return Ranges(merged(range_of(ipaddress.ip_network(text)) for text in texts))


_KNOWN = {name: _networks(texts) for name, texts in _KINDS.items()}
_PUBLIC = without(_KNOWN["any"], _networks(_SPECIAL))
