"""The packets that an entry of an access list matches: at least these, and at most those.

What is not understood of an entry narrows it, as everything does that stands in one; so the parts that are understood
bound it from above, and from below nothing does.
"""

from __future__ import annotations

import ipaddress
import itertools
import math
import re
from collections.abc import Mapping, Sequence

from scanner.address_spans import range_of
from scanner.configs import acl_words
from scanner.configs.acl_cover import ports_of
from scanner.configs.acl_entries import ANY, Acl, AclEntry
from scanner.configs.forwarding import Entry, Filter, Place
from scanner.configs.nodes import Node
from scanner.configs.wildcards import spans_with_holes
from scanner.intervals import united
from scanner.packet_sets import (
    ADDRESSES,
    ALL_PORTS,
    ANSWERS,
    BEGINS,
    EITHER,
    MAX_BOXES,
    Box,
    Boxes,
    Span,
    everything,
)
from scanner.wording import said

Groups = Mapping[str, Sequence[Span] | None]  # IPv4 addresses of object groups; None: not understood
_TCP = (6, 6)
_ANSWERING = ("ack", "rst")  # flags of TCP that no packet has that begins a conversation
_FLAGS = ("syn", "fin", "psh", "urg", *_ANSWERING)
_ICMP = {4: (1, 1), 6: (58, 58)}


class _Reading:
    """What is understood of an entry so far. exact: all of it."""

    def __init__(self, version: int) -> None:
        self.version = version
        self.exact = True
        self.protocols: Sequence[Span] = ((0, 255),)
        self.sources: Sequence[Span] = (ADDRESSES[version],)
        self.destinations: Sequence[Span] = (ADDRESSES[version],)
        self.source_ports: Sequence[Span] = (ALL_PORTS,)
        self.ports: Sequence[Span] = (ALL_PORTS,)
        self.answers: Span = EITHER
        self.plain = True  # it may match a whole packet with no more headers than it needs

    def boxes(self) -> Boxes:
        """The packets, as far as they are understood. Where they are too ragged, the most ragged of them are rounded
        off.
        """
        parts = [
            united(spans) for spans in (self.sources, self.destinations, self.protocols, self.source_ports, self.ports)
        ]
        while math.prod(map(len, parts)) > MAX_BOXES:
            self.exact = False
            ragged = max(parts, key=len)
            parts[parts.index(ragged)] = [(ragged[0][0], ragged[-1][1])]
        return tuple((*spans, self.answers) for spans in itertools.product(*parts))


def entry(source: str, one: AclEntry, version: int, groups: Groups) -> Entry:
    """The entry of a list that filters this version of IP."""
    found = _Reading(version)
    protocols = acl_words.protocol(one.protocol, version)
    if protocols is None:
        found.exact = False
    else:
        found.protocols = protocols
    for name, text in (("sources", one.source), ("destinations", one.destination)):
        spans = _addresses(text, version, groups)
        if spans is None:
            found.exact = False
        else:
            setattr(found, name, spans)
    words = one.node.key.split()
    if one.timed or "time-range" in words or "inactive" in words:
        found.exact = False
    _options(found, one.options.lower().split())
    if not found.plain and one.action != "permit":
        return Entry(_place(source, one.node), False, (), ())
    most = found.boxes()
    doubt = None if found.exact else said("only a part of this entry is understood, or it holds at times")
    return Entry(_place(source, one.node), one.action == "permit", most if found.exact else (), most, doubt)


def _place(source: str, node: Node) -> Place:
    return Place(source, node.line, node.text)


def _addresses(text: str, version: int, groups: Groups) -> Sequence[Span] | None:
    """The addresses that an end names; None when that is not understood."""
    if text == ANY:
        return (ADDRESSES[version],)
    if text.startswith("group "):
        return groups.get(text.removeprefix("group ").strip()) if version == 4 else None
    address, _, wildcard = text.partition(" ")
    if wildcard:
        return spans_with_holes(address, wildcard) if version == 4 else None
    try:
        networks = [ipaddress.ip_network(one, strict=False) for one in text.split(",")]
    except ValueError:
        return None
    if any(network.version != version for network in networks):
        return None
    return [range_of(network)[1:] for network in networks]


def _options(found: _Reading, words: list[str]) -> None:
    """What narrows the entry. Whatever is not understood makes it inexact."""
    at = 0
    while at < len(words):
        word = words[at]
        if word in acl_words.NARROW_NOTHING:
            at += 1
        elif word == "reflect":  # notes the conversation, and narrows nothing
            at += 4 if words[at + 2 : at + 3] == ["timeout"] else 2
        elif word in ("source", "source-port", "port", *acl_words.OPERATORS):
            at = _ports(found, words, at)
        elif word == "established" or words[at : at + 2] == ["tcp-flag", "established"]:
            at += 1 if word == "established" else 2
            _established(found)
        elif word in _FLAGS and words[at + 1 : at + 2] in (["0"], ["1"]):
            at = _flags(found, words, at)
        elif word in _ANSWERING or (word == "tcp-flag" and words[at + 1 : at + 2] in ([one] for one in _ANSWERING)):
            at += 1 if word in _ANSWERING else 2
            _established(found)
            found.exact = False  # some answers have the other flag alone
            if words[at : at + 1] and words[at] in _FLAGS:
                found.answers = EITHER  # whether one of the flags is enough is not told
        elif word in ("icmp-type", "icmp6-type") and found.protocols == (_ICMP[found.version],):
            at = _icmp(found, words, at + 1)
        elif found.protocols == (_ICMP[found.version],) and acl_words.icmp(words[at], found.version):
            at = _icmp(found, words, at)
        else:
            found.plain &= word not in acl_words.OF_NO_PLAIN_PACKET or words[at - 1 : at] == ["time-range"]
            found.exact = False
            at += 1


