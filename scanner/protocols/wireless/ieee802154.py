"""IEEE 802.15.4, and what lies on it: Zigbee, 6LoWPAN, each with whether it is encrypted. What is behind is not read.

IEEE 802.15.4-2020 sections 7.2 (MAC frames) and 9.4 (auxiliary security header); Zigbee (CSA 05-3474-23) section
3.3.1; RFC 4944 section 5.1 and RFC 6282 section 3.1 (6LoWPAN dispatch). WirelessHART and ISA100.11a encrypt as they
do by their own headers, which nothing tells from other data: they are named as the link. The PAN and short address
are the unit.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from scanner.framing.language import After, Byte, Case, Field, Framing, Range, Role, Size, Whole, instead_of_ethertype
from scanner.protocols.base import Kind, Malformed, Message, Operation, Protocol, Row, Session, Verb
from scanner.protocols.common.probe import is_well_formed
from scanner.wording import said

_NAME = "ieee802154"
_WITH_CHECK, _PHY, _WITHOUT, _TAP = map(instead_of_ethertype, (195, 215, 230, 283))
_CHECK = 2  # bytes of the check sequence
_CHECKS = {b"\1": 2, b"\2": 4}  # what TAP says of it
_TYPES = {0: "Beacon", 1: "Data", 2: "Acknowledgement", 3: "MAC command"}
_BEACON, _DATA, _ACKNOWLEDGEMENT, _COMMAND = range(4)
_ADDRESS = {0: 0, 2: 2, 3: 8}
_KEY_IDENTIFIER = {0: 0, 1: 1, 2: 5, 3: 9}
_ENCRYPTS = 4  # security levels from here on; those below only authenticate

FRAMING = Framing(
    name=_NAME,
    delimiter=Whole(),
    sync=(Size(3),),
    ports={"ethertype": (_WITH_CHECK, _PHY, _WITHOUT, _TAP)},
    confirmations=1,
    anywhere=False,
)


@dataclass(frozen=True)
class MacFrame:
    """level: of the security of the MAC, 0 none. source: "PAN 0x1a2b, 0x0001", empty where it is left out."""

    kind: int
    source: str
    level: int
    payload: bytes


def mac_frame(message: Message) -> MacFrame:
    """The frame behind what the link type puts around it."""
    data, length = message.data, message.length
    if message.transport != "ethernet" or message.port not in FRAMING.ports["ethertype"]:
        raise Malformed("no 802.15.4 frame")
    start, check = _around(message)
    end = min(len(data), length - check)
    frame = data[start:end]
    if len(frame) < 3:
        raise Malformed("no 802.15.4 frame")
    control = int.from_bytes(frame[:2], "little")
    kind, version = control & 7, control >> 12 & 3
    target, source = control >> 10 & 3, control >> 14
    if kind not in _TYPES or version > 1 or target not in _ADDRESS or source not in _ADDRESS:
        raise Malformed("no 802.15.4 frame of a version that is known")
    at = 3
    pan = b""
    if target:
        pan = frame[at : at + 2]
        at += 2 + _ADDRESS[target]
    who = ""
    if source:
        if not control & 0x40:
            pan = frame[at : at + 2]
            at += 2
        address = frame[at : at + _ADDRESS[source]]
        at += _ADDRESS[source]
        who = f"PAN 0x{pan[::-1].hex()}, 0x{address[::-1].hex()}"
    level = 0
    if control & 8:
        if at >= len(frame):
            raise Malformed("no 802.15.4 frame")
        level = frame[at] & 7
        at += 5 + _KEY_IDENTIFIER[frame[at] >> 3 & 3]
    if at > len(frame):
        raise Malformed("the addresses do not fit the frame")
    return MacFrame(kind, who, level, frame[at:])


def _around(message: Message) -> tuple[int, int]:
    """Where the frame begins, and how many bytes of a check sequence end it."""
    data = message.data
    if message.port == _WITH_CHECK:
        return 0, _CHECK
    if message.port == _PHY:
        return 6, _CHECK
    if message.port == _WITHOUT:
        return 0, 0
    start = int.from_bytes(data[2:4], "little")
    if data[:1] != b"\0" or not 4 <= start < len(data):
        raise Malformed("no 802.15.4 frame")
    at, check = 4, 0
    while at + 4 <= start:
        kind, size = int.from_bytes(data[at : at + 2], "little"), int.from_bytes(data[at + 2 : at + 4], "little")
        if kind == 0 and size:
            check = _CHECKS.get(data[at + 4 : at + 5], 0)
        at += 4 + (size + 3 & ~3)
    return start, check


def probe(message: Message) -> bool:
    """A frame whose addresses fit it."""
    return is_well_formed(mac_frame, message)


def dissect(message: Message) -> Iterator[Row]:
    """The kind of frame and from whom; what lies on it, and whether it is encrypted."""
    frame = mac_frame(message)
    name, encrypted = _upper(frame)
    yield Operation(
        verb=Verb.UNKNOWN if frame.kind == _DATA else Verb.REPORT,
        function=_TYPES[frame.kind],
        kind=Kind.NOTICE,
        code=str(frame.kind),
        unit=frame.source,
        object=name if frame.kind == _DATA else "",
        filter=f"wpan.frame_type == {frame.kind}",
    )
    if frame.kind in (_DATA, _BEACON):
        word = "" if frame.kind == _BEACON else said("encrypted") if encrypted else said("not encrypted")
        yield Session(
            version=name,
            encrypted=encrypted if frame.kind == _DATA else None,
            credentials="none" if frame.kind == _DATA and encrypted is False else "",
            detail=word if encrypted is not None else "",
        )


def _upper(frame: MacFrame) -> tuple[str, bool | None]:
    """What the payload is; whether it is encrypted, None where that is not known."""
    data = frame.payload
    if frame.level:
        return "IEEE 802.15.4", frame.level >= _ENCRYPTS
    if frame.kind == _BEACON:
        return ("Zigbee" if data[4:5] == b"\0" and data[5:6] and data[5] >> 4 == 2 else "IEEE 802.15.4"), None
    if len(data) >= 8 and data[0] & 0x3C == 8 and data[0] & 3 in (0, 1) and data[1] & 0xC0 == 0:
        return "Zigbee", data[1] & 2 != 0
    if data[:1] and (data[0] in (0x41, 0x50) or data[0] >> 5 == 3 or data[0] >> 3 in (0x18, 0x1C)):
        return "6LoWPAN", False
    return "IEEE 802.15.4", None


PROTOCOL = Protocol(
    name=_NAME,
    title="IEEE 802.15.4 (Zigbee, 6LoWPAN)",
    short="802.15.4",
    framing=FRAMING,
    cases=(
        Case(  # a TAP header, whose fields have no fixed place
            _NAME,
            (Byte(0, 0), Byte(1, 0)),
            (Range(2, 9), After(Field(2, 2, little=True), 2), After(Field(2, 2, add=3, little=True), 45)),
            Role.NOTICE,
            keep=160,
            with_length=True,
            most=512,
        ),
        Case(_NAME, (), (Range(0, 2), Range(3, 48)), Role.NOTICE, keep=160, with_length=True, most=512),
    ),
    probe=probe,
    dissect=dissect,
    beyond_key="the fields of a TAP header have no fixed place",
    verbs=frozenset({Verb.UNKNOWN, Verb.REPORT}),
    unread=("encrypted", "credentials"),
    specification="IEEE 802.15.4-2020 sections 7.2 and 9.4; CSA 05-3474-23 section 3.3.1; RFC 4944; RFC 6282",
    display_filter="wpan",
)
