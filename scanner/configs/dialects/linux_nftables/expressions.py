"""Selectors of nft(8) by their words: ``ip saddr``, ``tcp dport``, ``meta l4proto``, and others that narrow."""

from __future__ import annotations

from collections.abc import Sequence

from scanner.configs.dialects.linux_nftables.tokens import Token
from scanner.configs.dialects.linux_nftables.values import (
    ADDRESS,
    CODE,
    ICMP,
    INTERFACE,
    OTHER,
    PORT,
    PROTOCOL,
    STATE,
    STATUS,
    VERSION,
    NftSelector,
)
from scanner.packet_sets import Span

_WITH_PORTS: tuple[Span, ...] = ((6, 6), (17, 17), (33, 33), (132, 132), (136, 136))
_TRANSPORT: dict[str, tuple[Span, ...]] = {
    "tcp": ((6, 6),),
    "udp": ((17, 17),),
    "dccp": ((33, 33),),
    "sctp": ((132, 132),),
    "udplite": ((136, 136),),
    "th": _WITH_PORTS,
}
_META = {
    "iifname": NftSelector(INTERFACE, "incoming"),
    "oifname": NftSelector(INTERFACE, "outgoing"),
    "iif": NftSelector(INTERFACE, "incoming"),
    "oif": NftSelector(INTERFACE, "outgoing"),
    "l4proto": NftSelector(PROTOCOL, "protocol"),
    "nfproto": NftSelector(VERSION),
    "protocol": NftSelector(VERSION),
}
_BARE = ("iifname", "oifname", "iif", "oif", "l4proto", "nfproto")
_OTHER_META = frozenset(
    [
        "mark",
        "priority",
        "length",
        "skuid",
        "skgid",
        "rtclassid",
        "iiftype",
        "oiftype",
        "iifgroup",
        "oifgroup",
        "pkttype",
        "cpu",
        "cgroup",
        "nftrace",
        "ibrname",
        "obrname",
        "ibrpvid",
        "ibrvproto",
        "iifkind",
        "oifkind",
        "sdif",
        "sdifname",
        "time",
        "day",
        "hour",
        "random",
        "secpath",
        "broute",
        "secmark",
        "ibriport",
        "obriport",
    ]
)
# Headers whose fields narrow in a way that cannot be followed, each with the field behind it.
_OTHER = frozenset(
    [
        "ether",
        "vlan",
        "arp",
        "ah",
        "esp",
        "comp",
        "gre",
        "geneve",
        "vxlan",
        "gretap",
        "hbh",
        "dst",
        "frag",
        "mh",
        "rt",
        "rt0",
        "rt2",
        "rt4",
        "srh",
        "igmp",
        "sctp",
        "dccp",
        "udplite",
        "meta",
        "socket",
        "osf",
        "ipsec",
    ]
)
_CT_DIRECTIONS = ("original", "reply")


def selector_of(words: Sequence[Token], at: int) -> tuple[NftSelector, int] | None:
    """The selector that begins at a word, and where it ends; None when none does that is known."""
    text = [w.text for w in words[at : at + 5]]
    first, second = text[0], text[1] if len(text) > 1 else ""
    if words[at].quoted:
        return None
    if first in _TRANSPORT:
        return _of_transport(first, second, text, at)
    if first in ("ip", "ip6"):
        return _of_ip(6 if first == "ip6" else 4, second), at + 2
    if first in ("icmp", "icmpv6"):
        number, version = (1, 4) if first == "icmp" else (58, 6)
        kind = {"type": ICMP, "code": CODE}.get(second, OTHER)
        return NftSelector(kind, "port" if second in ("type", "code") else "", version, ((number, number),)), at + 2
    return _of_connection(second, text, at) if first == "ct" else _of_rest(first, text, at)


def _of_connection(second: str, text: Sequence[str], at: int) -> tuple[NftSelector, int]:
    if second in (STATE, STATUS):
        return NftSelector(second), at + 2
    return NftSelector(OTHER), at + (3 if second in _CT_DIRECTIONS else 2) + (text[2:3] in (["ip"], ["ip6"]))


def _of_ip(version: int, field: str) -> NftSelector:
    if field in ("saddr", "daddr"):
        return NftSelector(ADDRESS, "source" if field == "saddr" else "destination", version)
    if field in ("protocol", "nexthdr"):
        return NftSelector(PROTOCOL, "protocol", version)
    return NftSelector(OTHER, version=version)


def _of_transport(first: str, second: str, text: Sequence[str], at: int) -> tuple[NftSelector, int]:
    protocols = _TRANSPORT[first]
    if second in ("sport", "dport"):
        return NftSelector(PORT, "source_port" if second == "sport" else "port", protocols=protocols), at + 2
    if second == "flags":
        return NftSelector("flags", protocols=protocols), at + 2
    if second == "option":
        return NftSelector(OTHER, protocols=protocols), at + (
            3 + (text[3:4] in (["left"], ["size"], ["length"], ["kind"]))
        )
    return NftSelector(OTHER, protocols=protocols), at + 2


def _of_rest(first: str, text: Sequence[str], at: int) -> tuple[NftSelector, int] | None:
    if first == "meta" and len(text) > 1 and text[1] in _META:
        return _META[text[1]], at + 2
    if first in _BARE:
        return _META[first], at + 1
    if first in _OTHER_META:
        return NftSelector(OTHER), at + 1
    if first == "@" and len(text) > 1 and text[1] in ("th", "nh", "ll", "ih"):
        return NftSelector(OTHER), at + 6  # @nh,0,8
    if first in _OTHER or first == "exthdr":
        return NftSelector(OTHER), at + 2
    return None
