"""IEEE 802.15.4, and what lies on it: Zigbee, 6LoWPAN, WirelessHART, each with whether it is encrypted. What is behind
is not read.

IEEE 802.15.4-2020 sections 7.2 (MAC frames) and 9.4 (auxiliary security header); Zigbee (CSA 05-3474-23) section
3.3.1; RFC 4944 section 5.1 and RFC 6282 section 3.1 (6LoWPAN dispatch). ISA100.11a encrypts by headers of its own,
which nothing tells from other data: it is named as the link. The PAN and short address are the unit. Sniffers that
have only Ethernet send frames with the EtherType that Wireshark gives them; there padding may stand behind.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from scanner.framing.language import After, Byte, Case, Field, Framing, Range, Role, Size, Whole, instead_of_ethertype
from scanner.protocols.base import Kind, Malformed, Message, Operation, Protocol, Row, Session, Verb
from scanner.protocols.common.crc import crc16_kermit
from scanner.protocols.common.probe import is_well_formed
from scanner.protocols.wireless._protection import PROTECTION
from scanner.protocols.wireless._wireless_hart import wireless_hart
from scanner.protocols.wireless._zigbee import zigbee_frame
from scanner.wording import Said, said

_NAME = "ieee802154"
_WITH_CHECK, _PHY, _WITHOUT, _TAP = map(instead_of_ethertype, (195, 215, 230, 283))
_ETHERTYPE = 0x809A
_LEAST_IN_ETHERNET = 46  # bytes, up to which Ethernet pads what it carries
_CHECK = 2  # bytes of the check sequence
_CHECKS = {b"\1": 2, b"\2": 4}  # what TAP says of it
_TYPES = {0: "Beacon", 1: "Data", 2: "Acknowledgement", 3: "MAC command"}
_BEACON, _DATA, _ACKNOWLEDGEMENT, _COMMAND = range(4)
_OF_WIRELESS_HART = (0x8841, 0x8C41, 0xC841, 0xCC41)  # data in one PAN, without an acknowledgement of 802.15.4
_ADDRESS = {0: 0, 2: 2, 3: 8}
_KEY_IDENTIFIER = {0: 0, 1: 1, 2: 5, 3: 9}
_ENCRYPTS = 4  # security levels from here on; those below only authenticate

FRAMING = Framing(
    name=_NAME,
    delimiter=Whole(),
    sync=(Size(3),),
    ports={"ethertype": (_WITH_CHECK, _PHY, _WITHOUT, _TAP, _ETHERTYPE)},
    confirmations=1,
    anywhere=False,
)


@dataclass(frozen=True)
class MacFrame:
    """level: of the security of the MAC, 0 none. source: "PAN 0x1a2b, 0x0001", empty where it is left out. control:
    the two octets of frame control. whole: the payload is there to its end.
    """

    kind: int
    source: str
    level: int
    payload: bytes
    control: int
    whole: bool


def mac_frame(message: Message) -> MacFrame:
    """The frame behind what the link type puts around it."""
    data, length = message.data, message.length
    if message.transport != "ethernet" or message.port not in FRAMING.ports["ethertype"]:
        raise Malformed("no 802.15.4 frame")
    start, check = _around(message)
    end = length - check
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
    return MacFrame(kind, who, level, frame[at:], control, len(data) >= end)


def _around(message: Message) -> tuple[int, int]:
    """Where the frame begins, and how many bytes of a check sequence end it."""
    data = message.data
    if message.port == _WITH_CHECK:
        return 0, _CHECK
    if message.port == _ETHERTYPE:
        return 0, _CHECK + _padding(message)
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


def _padding(message: Message) -> int:
    """How many zeros of Ethernet stand behind the check sequence, which is where it fits what is before it."""
    data = message.data
    if message.length != _LEAST_IN_ETHERNET or len(data) < message.length:
        return 0
    most = len(data) - len(data.rstrip(b"\0"))
    return next((n for n in range(min(most, len(data) - 5) + 1) if _fits(data[: len(data) - n])), 0)


def _fits(frame: bytes) -> bool:
    return crc16_kermit(frame[:-_CHECK]) == int.from_bytes(frame[-_CHECK:], "little")


def probe(message: Message) -> bool:
    """A frame whose addresses fit it."""
    return is_well_formed(mac_frame, message)


def dissect(message: Message) -> Iterator[Row]:
    """The kind of frame and from whom; what lies on it, and whether it is encrypted."""
    frame = mac_frame(message)
    upper = _upper(frame)
    data = frame.kind == _DATA
    yield Operation(
        verb=Verb.UNKNOWN if data else Verb.REPORT,
        function=_TYPES[frame.kind],
        kind=Kind.NOTICE,
        code=str(frame.kind),
        unit=frame.source,
        object=upper.name if data else "",
        detail=upper.detail if data else "",
        filter=f"wpan.frame_type == {frame.kind}",
    )
    if data or frame.kind == _BEACON:
        clear = data and upper.encrypted is False
        yield Session(
            version=upper.name,
            encrypted=upper.encrypted if data else None,
            credentials="none" if clear else "",
            detail=upper.detail if data and upper.encrypted is not None else "",
            unread=("encrypted",) if data and upper.encrypted is None and not upper.joining else (),
        )


@dataclass(frozen=True)
class _Upper:
    """What lies on a frame. encrypted: None where that is not known. joining: it belongs to how devices find and join
    a network, which no key protects yet.
    """

    name: str
    encrypted: bool | None = None
    more: Said | str = ""
    joining: bool = False

    @property
    def detail(self) -> Said | str:
        """How it is protected; empty where nothing is to be."""
        return self.more or ("" if self.encrypted is None and self.joining else PROTECTION[self.encrypted])


_UNKNOWN = _Upper("IEEE 802.15.4")


def _upper(frame: MacFrame) -> _Upper:
    data = frame.payload
    if frame.level:
        return _Upper("IEEE 802.15.4", frame.level >= _ENCRYPTS)
    if frame.kind == _BEACON:
        return _Upper("Zigbee") if data[4:5] == b"\0" and data[5:6] and data[5] >> 4 == 2 else _UNKNOWN
    if frame.control in _OF_WIRELESS_HART and frame.whole and (hart := wireless_hart(data)):
        return _Upper("WirelessHART", hart.encrypted, hart.detail, joining=hart.encrypted is None)
    if zigbee := zigbee_frame(data):
        more = said("not encrypted: a key of the network can be read") if zigbee.key else ""
        return _Upper("Zigbee", zigbee.encrypted, more, joining=True)
    if data[:1] and (data[0] in (0x41, 0x50) or data[0] >> 5 == 3 or data[0] >> 3 in (0x18, 0x1C)):
        return _Upper("6LoWPAN", encrypted=False)
    return _UNKNOWN


PROTOCOL = Protocol(
    name=_NAME,
    title="IEEE 802.15.4 (Zigbee, 6LoWPAN, WirelessHART)",
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
    unread=("credentials",),
    specification=(
        "IEEE 802.15.4-2020 sections 7.2 and 9.4; CSA 05-3474-23 sections 2.2.5 and 3.3.1; RFC 4944; RFC 6282; "
        "IEC 62591 sections 9.3 and 10.4"
    ),
    display_filter="wpan",
)
