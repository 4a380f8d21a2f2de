"""L2TP version 2 over UDP, on any port: its control messages, and how the ends of the PPP links in it log in.

RFC 2661 sections 3 to 5, RFC 1661 section 5 (LCP), RFC 1334 (PAP), RFC 1994 (CHAP), RFC 2759 (MS-CHAPv2). It encrypts
nothing. What its data messages carry is read as what it is (``kernel/decode/tunnels.py``) on its own port.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.framing.language import Byte, Case, Framing, Range, Role, Size, Whole, bits, magic
from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Protocol, Row, Session, Verb
from scanner.protocols.common.text import readable
from scanner.wording import said

_NAME = "l2tp"
_SESSION = "l2tp-session"
_MESSAGES = {
    1: "SCCRQ",
    2: "SCCRP",
    3: "SCCCN",
    4: "StopCCN",
    6: "HELLO",
    7: "OCRQ",
    8: "OCRP",
    9: "OCCN",
    10: "ICRQ",
    11: "ICRP",
    12: "ICCN",
    14: "CDN",
    15: "WEN",
    16: "SLI",
}
_ASKS, _ANSWERS = (1, 7, 10), (2, 8, 11)
_HOST, _VENDOR = 7, 8  # attributes
_HEADER = 12
_LCP, _PAP, _CHAP = 0xC021, 0xC023, 0xC223
_KINDS = {b"\5": "CHAP", b"\x80": "MS-CHAP", b"\x81": "MS-CHAPv2"}

_CONTROL = (Byte(0, 0xC8), Byte(1, 2))
FRAMING = Framing(
    name=_NAME,
    delimiter=Whole(),
    sync=(*_CONTROL, *magic(12, b"\x80\x08\0\0\0\0\0"), Byte(19, _MESSAGES), Size(20, 2048)),
    ports={"udp": (1701,)},
    confirmations=1,
    then=_SESSION,
)
# Behind an opening: acknowledgements, and what PPP agrees on, which alone have too little to be told by.
SESSION = Framing(
    name=_SESSION,
    delimiter=Whole(),
    sync=(Byte(0, bits(0xB4, 0) | {0xC8}), Byte(1, 2), Size(8, 0xFFFF)),
    ports={"udp": (1701,)},
    confirmations=1,
    anywhere=False,
)


def _is_control(data: bytes, length: int) -> bool:
    """Flags, lengths and the first attribute agree; or it is an acknowledgement of nothing else."""
    if data[:2] != b"\xc8\2" or int.from_bytes(data[2:4], "big") != length:
        return False
    return length == _HEADER or (data[12:19] == b"\x80\x08\0\0\0\0\0" and len(data) > 19 and data[19] in _MESSAGES)


def _link(data: bytes) -> tuple[int, bytes] | None:
    """PPP's protocol and packet, of a data message; None when there is none."""
    if len(data) < 8 or data[0] & 0xB4 or data[1] != 2:
        return None
    at = 2 + (2 if data[0] & 0x40 else 0) + 4 + (4 if data[0] & 8 else 0)
    if data[0] & 2:
        at += 2 + int.from_bytes(data[at : at + 2], "big")
    if data[at : at + 2] == b"\xff\3":
        at += 2
    if at + 6 > len(data):
        return None
    size = int.from_bytes(data[at + 4 : at + 6], "big")
    return int.from_bytes(data[at : at + 2], "big"), data[at + 2 : at + 2 + max(size, 4)]


def probe(message: Message) -> bool:
    """A control message; behind one, any message."""
    data = message.data
    if message.transport != "udp" or len(data) < 8:
        return False
    if data[0] & 0x80:
        return _is_control(data, message.length)
    return message.framing in ("", _SESSION) and _link(data) is not None


def dissect(message: Message) -> Iterator[Row]:
    """A control message with who sends it, or a step in which a PPP link logs in."""
    if not probe(message):
        raise Malformed("no message of L2TP")
    if not message.data[0] & 0x80:
        yield from _agreed(*(_link(message.data) or (0, b"")))
    elif message.length > _HEADER:
        yield from _control(message.data)


