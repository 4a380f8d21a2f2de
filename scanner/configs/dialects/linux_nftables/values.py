"""Values of nft(8) as spans of what packets are told apart by: addresses, ports, protocols, interfaces, states."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from scanner.configs.acl_objects import between, network
from scanner.configs.chains import netfilter_words as words_of
from scanner.configs.chains.interface_names import InterfaceNames
from scanner.configs.dialects.linux_nftables.tokens import Token
from scanner.packet_sets import ADDRESSES, ALL_PORTS, ALL_PROTOCOLS, Span

_NFPROTO = {"ipv4": 4, "ipv6": 6, "ip": 4, "ip6": 6, "2": 4, "10": 6, "0x0800": 4, "0x86dd": 6}


class NftSelector(NamedTuple):
    """What an expression looks at. dimension: of a box, by its name. version: of IP, that it is about alone.

    protocols: those that it is about alone. kind: what its values are.
    """

    kind: str
    dimension: str = ""
    version: int = 0
    protocols: tuple[Span, ...] = ()


ADDRESS, PORT, PROTOCOL, INTERFACE, STATE, STATUS, ICMP, VERSION, CODE, OTHER = (
    *("address", "port", "protocol", "interface", "state", "status"),
    *("icmp", "version", "code", "other"),
)


def whole_of(selector: NftSelector, version: int, names: InterfaceNames) -> Span:
    """All values."""
    if selector.kind == ADDRESS:
        return ADDRESSES[version]
    if selector.kind == PROTOCOL:
        return ALL_PROTOCOLS
    return names.every if selector.kind == INTERFACE else ALL_PORTS


def spans_of(selector: NftSelector, words: Sequence[Token], version: int, names: InterfaceNames) -> list[Span] | None:
    """The values that words mean; None when they are not understood."""
    if not words:
        return None
    text = "".join(w.text for w in words)
    if text == "*" and not words[0].quoted:
        return [whole_of(selector, version, names)]
    if selector.kind == ADDRESS:
        return _addresses(text, version)
    if selector.kind == CODE:
        return words_of.icmp_codes(text, version)
    if selector.kind == VERSION:
        told = _NFPROTO.get(text.lower())
        return None if told is None else [ALL_PORTS] if told == version else []
    span = _span_of(selector, text, version, names, quoted=words[0].quoted)
    return None if span is None else [span]


def _span_of(selector: NftSelector, text: str, version: int, names: InterfaceNames, *, quoted: bool) -> Span | None:
    if selector.kind == PORT:
        return words_of.ports(text, "-") if not text.startswith("-") else None
    if selector.kind == PROTOCOL:
        low, _, high = text.partition("-")
        span = words_of.protocol(text)
        if span is None and low.isdecimal() and high.isdecimal() and len(text) < 8 and int(low) <= int(high) < 256:
            return int(low), int(high)
        return span
    if selector.kind == INTERFACE:
        number = text[:1].isdigit() and not quoted  # which nobody tells the name of
        return None if text.startswith("$") or number else names.span(text)
    return words_of.icmp(text, version) if selector.kind == ICMP else None


def _addresses(text: str, version: int) -> list[Span] | None:
    first, sign, last = text.partition("-")
    found = between(first, last) if sign else network(*text.split("/", 1)) if text.count("/") < 2 else None
    if not found:
        return None
    if any(n.version != version for n in found):
        return []
    return (
        [(int(found[0].network_address), int(found[-1].broadcast_address))]
        if sign
        else [(int(n.network_address), int(n.broadcast_address)) for n in found]
    )


def parts_of(words: Sequence[Token], sign: str = ".") -> list[list[Token]]:
    """What stands between the dots of a concatenation."""
    found: list[list[Token]] = [[]]
    for word in words:
        if word.text == sign and not word.quoted:
            found.append([])
        else:
            found[-1].append(word)
    return found
