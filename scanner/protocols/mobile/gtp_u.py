"""GTP-U version 1: what ends of tunnels of a mobile network say to each other, beside what the tunnels carry.

3GPP TS 29.281 sections 5 (header, extension headers), 7 (messages) and 8 (elements). Packets of subscribers (G-PDU) are
peeled before any protocol is looked for; these are the messages about the path and the tunnels.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.framing.language import Byte, Case, Framing, Range, Role, Size, Whole
from scanner.protocols.base import Kind, Malformed, Message, Operation, Protocol, Row, Session, Verb
from scanner.protocols.common.probe import is_well_formed
from scanner.protocols.mobile._gtp_elements import FROM_128, gtp_elements

_NAME = "gtp-u"
_ECHO, _ANSWER, _ERROR, _EXTENSIONS = 1, 2, 26, 31
_TYPES = {
    _ECHO: "Echo",
    _ANSWER: "Echo",
    _ERROR: "Error Indication",
    _EXTENSIONS: "Supported Extension Headers Notification",
    253: "Tunnel Status",
    254: "End Marker",
}
_OF_PATH = frozenset({_ECHO, _ANSWER, _ERROR, _EXTENSIONS})  # numbered, and of no tunnel (section 5.1)
_FIRST = frozenset(range(0x30, 0x38))  # version 1, GTP, and which of the three optional fields there are
_NUMBERED = frozenset({0x32, 0x33, 0x36, 0x37})
_SHORT = frozenset(range(6))  # high octet of a length: no message is as long as 1536 bytes
_HEADER, _LONG = 8, 12
_FIXED = {14: 1, 16: 4}  # restart counter, tunnel endpoint identifier
_SUPPORTED = 141  # its length has one octet
_WANTED = {_ANSWER: 14, _ERROR: 16}
_CONTROL_PORT = 2123  # of GTP-C, whose version 1 has the same echo

FRAMING = Framing(
    name=_NAME,
    delimiter=Whole(),
    sync=(Byte(0, _FIRST), Byte(1, _TYPES), Byte(2, _SHORT), Size(_HEADER, 1536)),
    ports={"udp": (2152,)},
    anywhere=False,
)
# Messages about the path, whose tunnel is 0: told on any port.
PATH = Framing(
    "gtp-u-path",
    Whole(),
    (Byte(0, _NUMBERED), Byte(1, _OF_PATH), Byte(2, _SHORT), *(Byte(at, 0) for at in range(4, 8)), Size(_LONG, 1536)),
    {"udp": ()},
)


def _cases() -> Iterator[Case]:
    """Sequence numbers, and which tunnel it is, are no part of a message's key."""
    for kind, role in ((_ECHO, Role.ASKS), (_ANSWER, Role.ANSWERS)):
        tests = Byte(0, _NUMBERED), Byte(1, kind)
        yield Case(_NAME, tests, (Range(0, 2), Range(_LONG)), role, (Range(_HEADER, 10),), keep=256)
    yield Case(_NAME, (), (Range(0, 2), Range(_LONG)), Role.NOTICE, keep=256)


def _elements(message: Message) -> dict[int, bytes]:
    """The elements behind the extension headers; Malformed when the lengths do not agree."""
    data = message.data
    if message.transport != "udp" or len(data) < _HEADER or data[0] not in _FIRST or data[1] not in _TYPES:
        raise Malformed("no message of GTP-U")
    kind = data[1]
    if kind in _OF_PATH and (data[0] not in _NUMBERED or any(data[4:_HEADER]) or message.port == _CONTROL_PORT):
        raise Malformed("no message of GTP-U")
    if _HEADER + int.from_bytes(data[2:4], "big") != message.length:
        raise Malformed("the lengths do not agree")
    at = _behind_extensions(data) if data[0] & 7 else _HEADER
    if kind == _EXTENSIONS and data[at : at + 1] == bytes((_SUPPORTED,)):
        at += 2 + int.from_bytes(data[at + 1 : at + 2], "big")
    found = gtp_elements(data, at, message.length, _FIXED, with_length=FROM_128)
    if at > message.length or _WANTED.get(kind) not in (None, *found):
        raise Malformed("the elements do not fill the message")
    return found


def _behind_extensions(data: bytes) -> int:
    """Where the elements begin (section 5.2.1): each extension header says how long it is, and whether one follows."""
    at = _LONG
    following = data[at - 1] if data[0] & 4 and at <= len(data) else 0
    while following and at < len(data):
        if data[at] == 0:
            raise Malformed("an extension header without a length")
        at += 4 * data[at]
        following = data[at - 1] if at <= len(data) else 0
    return at


def probe(message: Message) -> bool:
    """Header, type and length agree, and the elements that the type must have fill the message."""
    return is_well_formed(_elements, message)


def dissect(message: Message) -> Iterator[Row]:
    """What is said about the path."""
    _elements(message)
    kind = message.data[1]
    yield Operation(
        verb=Verb.SESSION,
        function=_TYPES[kind],
        kind={_ECHO: Kind.REQUEST, _ANSWER: Kind.RESPONSE}.get(kind, Kind.NOTICE),
        code=str(kind),
        filter=f"gtp.message == 0x{kind:02x}",
    )
    yield Session(version="GTP-U 1", credentials="none", encrypted=False)


PROTOCOL = Protocol(
    name=_NAME,
    title="GTP-U",
    framing=FRAMING,
    more_framings=(PATH,),
    cases=tuple(_cases()),
    probe=probe,
    dissect=dissect,
    verbs=frozenset({Verb.SESSION}),
    specification="3GPP TS 29.281 sections 5, 7 and 8",
    industrial=False,
    display_filter="gtp",
)
