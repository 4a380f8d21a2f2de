"""MAC and IP addresses as people and protocols write them, in one form; and what kind of address one is."""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Collection
from functools import lru_cache
from typing import NamedTuple

from scanner.device_names import in_half_width
from scanner.errors import WrongText
from scanner.wording import said

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_MAC = re.compile(
    r"[0-9a-f]{1,2}(?:(?P<sep>[:-])[0-9a-f]{1,2})(?:(?P=sep)[0-9a-f]{1,2}){4}"  # 00:1b:1b:00:00:01, 00-1B-1B-00-00-01
    r"|[0-9a-f]{4}(?P<quad>[.:-])[0-9a-f]{4}(?P=quad)[0-9a-f]{4}"  # 001b.1b00.0001, 001b-1b00-0001
    r"|[0-9a-f]{6}[:-]?[0-9a-f]{6}",  # 001b1b000001, 001b1b-000001
    re.IGNORECASE | re.ASCII,
)
_KNOWN = 1 << 18  # addresses that are remembered: more than one capture can have
_TRANSLATED = 0x64FF9B << 64  # 64:ff9b::/96
_BROADCAST = "255.255.255.255"
_LINK_LOCAL_SCOPE = 2  # of IPv6 multicast
# First octets of IPv4 of which IANA's registry gives a part to something else than hosts of the Internet.
_SPECIAL = frozenset((0, 10, 100, 127, 169, 172, 192, 198, 203, *range(224, 256)))
_LIKE_IP = re.compile(
    r"[0-9]+(?:\.[0-9]+){2,}(?:/\S*)?|[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,}(?:\.[0-9]+)*(?:/\S*)?",
    re.IGNORECASE | re.ASCII,
)


class Address(NamedTuple):
    """An IP address and what kind of address it is, worked out once for each text.

    host: one host can have it: it is not multicast, broadcast, unspecified or loopback.
    public: of the Internet (``is_public``).
    """

    text: str
    version: int
    number: int
    host: bool
    public: bool
    link_local: bool
    unspecified: bool

    @property
    def network(self) -> tuple[int, int]:
        """Which network it is in as far as one can guess: version and number of its /24 or /64."""
        return self.version, self.number >> (8 if self.version == 4 else 64)


def parse_mac(text: str) -> str:
    """The MAC address in lower case with colons; ValueError when it is none."""
    text = in_half_width(text).strip()
    if not _MAC.fullmatch(text):
        raise WrongText(said("'{value}' is not a MAC address", value=text[:40]))
    parts = re.split("[:.-]", text)
    digits = "".join(p.zfill(2) for p in parts) if len(parts) == 6 else "".join(parts)
    return ":".join(digits[i : i + 2] for i in range(0, 12, 2)).lower()


def parse_ip(text: str) -> str:
    """The IP address in its canonical form, without an IPv6 zone index; ValueError when it is none."""
    try:
        return str(ip_of(text))
    except ValueError:
        raise WrongText(said("'{value}' is not an IP address", value=text.strip()[:60])) from None


def ip_of(text: str) -> IPAddress:
    """The address without the zone index of IPv6, and IPv4 that is written as IPv6 as itself; ValueError."""
    ip = ipaddress.ip_address(in_half_width(text).strip().split("%")[0])
    return getattr(ip, "ipv4_mapped", None) or ip


@lru_cache(maxsize=_KNOWN)
def address_of(text: str) -> Address:
    """The address in a text of canonical form; ValueError when it is none."""
    usual = _usual(text)
    if usual:
        return Address(text, 4, usual, host=True, public=True, link_local=False, unspecified=False)
    ip = ipaddress.ip_address(text)
    return Address(
        text,
        ip.version,
        int(ip),
        not (ip.is_multicast or ip.is_unspecified or ip.is_loopback or text == _BROADCAST),
        is_public(ip),
        ip.is_link_local,
        ip.is_unspecified,
    )


