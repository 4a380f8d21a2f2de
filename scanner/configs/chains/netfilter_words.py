"""Words of Netfilter that iptables and nftables share: services, states of connections, flags of TCP, kinds of ICMP.

Sources: iptables-extensions(8), nft(8), IANA service-names-port-numbers, icmp-parameters, icmpv6-parameters.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache

from scanner.code_tables import rows_table
from scanner.configs import acl_words
from scanner.configs.chains.interface_names import spans_outside
from scanner.configs.chains.model import ANY_STATE, ESTABLISHED, INVALID, NEW, RELATED, UNTRACKED
from scanner.packet_sets import ALL_PORTS, ALL_PROTOCOLS, Span

_PROTOCOLS = {
    "all": ALL_PROTOCOLS,
    "ah": (51, 51),
    "ipv6-icmp": (58, 58),
    "icmp6": (58, 58),
    "ipencap": (4, 4),
    "ipv6": (41, 41),
    "dccp": (33, 33),
    "udplite": (136, 136),
    "vrrp": (112, 112),
    "l2tp": (115, 115),
    "comp": (108, 108),
    "ipcomp": (108, 108),
    "mh": (135, 135),
    "ipv6-nonxt": (59, 59),
    "ipv6-opts": (60, 60),
    "ipv6-route": (43, 43),
    "ipv6-frag": (44, 44),
    "hopopt": (0, 0),
}
_FLAGS = {"FIN": 1, "SYN": 2, "RST": 4, "PSH": 8, "ACK": 16, "URG": 32, "ECN": 64, "CWR": 128, "ALL": 63, "NONE": 0}
_STATES = {
    "NEW": NEW,
    "ESTABLISHED": ESTABLISHED,
    "RELATED": RELATED,
    "INVALID": INVALID,
    "UNTRACKED": UNTRACKED,
}
_SYN, _RST, _ACK = 2, 4, 16
_CODES = {  # that nft names
    4: {
        "net-unreachable": 0,
        "host-unreachable": 1,
        "prot-unreachable": 2,
        "port-unreachable": 3,
        "frag-needed": 4,
        "net-prohibited": 9,
        "host-prohibited": 10,
        "admin-prohibited": 13,
    },
    6: {
        "no-route": 0,
        "admin-prohibited": 1,
        "addr-unreachable": 3,
        "port-unreachable": 4,
        "policy-fail": 5,
        "reject-route": 6,
    },
}


def protocol(word: str) -> Span | None:
    """The protocols that a word means; None when it is not understood."""
    word = word.lower()
    if word.isdecimal():
        return ALL_PROTOCOLS if word == "0" else (int(word), int(word)) if len(word) < 4 and int(word) < 256 else None
    if word in _PROTOCOLS:
        return _PROTOCOLS[word]
    found = acl_words.protocol(word, 4) if word not in ("ip", "any", "tcp-udp") else None
    return found[0] if found else None


@cache
def _services() -> dict[str, int]:
    return {name: int(number) for name, number in rows_table(__package__, "services.tsv")}


def port(word: str) -> int | None:
    """The number of a port, by its number or its name."""
    if word.isascii() and word.isdecimal():
        return int(word) if len(word) < 6 and int(word) <= ALL_PORTS[1] else None
    return _services().get(word.lower())


def ports(text: str, between: str) -> Span | None:
    """A port or a range; of a range that is open at an end, up to there."""
    low, sign, high = text.partition(between)
    first = port(low) if low else 0
    last = port(high) if high else ALL_PORTS[1] if sign else first
    if first is None or last is None or (not low and not sign):
        return None
    return (first, last) if first <= last else None


def states(names: Iterable[str]) -> list[Span] | None:
    """What connection tracking says of packets; None when a word is not understood."""
    found = [_STATES.get(name.upper()) for name in names]
    told = [span for span in found if span]
    return told if told and len(told) == len(found) else None


def flags(text: str) -> int | None:
    """``SYN,ACK`` as a number; None when it is not understood."""
    found = 0
    for word in text.replace("|", ",").split(","):
        if word.strip().upper() not in _FLAGS:
            return None
        found |= _FLAGS[word.strip().upper()]
    return found


def flagged(mask: int, wanted: int, *, but: bool = False) -> tuple[list[Span], list[Span]]:
    """(certainly, at most) of TCP packets whose flags under a mask are these: those that begin a connection have SYN
    alone, those that answer have ACK or RST; what fits no connection may have any.
    """
    begins = _SYN & mask == wanted
    answering = [f for f in range(64) if f & (_ACK | _RST)]
    hits = sum(f & mask == wanted for f in answering)
    most = [NEW] * begins + [ESTABLISHED] * bool(hits) + [(RELATED[0], ANY_STATE[1])]
    sure = [NEW] * begins + [ESTABLISHED] * (hits == len(answering))
    return (spans_outside(most, ANY_STATE), spans_outside(sure, ANY_STATE)) if but else (sure, most)


@cache
def _kinds(version: int) -> dict[str, Span]:
    return {
        name: (
            int(kind) * acl_words.CODES + (int(code) if code != "*" else 0),
            int(kind) * acl_words.CODES + int(code if code != "*" else 255),
        )
        for family, name, kind, code in rows_table(__package__, "icmp.tsv")
        if family == str(version)
    }


def icmp(text: str, version: int) -> Span | None:
    """The messages of a type of ICMP, with or without its code, by number or name, as ports stand for them."""
    kind, _, code = text.partition("/")
    if text == "any":
        return 0, ALL_PORTS[1]
    if kind.isdecimal() and (code.isdecimal() or not code) and len(text) < 8:
        first = int(kind) * acl_words.CODES
        if int(kind) > 255 or (code and int(code) > 255):
            return None
        return (first + int(code), first + int(code)) if code else (first, first + acl_words.CODES - 1)
    return _kinds(version).get(text.lower())


def icmp_codes(text: str, version: int) -> list[Span] | None:
    """The messages with one of these codes, of any type."""
    low, _, high = text.partition("-")
    named = _CODES[version].get(text.lower())
    numbers = [str(named)] * 2 if named is not None else [low, high or low]
    if not all(number.isdecimal() and len(number) < 4 for number in numbers):
        return None
    first, last = (int(number) for number in numbers)
    if not first <= last < acl_words.CODES:
        return None
    return [(kind * acl_words.CODES + first, kind * acl_words.CODES + last) for kind in range(256)]


def chunks(text: str) -> Sequence[str]:
    """The parts between commas."""
    return [part.strip() for part in text.split(",") if part.strip()]
