"""One line of ``ip route``. Source: ip-route(8)."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from scanner.addresses import IPAddress, Network

_DISCARDS = ("blackhole", "unreachable", "prohibit")
_OWN = ("local", "broadcast", "multicast", "anycast")  # of the device itself
_TYPES = ("unicast", *_DISCARDS, *_OWN, "throw", "nat")
_WITH_VALUE = frozenset(
    (
        *("via", "dev", "proto", "scope", "src", "metric", "table", "mtu", "advmss", "window", "rtt", "rttvar", "cwnd"),
        *("initcwnd", "initrwnd", "hoplimit", "expires", "pref", "weight", "nhid", "error", "quickack", "congctl"),
        *("rto_min", "ssthresh", "reordering", "age"),
    )
)
_ALONE = frozenset(
    (
        *("onlink", "linkdown", "dead", "pervasive", "offload", "trap", "cache", "rt_offload", "rt_trap", "notify"),
        *("lock", "offload_failed"),
    )
)
_LEARNS_NOTHING = ("kernel", "boot", "static", "dhcp", "ra", "redirect")


class Way(NamedTuple):
    """Where a route leads: to a next hop, out of an interface, or both."""

    next_hop: IPAddress | None
    interface: str


@dataclass
class RouteLine:
    """A route. network: None where it is not understood. version: of IP. own: it is the device's own address."""

    words: Sequence[str]
    network: Network | None = None
    version: int = 4
    understood: bool = True
    discards: bool = False
    own: bool = False
    learnt: bool = False
    certain: bool = True
    connected: bool = False
    main: bool = True
    metric: int = 0
    ways: list[Way] = field(default_factory=list)


def route_line(words: Sequence[str]) -> RouteLine | None:
    """None where the words are no route at all."""
    kind = words[0] if words[0] in _TYPES else ""
    rest = words[1:] if kind else words
    if not rest or not ({"dev", "via", "proto", "metric", "nhid", "nexthop"}.intersection(rest) or kind in _DISCARDS):
        return None
    six = any(":" in word for word in rest) or "pref" in rest
    network = _network(rest[0], six=six)
    if network is None:
        return None if not kind else RouteLine(words, understood=False, version=6 if six else 4)
    found = RouteLine([rest[0]], network, network.version, discards=kind in _DISCARDS, own=kind in _OWN)
    found.metric = 0 if network.version == 4 else 1024
    values = _values(rest[1:])
    if values is None or kind in ("throw", "nat"):
        found.understood = False
        return found
    _fill(found, values)
    return found


def _fill(found: RouteLine, values: dict[str, str]) -> None:
    hop = None
    if "via" in values:
        try:
            hop = ipaddress.ip_address(values["via"])
        except ValueError:
            found.understood = False
            return
        found.understood = hop.version == found.version
    if "dev" in values or hop is not None:
        found.ways.append(Way(hop, values.get("dev", "")))
    proto = values.get("proto", "boot")
    found.learnt = proto not in _LEARNS_NOTHING
    found.connected = proto == "kernel" and hop is None
    found.certain = not found.learnt and "dead" not in values
    found.main = values.get("table", "main") == "main"
    number = values.get("metric", "")
    found.metric = int(number[:9]) if number.isdecimal() else found.metric


def _values(words: Sequence[str]) -> dict[str, str] | None:
    """What the words behind the network say; None where one is not known."""
    found: dict[str, str] = {}
    at = 0
    while at < len(words):
        word = words[at]
        if word in _WITH_VALUE and at + 1 < len(words):
            if word == "via" and words[at + 1] in ("inet", "inet6"):
                at += 1
            found[word] = words[at + 1]
            at += 2
        elif word in _ALONE:
            found[word] = ""
            at += 1
        else:
            return None
    return found


def _network(text: str, *, six: bool) -> Network | None:
    if text == "default":
        text = "::/0" if six else "0.0.0.0/0"
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None