def _control(data: bytes) -> Iterator[Row]:
    number = data[19]
    kind = Kind.REQUEST if number in _ASKS else Kind.RESPONSE if number in _ANSWERS else Kind.NOTICE
    yield Operation(
        Verb.SESSION, _MESSAGES[number], kind, code=str(number), filter=f"l2tp.avp.message_type == {number}"
    )
    yield Session(version="L2TPv2", encrypted=False)
    at = _HEADER
    while at + 6 <= len(data):
        size = int.from_bytes(data[at : at + 2], "big") & 0x3FF
        if size < 6:
            raise Malformed("an attribute of {size} bytes", size=size)
        hidden, vendor = data[at] & 0x40, data[at + 2 : at + 4]
        attribute, value = int.from_bytes(data[at + 4 : at + 6], "big"), data[at + 6 : at + size]
        if not hidden and not any(vendor) and attribute in (_HOST, _VENDOR) and (text := readable(value, 64)):
            yield Identity("hostname" if attribute == _HOST else "software", text)
        at += size


def _agreed(protocol: int, packet: bytes) -> Iterator[Row]:
    """How a link logs in: a password in clear, or an answer that depends on it."""
    code = packet[0] if packet else 0
    if protocol == _PAP and code == 1:
        yield Operation(Verb.AUTHENTICATE, "PAP Authenticate-Request", filter="pap.code == 1")
        yield Session(credentials="password", encrypted=False, detail=said("PPP log-in by {name}", name="PAP"))
    elif protocol == _CHAP and code == 2:
        yield Operation(Verb.AUTHENTICATE, "CHAP Response", filter="chap.code == 2")
        yield Session(credentials="digest", encrypted=False, detail=said("PPP log-in by {name}", name="CHAP"))
    elif protocol in (_PAP, _CHAP) and code in ((2, 3) if protocol == _PAP else (3, 4)):
        word, good = ("PAP", code == 2) if protocol == _PAP else ("CHAP", code == 3)
        kind = Kind.RESPONSE if good else Kind.REFUSAL
        yield Operation(
            Verb.AUTHENTICATE,
            f"{word} {'accepted' if good else 'refused'}",
            kind,
            refusal="" if good else "log-in failed",
            filter=f"{word.lower()}.code == {code}",
        )
    elif protocol == _LCP and code == 2:
        yield from _wanted(packet[4:])


def _wanted(options: bytes) -> Iterator[Session]:
    """The log-in on which the ends of the link agreed."""
    at = 0
    while at + 2 <= len(options) and options[at + 1] >= 2:
        kind, value = options[at], options[at + 2 : at + options[at + 1]]
        if kind == 3 and len(value) >= 2:
            protocol = int.from_bytes(value[:2], "big")
            name = "PAP" if protocol == _PAP else _KINDS.get(value[2:3], "") if protocol == _CHAP else "EAP"
            if name:
                yield Session(detail=said("PPP log-in by {name}", name=name))
        at += options[at + 1]


def _pairs() -> Iterator[Case]:
    """Control messages by type and what they carry; numbers of the tunnel and of messages are no part of it."""
    whole = (Range(12),)
    yield Case(_NAME, (*_CONTROL, Byte(19, _MESSAGES), Size(20)), whole, Role.NOTICE, keep=2048, most=512)
    yield Case(_NAME, _CONTROL, (Range(0, 4),), Role.NOTICE, keep=16)
    yield Case(_NAME, (Byte(1, 2),), (Range(0, 2), Range(8, 64)), Role.NOTICE, keep=512, with_length=True, most=512)


PROTOCOL = Protocol(
    name=_NAME,
    title="L2TP",
    framing=FRAMING,
    cases=tuple(_pairs()),
    probe=probe,
    dissect=dissect,
    verbs=frozenset({Verb.SESSION, Verb.AUTHENTICATE}),
    specification="RFC 2661 sections 3 to 5, RFC 1661 section 5, RFC 1334, RFC 1994, RFC 2759",
    industrial=False,
    more_framings=(SESSION,),
    proof=lambda message: message.data[:1] >= b"\x80" and message.length > _HEADER,
)
