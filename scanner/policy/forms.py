"""One form for what people write in several: networks, VLANs, members, services. WrongText says what is wrong."""

from __future__ import annotations

import ipaddress
import re
from decimal import Decimal

from scanner.addresses import Network, is_mac, looks_like_ip, parse_ip, parse_mac
from scanner.device_names import in_half_width
from scanner.errors import WrongText
from scanner.policy.services import parse_service
from scanner.wording import said

_RANGE = re.compile(r"(\d{1,4})(?:\s*-\s*(\d{1,4}))?")
_SLICE = re.compile(r"(\d{1,3})(?:-(?:0x)?([0-9a-fA-F]{6}))?", re.ASCII)
_OPERATOR = re.compile(r"\.mnc\d{2,3}\.mcc\d{3}\.gprs", re.ASCII)
_NAME = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,98}[a-z0-9])?", re.ASCII)
_IDENTIFIER = r"0x[0-9a-f]{1,8}|[1-9]\d{0,9}"
_TUNNELS = re.compile(rf"({_IDENTIFIER})(?:\s*-\s*({_IDENTIFIER}))?", re.ASCII)
NO_DIFFERENTIATOR = "ffffff"
_AMOUNT = re.compile(r"(\d{1,9}(?:\.\d{1,3})?)\s*([kmgt]?b)", re.ASCII | re.IGNORECASE)
_UNITS = {"b": 1, "kb": 10**3, "mb": 10**6, "gb": 10**9, "tb": 10**12}
_MOST_BYTES = 10**18


def network(text: str) -> Network:
    """An IP network or single address, IPv4 that is written as IPv6 as itself; WrongText with a remedy when host bits
    are set or it is none.
    """
    try:
        found = ipaddress.ip_network(text.strip())
    except ValueError:
        try:
            loose = ipaddress.ip_network(text.strip(), strict=False)
        except ValueError:
            raise WrongText(said("'{value}' is not an IP network", value=text)) from None
        what = said("'{value}' has host bits set", value=text)
        raise WrongText(what, said("did you mean '{word}'?", word=loose)) from None
    mapped = getattr(found.network_address, "ipv4_mapped", None)
    return ipaddress.ip_network((mapped, found.prefixlen - 96)) if mapped and found.prefixlen >= 96 else found


def vlans(text: str | int) -> list[int]:
    """The VLAN identifiers of one entry, 1 to 4094 (IEEE 802.1Q); WrongText otherwise."""
    match = _RANGE.fullmatch(str(text).strip())
    low, high = (int(match[1]), int(match[2] or match[1])) if match else (0, 0)
    if not 1 <= low <= high <= 4094:
        what = said("'{value}' is not a VLAN identifier from 1 to 4094 or a range such as 100-110", value=text)
        raise WrongText(what)
    return list(range(low, high + 1))


def network_slice(text: str | int) -> str:
    """An S-NSSAI in one form: ``1``, ``1-00000a``; a differentiator of all ones is none (TS 23.003, section 28.4.2)."""
    match = _SLICE.fullmatch(str(text).strip())
    if match is None or int(match[1]) > 255:
        what = said("'{value}' is no slice: a type from 0 to 255, alone or with six hexadecimal digits", value=text)
        raise WrongText(what, said("write it as 1 or 1-00000a"))
    differentiator = (match[2] or NO_DIFFERENTIATOR).lower()
    return str(int(match[1])) + ("" if differentiator == NO_DIFFERENTIATOR else f"-{differentiator}")


def data_network(text: str) -> str:
    """The name of a data network without its operator, in lower case (TS 23.003, section 9A)."""
    name = _OPERATOR.sub("", text.strip().lower())
    if not _NAME.fullmatch(name):
        raise WrongText(said("'{value}' is no name of a data network", value=text), said("write it as plant.example"))
    return name


def tunnels(text: str | int) -> tuple[int, int]:
    """The first and the last of tunnel endpoint identifiers, 1 to 2**32 - 1 (TS 29.281, section 5.1)."""
    match = _TUNNELS.fullmatch(str(text).strip().lower())
    low, high = (int(match[1], 0), int(match[2] or match[1], 0)) if match else (0, 0)
    if not 1 <= low <= high < 1 << 32:
        what = said("'{value}' is no tunnel endpoint identifier or a range such as 0x100-0x1ff", value=text)
        raise WrongText(what)
    return low, high


def amount(text: str | int) -> int:
    """Bytes: a whole number, or one with a decimal unit."""
    match = _AMOUNT.fullmatch(str(text).strip())
    given = int(text) if isinstance(text, int) else round(Decimal(match[1]) * _UNITS[match[2].lower()]) if match else 0
    if not 1 <= given <= _MOST_BYTES:
        what = said("'{value}' is no amount of data from 1 B to 1,000,000 TB", value=text)
        raise WrongText(what, said("write it as 500 MB, with B, kB, MB, GB or TB"))
    return given


def canonical_member(text: str) -> str:
    """A MAC address, IP address or network in its one form; any other name as it is. WrongText when malformed."""
    text = text.strip()
    if is_mac(text):
        return parse_mac(text)
    address = in_half_width(text)
    if looks_like_ip(address):
        return str(network(address)) if "/" in address else parse_ip(address)
    return text


def canonical_service(text: str) -> str:
    """A protocol name in lower case, or a transport with its port in one form."""
    return str(parse_service(text) or text.strip().lower())
