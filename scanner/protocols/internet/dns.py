"""DNS over UDP and TCP, multicast DNS and LLMNR: that they are used, how they answer, dynamic updates, and which
addresses name servers give for a name.

Written from RFC 1035 section 4 (header, question, records; the length in front of a message over TCP), RFC 2136
(update), RFC 6762 (mDNS) and RFC 4795 (LLMNR). Questions are not told apart: what matters here is who resolves where.
Only of names that may carry data, and of very many, the domain is told, and how many different ones there are; and that
identifiers of things are resolved (OID, GS1).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from scanner.framing.language import Byte, Case, Framing, Length, Range, Role, Size, Whole, magic
from scanner.protocols.base import Kind, Malformed, Message, Operation, Protocol, Row, Verb
from scanner.protocols.internet._dns_answers import ANSWERED, KEEP, KEY, MOST_ANSWERS, records_fill, resolution
from scanner.protocols.internet._dns_questions import MOST_NAMES, asked_key, carrying, identifies, kept_apart, labels

OPCODES = {0: ("Query", Verb.READ), 4: ("Notify", Verb.REPORT), 5: ("Update", Verb.CONFIGURE), 2: ("Status", Verb.READ)}
RCODES = {
    1: "FormErr",
    2: "ServFail",
    3: "NXDomain",
    4: "NotImp",
    5: "Refused",
    6: "YXDomain",
    8: "NXRRSet",
    9: "NotAuth",
}
_HEADER = 12
_ASKED = {*range(1, 67), 99, *range(249, 258), 32768, 32769, *range(0xFF00, 0xFFFF)} - {
    32,
    41,
}  # 32: of NetBIOS names, whose questions look alike
_CLASSES = (1, 3, 4, 255)
_OPT, _OPT_SIZE = b"\0\0\x29", 11
_TRANSFERS, _BY_MICROSOFT = (251, 252), b"MS"  # name servers that take many records in one message add that (MS-DNSP)
_ONE_QUESTION = b"\0\1\0\0\0\0\0"
_LABEL = re.compile(rb"[!-~]{1,63}")
_ON_THE_LINK = (5353, 5355)  # ports of names that neighbours answer
_FLAGS = {answer << 7 | opcode << 3 | rest for answer in (0, 1) for opcode in OPCODES for rest in range(8)}

# What asks nothing, its length where an answer has its code: BFD (RFC 5880, section 4.1) with small numbers.
_OF_BFD = (Byte(0, range(0x20, 0x40)), Byte(2, range(1, 8)), Byte(3, range(24, 53)), Byte(4, 0), Byte(5, 0))
# The counts of questions and records are small numbers.
FRAMING = Framing(
    name="dns",
    delimiter=Whole(),
    sync=(Byte(2, _FLAGS), Byte(4, 0), Byte(6, 0), Byte(8, 0), Byte(10, 0), Size(_HEADER + 5)),
    ports={"udp": (53, 5353, 5355)},
    anywhere=False,
    unless=_OF_BFD,
)
# A question as resolvers ask it, which is recognised on any port: one, and behind it at most an OPT record.
ELSEWHERE = Framing(
    "dns-question",
    Whole(),
    (
        Byte(2, (0x00, 0x01)),
        Byte(3, (0x00, 0x10, 0x20, 0x30)),
        *magic(4, _ONE_QUESTION),
        Byte(11, (0, 1)),
        Byte(12, range(1, 64)),
        Size(_HEADER + 7, 512),
    ),
    {"udp": ()},
    confirmations=1,
    then=FRAMING.name,
)
_PREFIX = 2  # bytes of the length in front of a message over TCP
# In a datagram a name stands where a message over TCP has the upper byte of a count.
_OVER_TCP = (Byte(4, _FLAGS), Byte(6, 0), Byte(7, (0, 1)), Byte(8, 0), Byte(10, 0), Byte(12, 0))
TCP = Framing(
    "dns-tcp",
    Length(0, 2, _PREFIX, minimum=_PREFIX + _HEADER, maximum=_PREFIX + 0xFFFF),
    _OVER_TCP,
    {"tcp": (53,)},
    1,
    anywhere=False,
)
# And one over TCP on any port.
TCP_ELSEWHERE = Framing(
    "dns-question-tcp",
    Length(0, 2, _PREFIX, minimum=_PREFIX + _HEADER + 7, maximum=_PREFIX + 512),
    (
        Byte(4, (0x00, 0x01)),
        Byte(5, (0x00, 0x10, 0x20, 0x30)),
        *magic(6, _ONE_QUESTION),
        Byte(13, (0, 1)),
        Byte(14, range(1, 64)),
    ),
    {"tcp": ()},
    1,
    then=TCP.name,
)


def probe(message: Message) -> bool:
    """A header whose question, if there is one, is a well-formed name."""
    data = _bare(message)
    if message.transport not in ("udp", "tcp") or len(data) < _HEADER + 1 or data[2] not in _FLAGS:
        return False
    questions, answers = int.from_bytes(data[4:6], "big"), int.from_bytes(data[6:8], "big")
    if not questions:
        return bool(data[2] & 0x80) or answers > 0
    return _is_name(data, _HEADER)


def proof(message: Message) -> bool:
    """All of it is there, and is a question as resolvers ask it or records to the last byte."""
    data = _bare(message)
    prefix = len(message.data) - len(data)
    whole = message.transport in ("udp", "tcp") and message.length - prefix == len(data) > _HEADER
    spelling = _is_text if message.port in _ON_THE_LINK else _LABEL.fullmatch
    return whole and (_is_question(data, spelling) or records_fill(data))


def _is_text(label: bytes) -> bool:
    """In UTF-8, as names on the link are (RFC 4795 section 2.2, RFC 6762 section 16)."""
    try:
        return label.decode().isprintable()
    except UnicodeDecodeError:
        return False


def _is_question(data: bytes, spelling: Callable[[bytes], object]) -> bool:
    """One question and at most an OPT record behind it, to the last byte: a name of labels that are spelled so, of a
    class and type that resolvers ask for.
    """
    if data[2] & 0xF8 or data[4:11] != _ONE_QUESTION:
        return False
    words, at = labels(data)
    kind, of_class = int.from_bytes(data[at + 1 : at + 3], "big"), int.from_bytes(data[at + 3 : at + 5], "big")
    spelled = bool(words) and all(map(spelling, words)) and data[at : at + 1] == b"\0"
    if not spelled or len(data) < at + 5 or kind not in _ASKED or of_class not in _CLASSES:
        return False
    rest = data[at + 5 :]
    if not data[11]:
        return not rest or (kind in _TRANSFERS and rest == _BY_MICROSOFT)
    return rest[:3] == _OPT and len(rest) == _OPT_SIZE + int.from_bytes(rest[9:11], "big")


def _bare(message: Message) -> bytes:
    """The message without the length in front of it."""
    return message.data[_PREFIX:] if message.transport == "tcp" else message.data


def _is_name(data: bytes, at: int) -> bool:
    """Labels of at most 63 bytes up to the root, a pointer, or the end of what was kept."""
    for _ in range(128):
        if at >= len(data):
            return True
        if data[at] == 0 or data[at] >= 0xC0:
            return True
        if data[at] > 63:
            return False
        at += 1 + data[at]
    return False


def dissect(message: Message) -> Iterator[Row]:
    """The operation code and, of a response, its code; of an answer with addresses, whose they are."""
    if not probe(message):
        raise Malformed("no DNS header")
    data = _bare(message)
    flags, code = data[2], data[3] & 0x0F
    function, verb = OPCODES[flags >> 3 & 0x0F]
    kind = Kind.REQUEST
    if flags & 0x80:
        kind = Kind.REFUSAL if code else Kind.RESPONSE
    of = carrying(message, data) if kind is Kind.REQUEST else None
    yield Operation(
        verb=verb,
        function=function,
        kind=kind,
        code=str(flags >> 3 & 0x0F),
        object=of.domain if of else "",
        detail=of.detail if of else "",
        among=of.name if of and not of.plain else "",
        among_many=of.name if of and of.plain else "",
        refusal=RCODES.get(code, f"RCODE {code}") if kind is Kind.REFUSAL else "",
        filter=f"dns.flags.opcode == {flags >> 3 & 0x0F}",
    )
    domain, system = identifies(data) if kind is Kind.REQUEST else ("", "")
    if system:
        asked = f'lower(dns.qry.name) contains "{domain}"'
        yield Operation(verb, "Identifier resolution", kind, object=domain, detail=system, filter=asked)
    if message.transport == "udp" and kind is Kind.RESPONSE and (found := resolution(data)):
        yield found


_ID = (Range(0, 2),)
_QUERY = Byte(2, {f for f in _FLAGS if not f & 0x80})
_TCP_ID, _TCP_FLAGS = (Range(2, 4),), (Range(4, 6),)
_TCP_QUERY = (*_OVER_TCP, Byte(4, _QUERY.among))
_APART = [Case("dns", (_QUERY, *t), asked_key(0), Role.REQUEST, _ID, keep=300) for t in kept_apart(0)]
_NAMED = Case("dns", (_QUERY,), asked_key(0), Role.REQUEST, _ID, keep=300, most=MOST_NAMES)
_NAMED_TCP = Case("dns", _TCP_QUERY, asked_key(_PREFIX), Role.REQUEST, _TCP_ID, keep=300, most=MOST_NAMES)
_APART_TCP = [
    Case("dns", (*_TCP_QUERY, *t), asked_key(_PREFIX), Role.REQUEST, _TCP_ID, keep=300) for t in kept_apart(_PREFIX)
]
PROTOCOL = Protocol(
    name="dns",
    title="DNS",
    framing=FRAMING,
    more_framings=(TCP, ELSEWHERE, TCP_ELSEWHERE),
    cases=(
        *_APART_TCP,
        _NAMED_TCP,
        Case("dns", _OVER_TCP, _TCP_FLAGS, Role.RESPONSE, _TCP_ID, keep=80),
        Case("dns", ANSWERED, KEY, Role.RESPONSE, _ID, keep=KEEP, most=MOST_ANSWERS),
        Case("dns", (Byte(2, {f for f in _FLAGS if f & 0x80}),), (Range(2, 4),), Role.RESPONSE, _ID, keep=80),
        *_APART,
        _NAMED,
    ),
    probe=probe,
    proof=proof,
    needs_proof=True,
    dissect=dissect,
    verbs=frozenset({verb for _, verb in OPCODES.values()}),
    specification="RFC 1035 section 4, RFC 7766, RFC 2136 section 2, RFC 6762 section 18, RFC 4795 section 2.1",
    industrial=False,
)
