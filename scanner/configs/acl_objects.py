"""Addresses and ports that objects and groups of a firewall stand for, in the words of access lists."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, collapse_addresses, ip_network
from ipaddress import summarize_address_range as summarised

from scanner.configs import acls
from scanner.configs.acl_cover import EVERYBODY, PORTS, Span, blocks
from scanner.configs.acl_entries import ANY
from scanner.configs.acl_words import CODES
from scanner.configs.wildcards import spans_with_holes
from scanner.intervals import united

MOST_MEMBERS = 200  # networks that one end of a policy is written out as; more stay a group by its name
_GLOBAL = IPv6Network("2000::/3")  # what hosts of the Internet can have
_WITH_PORTS = ("tcp", "udp", "sctp")
_ICMP = ("icmp", "icmp6", "icmpv6")

Network = IPv4Network | IPv6Network


def network(address: str, mask: str = "") -> list[Network] | None:
    """An address with its mask or prefix length as text: ``10.0.0.0``, ``255.0.0.0``; None when it is none."""
    bits: int | str | None = acls.prefix_length(mask) if "." in mask else mask
    if bits is None:
        return None
    try:
        return [ip_network(f"{address}/{bits}" if bits != "" else address, strict=False)]
    except ValueError:
        return None


def between(first: str, last: str) -> list[Network] | None:
    """The addresses from one to another as networks; None when they are none."""
    try:
        low, high = ip_network(first).network_address, ip_network(last).network_address
        if isinstance(low, IPv4Address) and isinstance(high, IPv4Address):
            return list(summarised(low, high))
        if isinstance(low, IPv6Address) and isinstance(high, IPv6Address):
            return list(summarised(low, high))
    except ValueError:
        pass
    return None


def with_holes(address: str, wildcard: str) -> list[Network] | None:
    """The addresses that the free bits of a wildcard leave open; None where they are none, or too many pieces."""
    pieces = spans_with_holes(address, wildcard)
    if pieces is None:
        return None
    return [n for low, high in pieces for n in summarised(IPv4Address(low), IPv4Address(high))]


def within(names: Iterable[str], group: Callable[[str], Iterable[str] | None]) -> Iterator[str]:
    """The names, each once; in place of groups what is in them, and in the groups in these. A group that is reached
    twice, or holds itself, adds nothing. group: the members of one; None of what is no group.
    """
    seen: set[str] = set()
    left = [*names][::-1]
    while left:
        name = left.pop()
        if name in seen:
            continue
        seen.add(name)
        members = group(name)
        if members is None:
            yield name
        else:
            left += [*members][::-1]


def services_in_words(
    names: Iterable[str], parts: Callable[[str], Iterable[tuple[str, Sequence[Span]]]]
) -> list[tuple[str, str]]:
    """Protocol and options of each part of services; what is not told, or beyond MOST_MEMBERS of them, is any protocol,
    narrowed by a name. parts: the protocols of one, and their ports.
    """
    found: dict[str, list[Span]] = {}
    unknown: list[str] = []
    for number, name in enumerate(names):
        told = [*parts(name)] if number < MOST_MEMBERS else []
        for protocol, spans in told:
            found.setdefault(protocol, []).extend(spans or [(0, PORTS - 1)] * (protocol in _ICMP))
        if not told:
            unknown.append(name)
        if number == MOST_MEMBERS:
            break
    if "ip" in found:
        return [("ip", "")]
    apart = [
        (protocol, types_in_words(spans) if protocol in _ICMP else ports_in_words(protocol, spans))
        for protocol, spans in found.items()
    ]
    return apart + [("ip", f"service {' '.join(unknown)}")] * bool(unknown)


def is_everybody(networks: Iterable[Network]) -> bool:
    """Networks of one version of IP that hold together whatever address a host can have."""
    held = 0
    for one in collapse_addresses(networks):  # type: ignore[type-var]
        if isinstance(one, IPv4Network):
            held |= blocks((int(one.network_address), int(one.broadcast_address)))
        elif one.supernet_of(_GLOBAL):
            return True
    return held & EVERYBODY == EVERYBODY


def in_words(networks: Sequence[Network], name: str) -> str:
    """Networks of one version of IP as an end of an entry: any, them in one line, or the group by its name."""
    whole = list(collapse_addresses(networks))  # type: ignore[type-var]
    if is_everybody(whole) and (whole[0].version == 4 or whole[0].prefixlen == 0):  # plants have unique local addresses
        return ANY
    if not whole or len(whole) > MOST_MEMBERS:
        return f"group {name}"
    return ",".join(str(n.network_address) if n.prefixlen == n.max_prefixlen else str(n) for n in whole)


def ports_in_words(protocol: str, spans: Iterable[Span]) -> str:
    """Destination ports as what narrows an entry; empty where that is all of them, or the protocol has none."""
    ports = united([s for s in spans if s[0] <= s[1]])
    if protocol not in _WITH_PORTS or any(low <= 1 and high >= PORTS - 1 for low, high in ports):
        return ""
    return "port in " + ",".join(str(a) if a == b else f"{a}-{b}" for a, b in ports) if ports else "port none"


def types_in_words(spans: Iterable[Span]) -> str:
    """Messages of ICMP, as type × 256 + code, as what narrows an entry; empty where that is all of them."""
    told = united(spans)
    if not told or told == [(0, PORTS - 1)]:
        return ""
    found: list[str] = []
    for low, high in told:
        first, last = low // CODES, high // CODES
        if low == first * CODES and high == (last + 1) * CODES - 1:
            found += map(str, range(first, last + 1))
        else:
            found += (f"{one // CODES}/{one % CODES}" for one in range(low, high + 1))
    return f"icmp-type in {','.join(found)}" if len(found) > 1 else f"icmp-type {found[0].replace('/', ' ')}"