def _usual(text: str) -> int:
    """The number of an IPv4 address of the Internet, of which a flood may have a million; 0 of any other text."""
    try:
        octets = socket.inet_pton(socket.AF_INET, text)
    except (OSError, ValueError):  # no address, or a text that C has no word for
        return 0
    return 0 if octets[0] in _SPECIAL else int.from_bytes(octets)


def is_public(ip: IPAddress) -> bool:
    """An address of the Internet. Of IPv6 only 2000::/3 is given to anybody (RFC 4291 section 2.4, registry of IANA);
    one that carries an address of IPv4 leads to where that is.
    """
    carried = _carried(ip)
    if carried:
        return any(map(is_public, carried))
    if not ip.is_global or ip.is_multicast:
        return False
    return ip.version == 4 or int(ip) >> 125 == 1


def _carried(ip: IPAddress) -> Collection[ipaddress.IPv4Address]:
    """The IPv4 addresses in one of IPv6: of translators (RFC 6052), 6to4 (RFC 3056) and Teredo (RFC 4380)."""
    if ip.version == 4:
        return ()
    if int(ip) >> 32 == _TRANSLATED:
        return (ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF),)
    if ip.teredo:
        return ip.teredo
    carried = ip.ipv4_mapped or ip.sixtofour
    return (carried,) if carried else ()


def one_form(text: str) -> str:
    """A MAC or IP address in one form, IPv4 that is written as IPv6 as such; any other text as it is."""
    if is_ip(text):
        return str(ipaddress.ip_address(in_half_width(text).strip().split("%", maxsplit=1)[0]))
    return parse_mac(text) if is_mac(text) else text


def is_mac(text: str) -> bool:
    """The text is a MAC address in any of its forms."""
    return _MAC.fullmatch(in_half_width(text).strip()) is not None


def is_ip(text: str) -> bool:
    """The text is an IP address."""
    try:
        parse_ip(text)
    except ValueError:
        return False
    return True


def is_within(text: str, network: Network) -> bool:
    """The text is an IP address of the network."""
    address = _ip(text)
    return address is not None and address in network


@lru_cache(maxsize=4096)
def _ip(text: str) -> IPAddress | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def looks_like_ip(text: str) -> bool:
    """The text was meant as an IP address or network, right or wrong."""
    return _LIKE_IP.fullmatch(text.strip()) is not None


def is_own_broadcast(sender: str, target: str) -> bool:
    """Whether ``target`` can be the broadcast address of a network that ``sender`` is in, whatever its mask: after the
    bits that they share it has ones only. False when one of them is no IPv4 address.
    """
    try:
        mine, all_hosts = address_of(sender), address_of(target)
    except ValueError:
        return False
    if mine.version != 4 or all_hosts.version != 4:
        return False
    host_bits = (1 << (mine.number ^ all_hosts.number).bit_length()) - 1
    return all_hosts.number & host_bits == host_bits


def is_group_mac(mac: str) -> bool:
    """Multicast or broadcast: the group bit is set (IEEE 802, section 8.2)."""
    return bool(int(mac[:2], 16) & 1)


def is_local_mac(mac: str) -> bool:
    """Locally administered: it says nothing about the maker (IEEE 802, section 8.2)."""
    return bool(int(mac[:2], 16) & 2)


def is_routed_group(text: str) -> bool:
    """A multicast address beyond the sender's own link (RFC 5771 section 4, RFC 4291 section 2.7).

    >>> [is_routed_group(group) for group in ("239.1.1.1", "224.0.0.18", "ff05::2", "ff02::1")]
    [True, False, True, False]
    """
    if not is_ip(text):
        return False
    address = ipaddress.ip_address(text)
    if address.version == 4:
        return address.is_multicast and address.packed[:3] != b"\xe0\0\0"
    return address.is_multicast and address.packed[1] & 15 > _LINK_LOCAL_SCOPE