def _established(found: _Reading) -> None:
    """Answers of TCP: packets with ACK or RST."""
    if tuple(found.protocols) == (_TCP,):
        found.answers = ANSWERS
    else:
        found.exact = False


def _flags(found: _Reading, words: list[str], at: int) -> int:
    """Flags of TCP that are all as it is said of them: ``syn 1 ack 0``. Where these words end."""
    told: dict[str, str] = {}
    while at + 1 < len(words) and words[at] in _FLAGS and words[at + 1] in ("0", "1"):
        told[words[at]] = words[at + 1]
        at += 2
    if tuple(found.protocols) != (_TCP,):
        found.exact = False
    elif told == {**dict.fromkeys(told, "0"), "syn": "1", "ack": "0"}:
        found.answers = BEGINS
    else:
        found.exact = False
        if any(told.get(flag) == "1" for flag in _ANSWERING):
            found.answers = ANSWERS
    return at


def _ports(found: _Reading, words: list[str], at: int) -> int:
    """Where the words about ports end."""
    begin = at
    sources = words[at] in ("source", "source-port")
    if words[at] not in acl_words.OPERATORS:
        at += 1
    if sources and words[at : at + 1] == ["port"]:
        at += 1
    if words[at : at + 1] == ["in"]:
        listed = ports_of(f"port in {words[at + 1]}") if at + 1 < len(words) else None
        _narrow_ports(found, listed, sources=sources)
        return at + 2
    operator = words[at] if at < len(words) else ""
    at += 1
    operands: list[int] = []
    most = 2 if operator == "range" else 10 if operator in ("eq", "neq") else 1
    while at < len(words) and len(operands) < most and (port := acl_words.port(words[at])) is not None:
        operands.append(port)
        at += 1
    _narrow_ports(found, acl_words.spans(operator, operands), sources=sources)
    return max(at, begin + 1)


def _narrow_ports(found: _Reading, spans: Sequence[Span] | None, *, sources: bool) -> None:
    """Only these ports are left; None: it is not understood which."""
    if spans is None or not all(span in acl_words.WITH_PORTS for span in found.protocols):
        found.exact = False
    elif sources:
        found.source_ports = spans
    else:
        found.ports = spans


def _icmp(found: _Reading, words: list[str], at: int) -> int:
    """Where the words about the type and code end."""
    if words[at : at + 1] == ["in"] and len(words) > at + 1:
        listed = [acl_words.messages(one, found.version) for one in words[at + 1].split(",")]
        told = [span for span in listed if span]
        found.exact &= len(told) == len(listed)
        found.ports = told if len(told) == len(listed) else found.ports
        return at + 2
    span = acl_words.icmp(words[at], found.version) if at < len(words) else None
    if span is None:
        found.exact = False
        return at
    if at + 1 < len(words) and words[at].isdecimal() and words[at + 1].isdecimal() and int(words[at + 1]) < 256:
        code = span[0] + int(words[at + 1])
        span, at = (code, code), at + 1
    found.ports = (span,)
    return at + 1


def as_filter(
    name: str,
    acl: Acl | None,
    used: Place,
    version: int,
    *,
    permits_rest: bool | None,
    groups: Groups,
    unread: Sequence[Node] = (),
) -> Filter:
    """A list where it filters. acl: None when there is no such list. unread: lines of it that may be entries, too."""
    if acl is None:
        return Filter(name, used, defined=False, permits_rest=None)
    source = used.source
    whole = (everything(version),)
    lost = [Entry(_place(source, n), *_unread(n, whole), said("this line is not understood")) for n in unread]
    entries = [entry(source, one, version, groups) for one in acl.entries if one.protocol != "other"]
    others = [
        Entry(_place(source, one.node), None, (), whole, said("this line is not understood"))
        for one in acl.entries
        if one.protocol == "other"
    ]
    if not acl.entries and not lost:
        permits_rest = None  # a list without entries lets everything through on some systems, and nothing on others
    ordered = "auto" not in acl.node.key.split()
    at = _place(source, acl.node)
    return Filter(name, used, (*lost, *others, *entries), permits_rest, ordered=ordered, at=at)


def _unread(node: Node, whole: tuple[Box, ...]) -> tuple[bool | None, Boxes, Boxes]:
    """(permits, at least, at most) of a line that is no entry: those that reflect conversations permit answers."""
    if re.match(r"(?:(?:sequence )?\d+ )?evaluate ", node.key):
        return True, (), tuple((*box[:5], ANSWERS) for box in whole)
    return None, (), whole
