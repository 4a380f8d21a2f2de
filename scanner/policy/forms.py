"""One form for what people write in several: networks, VLANs, members, services. WrongText says what is wrong."""

from __future__ import annotations

import ipaddress
import re

from scanner.addresses import Network, is_mac, looks_like_ip, parse_ip, parse_mac
from scanner.errors import WrongText
from scanner.policy.services import parse_service
from scanner.wording import said

_RANGE = re.compile(r"(\d{1,4})(?:\s*-\s*(\d{1,4}))?")


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


def canonical_member(text: str) -> str:
    """A MAC address, IP address or network in its one form; any other name as it is. WrongText when malformed."""
    text = text.strip()
    if is_mac(text):
        return parse_mac(text)
    if looks_like_ip(text):
        return str(network(text)) if "/" in text else parse_ip(text)
    return text


def canonical_service(text: str) -> str:
    """A protocol name in lower case, or a transport with its port in one form."""
    return str(parse_service(text) or text.strip().lower())
