"""RTP and RTCP: pictures and sound, as cameras, intercoms and telephones send them, by UDP on any port.

RFC 3550 sections 5.1 (RTP), 6.4 to 6.6 and appendix A.2 (what makes an RTCP packet a valid one), RFC 3551 section 6
(payload types), RFC 4585 and RFC 3611 (further kinds of RTCP), RFC 5761 (RTP and RTCP on one port).

RTCP tells itself: version, kind, and the lengths of all packets in a datagram, which fill it. RTP does not: hardly more
than its version could tell it. It is known on the port of RTCP that was seen there before, and nowhere else. What is
encrypted (SRTP, RFC 3711) has encrypted RTCP, whose packets do not fill the datagram: neither is taken for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from scanner.framing.language import Bits, Byte, Case, Framing, Range, Role, Size, Whole
from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Protocol, Row, Session, Verb
from scanner.protocols.common.probe import is_well_formed
from scanner.protocols.common.text import readable
from scanner.wording import said

_NAME = "rtp"
_SENDER, _RECEIVER, _DESCRIPTION, _BYE, _APPLICATION, _FEEDBACK, _PAYLOAD_FEEDBACK, _EXTENDED = range(200, 208)
_KINDS = {
    _SENDER: "Sender Report",
    _RECEIVER: "Receiver Report",
    _DESCRIPTION: "Source Description",
    _BYE: "Goodbye",
    _APPLICATION: "Application-defined",
    _FEEDBACK: "Transport-layer feedback",
    _PAYLOAD_FEEDBACK: "Payload-specific feedback",
    _EXTENDED: "Extended Report",
}
_REPORT, _INFO = 24, 20  # bytes of a report block, of what a sender says of itself
_CANONICAL, _TOOL = 1, 6  # items of a description
_ENCODINGS = {  # RFC 3551 tables 4 and 5
    0: "PCMU",
    3: "GSM",
    4: "G.723",
    8: "PCMA",
    9: "G.722",
    10: "L16 stereo",
    11: "L16",
    14: "MPA",
    18: "G.729",
    26: "JPEG",
    31: "H.261",
    32: "MPV",
    33: "MP2T",
    34: "H.263",
}
_MOST_PACKETS = 64
_NEVER_RTP = range(64, 96)  # what RTCP's kinds would be as payload types (RFC 5761 section 4)

_VERSION_2 = range(0x80, 0xC0)
# The first packet of a datagram of RTCP: no padding, a report of a sender or receiver, as long as its blocks make it.
_LENGTHS = tuple(sorted({head + 6 * blocks for head in (1, 6) for blocks in range(4)}))
FRAMING = Framing(
    name=_NAME,
    delimiter=Whole(),
    sync=(Byte(0, range(0x80, 0x84)), Byte(1, (_SENDER, _RECEIVER)), Byte(2, 0), Byte(3, _LENGTHS), Size(8, 1500)),
    ports={"udp": ()},
    confirmations=1,
    then=f"{_NAME}-session",
)
SESSION = Framing(
    name=f"{_NAME}-session",
    delimiter=Whole(),
    sync=(Byte(0, _VERSION_2), Size(8, 0xFFFF)),
    ports={"udp": ()},
    confirmations=1,
    anywhere=False,
)
CASES = (
    Case(_NAME, (Byte(0, _VERSION_2), Byte(1, _KINDS)), (Range(0, 2), Range(4, 8)), Role.NOTICE, with_length=True),
    Case(_NAME, (Byte(0, _VERSION_2),), (Bits(1, 0x7F), Range(8, 12)), Role.NOTICE, keep=64),
)


class _Packet(NamedTuple):
    kind: int
    parts: int  # blocks or sources
    body: bytes  # behind the first four bytes


def probe(message: Message) -> bool:
    """Whole packets of RTCP, or what RTP can be."""
    return is_well_formed(_check, message)


def proof(message: Message) -> bool:
    """Whole packets of RTCP that begin with a report."""
    return message.data[1:2] in (b"\xc8", b"\xc9") and probe(message)


def _check(message: Message) -> None:
    data = message.data
    if message.transport != "udp" or len(data) < 8 or data[0] >> 6 != 2:
        raise Malformed("no RTP")
    if data[1] in _KINDS:
        _compound(message)
        return
    header = 12 + 4 * (data[0] & 0x0F)
    extended = data[0] & 0x10
    if extended and len(data) >= header + 4:
        header += 4 + 4 * int.from_bytes(data[header + 2 : header + 4], "big")
    padding = data[-1] if data[0] & 0x20 and len(data) == message.length else 0
    if data[1] & 0x7F in _NEVER_RTP or header + padding > message.length:
        raise Malformed("the header of RTP does not fit the datagram")


def _compound(message: Message) -> list[_Packet]:
    """The packets of a datagram (RFC 3550, appendix A.2; of reduced size, RFC 5506); Malformed when they do not fill
    it.
    """
    data, at = message.data, 0
    found: list[_Packet] = []
    while at < len(data) and len(found) < _MOST_PACKETS:
        head = data[at : at + 4]
        size = 4 + 4 * int.from_bytes(head[2:4], "big")
        last = at + size == message.length
        if len(head) < 4 or head[0] >> 6 != 2 or head[1] not in _KINDS or (head[0] & 0x20 and not last):
            raise Malformed("no packet of RTCP")
        packet = _Packet(head[1], head[0] & 0x1F, data[at + 4 : at + size])
        if at + size > message.length or size < _least(packet):
            raise Malformed("a packet of RTCP does not fit the datagram")
        found.append(packet)
        at += size
    if not found or (at < message.length and at < len(data)):
        raise Malformed("a packet of RTCP does not fit the datagram")
    return found


def _least(packet: _Packet) -> int:
    """Bytes that a packet of its kind and count has at least."""
    if packet.kind == _SENDER:
        return 8 + _INFO + _REPORT * packet.parts
    if packet.kind == _RECEIVER:
        return 8 + _REPORT * packet.parts
    return 4 if packet.kind in (_BYE, _DESCRIPTION) else 8


def dissect(message: Message) -> Iterator[Row]:
    """The kinds of RTCP, who sends by his own word; of RTP the kind of its payload."""
    _check(message)
    data = message.data
    yield Session(version="RTP 2", encrypted=False)
    if data[1] not in _KINDS:
        kind = data[1] & 0x7F
        known = _ENCODINGS.get(kind)
        yield Operation(
            verb=Verb.REPORT,
            function="RTP",
            kind=Kind.NOTICE,
            code=str(kind),
            object=said("{name} (payload type {n})", name=known, n=kind) if known else said("payload type {n}", n=kind),
            filter=f"rtp.p_type == {kind}",
        )
        return
    for packet in _compound(message):
        name = _KINDS[packet.kind]
        yield Operation(Verb.REPORT, name, Kind.NOTICE, str(packet.kind), filter=f"rtcp.pt == {packet.kind}")
        if packet.kind == _DESCRIPTION and packet.parts:
            yield from _described(packet.body)


def _described(body: bytes) -> Iterator[Identity]:
    """The first source of a description: its program, and the host of its canonical name."""
    at = 4
    while at + 2 <= len(body) and body[at]:
        item, size = body[at], body[at + 1]
        text = readable(body[at + 2 : at + 2 + size], 100) if at + 2 + size <= len(body) else ""
        host = text.rpartition("@")[2]
        if item == _TOOL and text:
            yield Identity("software", text)
        elif item == _CANONICAL and "@" in text and host and not set(host) <= set("0123456789.:abcdef"):
            yield Identity("hostname", host)
        at += 2 + size


PROTOCOL = Protocol(
    name=_NAME,
    title="RTP, RTCP",
    short="RTP",
    framing=FRAMING,
    more_framings=(SESSION,),
    cases=CASES,
    probe=probe,
    dissect=dissect,
    proof=proof,
    beyond_key="what a source says of itself stands behind reports that change; the key has the kind, the source and "
    "the length",
    verbs=frozenset({Verb.REPORT}),
    specification="RFC 3550 sections 5.1, 6.4 to 6.6 and appendix A.2; RFC 3551 section 6; RFC 4585 section 6; "
    "RFC 5506; RFC 5761",
    industrial=False,
    display_filter="rtp || rtcp",
)
