"""MAC and IP addresses as people and protocols write them, in one form; and what kind of address one is."""

from __future__ import annotations

import ipaddress
import re
from functools import lru_cache

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_MAC = re.compile(
    r"[0-9a-f]{1,2}(?:(?P<sep>[:-])[0-9a-f]{1,2})(?:(?P=sep)[0-9a-f]{1,2}){4}"  # 00:1b:1b:00:00:01, 00-1B-1B-00-00-01
    r"|[0-9a-f]{4}(?P<quad>[.:-])[0-9a-f]{4}(?P=quad)[0-9a-f]{4}"  # 001b.1b00.0001, 001b-1b00-0001
    r"|[0-9a-f]{6}[:-]?[0-9a-f]{6}",  # 001b1b000001, 001b1b-000001
    re.IGNORECASE | re.ASCII,
)
_KNOWN = 1 << 19  # answers that are remembered: more than the addresses that one capture can have
_LIKE_IP = re.compile(
    r"[0-9]+(?:\.[0-9]+){2,}(?:/\S*)?|[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,}(?:/\S*)?", re.IGNORECASE | re.ASCII
)


def parse_mac(text: str) -> str:
    """The MAC address in lower case with colons; ValueError when it is none."""
    text = text.strip()
    if not _MAC.fullmatch(text):
        raise ValueError(f"'{text[:40]}' is not a MAC address")
    parts = re.split("[:.-]", text)
    digits = "".join(p.zfill(2) for p in parts) if len(parts) == 6 else "".join(parts)
    return ":".join(digits[i : i + 2] for i in range(0, 12, 2)).lower()


@lru_cache(maxsize=_KNOWN)
def parse_ip(text: str) -> str:
    """The IP address in its canonical form, without an IPv6 zone index; ValueError when it is none."""
    try:
        address = ipaddress.ip_address(text.strip().split("%")[0])
    except ValueError:
        raise ValueError(f"'{text.strip()[:60]}' is not an IP address") from None
    return str(getattr(address, "ipv4_mapped", None) or address)


@lru_cache(maxsize=_KNOWN)
def address_of(text: str) -> Address:
    """The IP address object of an address text; ValueError when it is none."""
    return ipaddress.ip_address(text)


def is_mac(text: str) -> bool:
    """The text is a MAC address in any of its forms."""
    return _MAC.fullmatch(text.strip()) is not None


def is_ip(text: str) -> bool:
    """The text is an IP address."""
    try:
        parse_ip(text)
    except ValueError:
        return False
    return True


def looks_like_ip(text: str) -> bool:
    """The text was meant as an IP address or network, right or wrong."""
    return _LIKE_IP.fullmatch(text.strip()) is not None


def is_group_mac(mac: str) -> bool:
    """Multicast or broadcast: the group bit is set (IEEE 802, section 8.2)."""
    return bool(int(mac[:2], 16) & 1)


def is_local_mac(mac: str) -> bool:
    """Locally administered: it says nothing about the maker (IEEE 802, section 8.2)."""
    return bool(int(mac[:2], 16) & 2)


@lru_cache(maxsize=_KNOWN)
def is_host(address: Address) -> bool:
    """An address that one host can have: not multicast, broadcast, unspecified or loopback."""
    return not (address.is_multicast or address.is_unspecified or address.is_loopback or str(address) == _BROADCAST)


@lru_cache(maxsize=_KNOWN)
def is_public(address: Address) -> bool:
    """A public Internet address (IANA special-purpose registries)."""
    return address.is_global and not address.is_multicast


_BROADCAST = "255.255.255.255"
