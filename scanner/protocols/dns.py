"""DNS, multicast DNS and LLMNR over UDP: that they are used, how they answer, and dynamic updates.

Written from RFC 1035 section 4 (header, question), RFC 2136 (update), RFC 6762 (mDNS) and RFC 4795 (LLMNR). Names that
are asked for are not told apart: what matters here is who resolves where.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.capture.descriptor import Byte, Case, Framing, Range, Role, Size, Whole
from scanner.protocols.base import Kind, Malformed, Message, Operation, Protocol, Row, Verb

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
_FLAGS = {answer << 7 | opcode << 3 | rest for answer in (0, 1) for opcode in OPCODES for rest in range(8)}

# The counts of questions and records are small numbers.
FRAMING = Framing(
    name="dns",
    cutter=Whole(),
    sync=(Byte(2, _FLAGS), Byte(4, 0), Byte(6, 0), Byte(8, 0), Byte(10, 0), Size(_HEADER + 5)),
    ports={"udp": (53, 5353, 5355)},
    anywhere=False,
)


def probe(message: Message) -> bool:
    """A header whose question, if there is one, is a well-formed name."""
    data = message.data
    if message.transport != "udp" or len(data) < _HEADER + 1 or data[2] not in _FLAGS:
        return False
    questions, answers = int.from_bytes(data[4:6], "big"), int.from_bytes(data[6:8], "big")
    if not questions:
        return bool(data[2] & 0x80) or answers > 0
    return _is_name(data, _HEADER)


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
    """The operation code and, of a response, its code."""
    if not probe(message):
        raise Malformed("no DNS header")
    flags, code = message.data[2], message.data[3] & 0x0F
    function, verb = OPCODES[flags >> 3 & 0x0F]
    kind = Kind.REQUEST
    if flags & 0x80:
        kind = Kind.REFUSAL if code else Kind.RESPONSE
    yield Operation(
        verb=verb,
        function=function,
        kind=kind,
        code=str(flags >> 3 & 0x0F),
        refusal=RCODES.get(code, f"RCODE {code}") if kind is Kind.REFUSAL else "",
        filter=f"dns.flags.opcode == {flags >> 3 & 0x0F}",
    )


_ID = (Range(0, 2),)
PROTOCOL = Protocol(
    name="dns",
    title="DNS",
    framing=FRAMING,
    cases=(
        Case("dns", (Byte(2, {f for f in _FLAGS if f & 0x80}),), (Range(2, 4),), Role.RESPONSE, _ID, keep=80),
        Case("dns", (Byte(2, {f for f in _FLAGS if not f & 0x80}),), (Range(2, 4),), Role.REQUEST, _ID, keep=80),
    ),
    probe=probe,
    dissect=dissect,
    verbs=frozenset({verb for _, verb in OPCODES.values()}),
    specification="RFC 1035 section 4, RFC 2136 section 2, RFC 6762 section 18, RFC 4795 section 2.1",
    industrial=False,
)
