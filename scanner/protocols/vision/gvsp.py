"""GVSP, in which GigE Vision cameras send their images, on any UDP port.

Written from the GigE Vision specification 2.0, sections 23 (headers) and 24 (payload types), with Wireshark's
packet-gvsp. Each block begins with a leader that says what comes: by one of an image, whose fields agree with each
other, a stream is known, and everything else that the same ends send there after it. Nothing is encrypted, and nobody
proves who sends.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from scanner.framing.language import Byte, Case, Framing, Range, Role, Size, Sync, Whole
from scanner.protocols.base import Kind, Malformed, Message, Operation, Protocol, Row, Session, Verb
from scanner.wording import verbatim

NAME = "gvsp"
_SESSION = f"{NAME}-session"
_LEADER, _ALL_IN = 1, 4
FORMATS = {
    _LEADER: "Data Leader",
    2: "Data Trailer",
    3: "Data Payload",
    _ALL_IN: "All-in",
    5: "H.264 Payload",
    6: "Multi-zone Payload",
    7: "Multi-part Payload",
    8: "GenDC Payload",
}
_EXTENDED = 0x80  # of the format: block and packet identifiers are longer, and so is the header
_SHORT, _LONG = 8, 20  # bytes of the header
_IMAGE = 1
_PAYLOADS = {
    _IMAGE: "image",
    2: "raw data",
    3: "file",
    4: "chunk data",
    5: "extended chunk data",
    6: "JPEG",
    7: "JPEG 2000",
    8: "H.264",
    9: "multi-zone image",
    10: "multi-part",
    11: "GenDC",
}
_WITH_CHUNKS, _OF_MAKERS = 0x4000, 0x8000
_IMAGE_LEADER = 36  # bytes behind the header
_FAILED, _CAUSES = 0x80, range(1, 0x20)  # the bytes of a status that says why a packet is not there
_STATUSES = (0, *(_FAILED << 8 | cause for cause in _CAUSES))  # success and failures
# A pixel format: monochrome, colours, or a maker's own; bits that a pixel takes; a number.
_COLOURS, _OCCUPIED = (1, 2, 0x81, 0x82), (1, 2, 4, *range(8, 17, 2), 24, 30, 32, 36, 48, 64, 72, 96)


def probe(message: Message) -> bool:
    """A header with a format, a status and a block."""
    return _header(message) is not None


def proof(message: Message) -> bool:
    """The leader of an image."""
    data, header = message.data, _header(message)
    return header is not None and data[4] & 0x0F in (_LEADER, _ALL_IN) and _image(data[header:]) != ""


def _header(message: Message) -> int | None:
    """How long the header is; None where it is none."""
    data = message.data
    if message.transport != "udp" or len(data) < _SHORT:
        return None
    size = _LONG if data[4] & _EXTENDED else _SHORT
    block = data[8:16] if size == _LONG else data[2:4]
    known = data[4] & 0x7F in FORMATS and int.from_bytes(data[:2], "big") in _STATUSES
    known = known and len(data) >= size and any(block)
    return size if known and (data[4] & 0x0F not in (_LEADER, _ALL_IN) or _begins(data, size)) else None


def _begins(data: bytes, header: int) -> bool:
    """The first packet of a block, which says what comes."""
    number = data[16:_LONG] if header == _LONG else data[5:_SHORT]
    return not any(number) and _payload(data[header:]) != ""


def dissect(message: Message) -> Iterator[Row]:
    """What kind of packets come, and of leaders what they announce."""
    header = _header(message)
    if header is None:
        raise Malformed("no header of GVSP")
    code, number = message.data[4], message.data[4] & 0x0F
    announced = message.data[header:] if number in (_LEADER, _ALL_IN) else b""
    yield Operation(
        Verb.REPORT,
        FORMATS[number],
        Kind.NOTICE,
        str(code),
        object=_payload(announced),
        detail=verbatim(_image(announced)),
        filter=f"gvsp.format == {code}",
    )
    yield Session(version="GigE Vision", encrypted=False)


def _payload(leader: bytes) -> str:
    """What kind of payload the leader announces."""
    kind = int.from_bytes(leader[2:4], "big")
    if kind & _OF_MAKERS:
        return f"payload type 0x{kind:04x}"
    return _PAYLOADS.get(kind & ~_WITH_CHUNKS, "")


def _image(leader: bytes) -> str:
    """Columns, rows and bits of a pixel of the image that the leader announces; empty when it is none."""
    kind = int.from_bytes(leader[2:4], "big")
    if kind & ~_WITH_CHUNKS != _IMAGE or len(leader) < _IMAGE_LEADER or leader[13] not in _OCCUPIED:
        return ""
    columns, rows = (int.from_bytes(leader[at : at + 4], "big") for at in (16, 20))
    return f"{columns} x {rows} x {leader[13]} bit"


def _opening(name: str, formats: Iterable[int], header: int, block: int) -> Framing:
    """The first packet of a block with an image. block: the last byte of its number, which is not 0 in most blocks."""
    zeros = (0, 1, *range(5, 8), *(range(16, _LONG) if header == _LONG else ()), header + 1)
    sync: tuple[Sync, ...] = (
        *(Byte(at, 0) for at in zeros),
        Byte(4, tuple(formats)),
        Byte(block, range(1, 256)),
        Byte(header + 2, (0, _WITH_CHUNKS >> 8)),
        Byte(header + 3, _IMAGE),
        Byte(header + 12, _COLOURS),
        Byte(header + 13, _OCCUPIED),
        Size(header + _IMAGE_LEADER, 0xFFFF),
    )
    return Framing(name, Whole(), sync, {"udp": ()}, confirmations=1, then=_SESSION)


SESSION = Framing(
    _SESSION,
    Whole(),
    (
        Byte(0, (0, _FAILED)),
        Byte(1, (0, *_CAUSES)),
        Byte(4, (*FORMATS, *(_EXTENDED | number for number in FORMATS))),
        Size(_SHORT),
    ),
    {"udp": ()},
    confirmations=1,
    anywhere=False,
    unless=(Byte(0, _FAILED), Byte(1, 0)),  # as FINS begins
)


def _cases() -> Iterator[Case]:
    """Of leaders what they announce counts but for the time; of everything else its kind, and whether it failed."""
    kind = Range(4, 5)
    for bit, header in ((0, _SHORT), (_EXTENDED, _LONG)):
        begins, payload = Byte(4, (bit | _LEADER, bit | _ALL_IN)), Range(header, header + 4)
        image = Byte(header + 3, _IMAGE), Size(header + _IMAGE_LEADER)
        yield Case(NAME, (begins, *image), (kind, payload, Range(header + 12, header + 24)), Role.NOTICE, keep=64)
        yield Case(NAME, (begins, Size(header + 4)), (kind, payload), Role.NOTICE, keep=64)
    yield Case(NAME, (), (Range(0, 2), kind), Role.NOTICE, keep=64)


PROTOCOL = Protocol(
    name=NAME,
    title="GigE Vision (GVSP)",
    short="GVSP",
    framing=_opening(NAME, (_LEADER, _ALL_IN), _SHORT, 3),
    more_framings=(_opening(f"{NAME}-extended", (_EXTENDED | _LEADER, _EXTENDED | _ALL_IN), _LONG, 15), SESSION),
    cases=tuple(_cases()),
    probe=probe,
    proof=proof,
    dissect=dissect,
    verbs=frozenset({Verb.REPORT}),
    specification="GigE Vision 2.0 sections 23 and 24; Wireshark's packet-gvsp",
)
