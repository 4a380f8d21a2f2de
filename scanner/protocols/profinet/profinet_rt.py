"""PROFINET real time at layer 2 (EtherType 0x8892) and over UDP (RT_CLASS_UDP, port 0x8892): cyclic I/O, alarms and
PTCP clock synchronisation, recognised by FrameID. Application data are never looked at.

Written from IEC 61158-6-10 sections 4.2 (FrameID ranges), 4.7 (RTC: CycleCounter, DataStatus, TransferStatus behind
the data), 4.8 (RTA: alarm PDUs, in ``_profinet_alarms``) and 4.4 (PTCP).

Cyclic frames are one message for each FrameID, length and DataStatus: a provider that stops or reports a problem is
a row of its own, with its frames and times, and nothing else of the data is. FrameIDs 0x1000-0x2FFF and 0x3800-0x3FFF
are those of streams in time-aware systems and reserved elsewhere.
"""

from __future__ import annotations

from scanner.framing.language import Byte, Case, Framing, Range, Role, Size, Whole, bits
from scanner.framing.shared import PROFINET
from scanner.protocols.base import Kind, Malformed, Message, Operation, Protocol, Row, Verb
from scanner.protocols.profinet._alarms import CHANNEL, DATA, ERROR, EXTENDED, PRIORITIES, QUALIFIED, alarm
from scanner.protocols.profinet._alarms import HEADER as RTA_HEADER
from scanner.protocols.profinet._alarms import TYPES as RTA_TYPES
from scanner.wording import joined, said

# First and last FrameID, what it is. DCP (0xFEFC-0xFEFF) is a protocol of its own.
CYCLIC = (
    (0x0100, 0x06FF, "Cyclic data, RT_CLASS_3"),
    (0x0700, 0x0FFF, "Cyclic data, RT_CLASS_3 redundant"),
    (0x1000, 0x2FFF, "Cyclic data, RT_CLASS_STREAM"),
    (0x3800, 0x3FFF, "Cyclic data, RT_CLASS_STREAM"),
    (0x8000, 0xBBFF, "Cyclic data, RT_CLASS_1 unicast"),  # RT_CLASS_2 before specification 2.3
    (0xBC00, 0xBFFF, "Cyclic data, RT_CLASS_1 multicast"),
    (0xC000, 0xF7FF, "Cyclic data, RT_CLASS_1 legacy unicast"),
    (0xF800, 0xFBFF, "Cyclic data, RT_CLASS_1 legacy multicast"),
)
OVER_UDP = (
    (0xC000, 0xF7FF, "Cyclic data, RT_CLASS_UDP unicast"),
    (0xF800, 0xFBFF, "Cyclic data, RT_CLASS_UDP multicast"),
)
UDP_PORT = 0x8892
CLOCK = {
    0x0020: "PTCP Sync with follow-up, clock",
    0x0021: "PTCP Sync with follow-up, time",
    0x0080: "PTCP Sync, clock",
    0x0081: "PTCP Sync, time",
    0xFF00: "PTCP Announce, clock",
    0xFF01: "PTCP Announce, time",
    0xFF20: "PTCP Follow-up, clock",
    0xFF21: "PTCP Follow-up, time",
    0xFF22: "PTCP Follow-up",
    0xFF40: "PTCP Delay request",
    0xFF41: "PTCP Delay response with follow-up",
    0xFF42: "PTCP Delay follow-up",
    0xFF43: "PTCP Delay response",
}
OTHER = {
    0xFC41: "Alarm, high priority, with security",
    0xFE41: "Alarm, low priority, with security",
    0xFE02: "Remote service interface (RSI)",
    0xFE42: "Remote service interface (RSI) with security",
}
_PRIMARY, _VALID, _RUN, _NO_PROBLEM, _IGNORE = 0x01, 0x04, 0x10, 0x20, 0x80  # bits of DataStatus
_RESERVED = 0x48
_CYCLIC_LEAST = 7
_FRAGMENTS = range(0xFF80, 0xFF90)


def _cyclic(message: Message, frame_id: int) -> str:
    ranges = OVER_UDP if message.transport == "udp" else CYCLIC
    return next((name for low, high, name in ranges if low <= frame_id <= high), "")


def _secured(data: bytes) -> bool:
    """PROFINET security: 8 bytes of metadata behind the FrameID end in the length of what lies before the checksum."""
    return len(data) >= 26 and int.from_bytes(data[8:10], "big") == len(data) - 10 - 16


def probe(message: Message) -> bool:
    """A FrameID that is assigned to real-time traffic, and a frame that can be what it says."""
    data = message.data
    over_udp = message.transport == "udp" and message.port == UDP_PORT
    if len(data) < 4 or not (message.transport == "ethernet" or over_udp):
        return False
    frame_id = int.from_bytes(data[:2], "big")
    if _cyclic(message, frame_id):
        plain = len(data) == message.length and not _secured(data)
        return message.length >= _CYCLIC_LEAST and not (plain and data[-2] & _RESERVED)
    if frame_id in PRIORITIES:
        return len(data) >= RTA_HEADER and data[6] & 0x0F in RTA_TYPES
    if over_udp:
        return False
    if frame_id in _FRAGMENTS:  # FragDataLength in units of 8 bytes, FragStatus with bit 6 reserved
        return message.length >= 4 + 8 * (data[2] - 1) and not data[3] & 0x40
    return frame_id in CLOCK or frame_id in OTHER


def proof(message: Message) -> bool:
    """An EtherType of its own; over UDP the status of a frame that is valid and sent by a running station."""
    if message.transport == "ethernet":
        return True
    data = message.data
    running = _VALID | _RUN
    return len(data) == message.length and data[-1] == 0 and data[-2] & (_RESERVED | running) == running


def dissect(message: Message) -> list[Row]:
    """One notice: the kind of real-time frame, with the provider's state or the alarm."""
    data = message.data
    if len(data) < 4:
        raise Malformed("real-time frame cut short")
    frame_id = int.from_bytes(data[:2], "big")
    kind = _cyclic(message, frame_id)
    if kind:
        return [_notice(Verb.REPORT, kind, frame_id, detail=_status(message))]
    if frame_id in PRIORITIES:
        found = alarm(data, PRIORITIES[frame_id])
        return [_notice(Verb.REPORT, found.function, frame_id, unit=found.unit, detail=found.detail)]
    if frame_id in CLOCK:
        return [_notice(Verb.TIME_SYNC, CLOCK[frame_id], frame_id, filters="pn_ptcp && ")]
    if frame_id in _FRAGMENTS:
        low, high = _FRAGMENTS[0], _FRAGMENTS[-1]
        found_by = f"pn_rt.frame_id >= 0x{low:04x} && pn_rt.frame_id <= 0x{high:04x}"
        name = f"0x{low:04X}-0x{high:04X}"
        return [Operation(Verb.REPORT, "Fragment of a real-time frame", Kind.NOTICE, name, filter=found_by)]
    if frame_id in OTHER:
        return [_notice(Verb.SESSION if frame_id & 0x02 else Verb.REPORT, OTHER[frame_id], frame_id)]
    raise Malformed("FrameID 0x{frame_id:04X} is reserved", frame_id=frame_id)


def _notice(
    verb: Verb, function: str, frame_id: int, *, unit: str = "", detail: str = "", filters: str = ""
) -> Operation:
    return Operation(
        verb=verb,
        function=function,
        kind=Kind.NOTICE,
        code=f"0x{frame_id:04X}",
        unit=unit,
        detail=detail,
        filter=f"{filters}pn_rt.frame_id == 0x{frame_id:04x}",
    )


def _status(message: Message) -> str:
    """DataStatus in words, where the end of the frame was kept."""
    if len(message.data) != message.length or message.length < _CYCLIC_LEAST:
        return ""
    if _secured(message.data):
        return said("with security")
    status = message.data[-2]
    words = [
        said("provider runs" if status & _RUN else "provider stopped"),
        said("data valid" if status & _VALID else "data invalid"),
    ]
    if not status & _PRIMARY:
        words.append(said("backup"))
    if not status & _NO_PROBLEM:
        words.append(said("station problem"))
    if status & _IGNORE:
        words.append(said("to be ignored"))
    return joined(words)


_NAME = "profinet-rt"
_REST = Byte(0, (0xFC, 0xFE, 0xFF))
_UNASSIGNED = Byte(0, {0x00, 0xFD, *range(0x30, 0x38), *range(0x40, 0x80)})
# Cyclic data, CycleCounter and TransferStatus change with every frame; DataStatus (second to last byte) has meaning.
_CYCLIC_IDS = Byte(0, {*range(0x01, 0x30), *range(0x38, 0x40), *range(0x80, 0xFC)})
# Alarms without endpoints, sequence numbers and specifier: 6 type, 12 length, 14 block, 20 alarm, 22 API, 26 slot,
# 30 module or, of an acknowledgement, specifier and status, 38 specifier, 40 structure, 42 channel, properties, errors.
_ALARM = (Byte(0, (0xFC, 0xFE)), Byte(1, 0x01), Size(RTA_HEADER))
_ABOUT_CHANNELS = tuple(n & 0xFF for n in (CHANNEL, EXTENDED, QUALIFIED))
_ALARM_HEAD = (Range(0, 2), Range(6, 7))
_IS_DATA, _IS_ERROR = Byte(6, bits(0x0F, DATA)), Byte(6, bits(0x0F, ERROR))
_KEEP_ALARM = 64
UDP = Framing(
    name="profinet-udp",
    delimiter=Whole(),
    sync=(Byte(0, range(0xC0, 0xFF)), Size(_CYCLIC_LEAST)),
    ports={"udp": (UDP_PORT,)},
    confirmations=1,
    anywhere=False,
)


def _alarm_case(*when: Byte, key: tuple[Range, ...] = ()) -> Case:
    return Case(_NAME, (*_ALARM, *when), (*_ALARM_HEAD, *key), Role.NOTICE, keep=_KEEP_ALARM)


PROTOCOL = Protocol(
    name=_NAME,
    title="PROFINET RT, IRT, alarms",
    short="PROFINET RT",
    framing=PROFINET,
    more_framings=(UDP,),
    cases=(
        Case(
            _NAME,
            (_CYCLIC_IDS, Size(_CYCLIC_LEAST)),
            (Range(0, 2), Range(-2, -1)),
            Role.NOTICE,
            keep=1518,
            with_length=True,
        ),
        _alarm_case(_IS_DATA, Byte(14, 0x80), key=(Range(12, 30), Range(32, 36))),
        _alarm_case(_IS_DATA, Byte(40, CHANNEL >> 8), Byte(41, _ABOUT_CHANNELS), key=(Range(12, 38), Range(40, 50))),
        _alarm_case(_IS_DATA, key=(Range(12, 38), Range(40, 42))),
        _alarm_case(_IS_ERROR, key=(Range(14, 18),)),
        _alarm_case(),
        Case(_NAME, (Byte(0, 0xFF), Byte(1, bits(0xF0, 0x80))), (Range(0, 1),), Role.NOTICE, keep=32),
        Case(_NAME, (Byte(0, 0x00), Byte(1, (0x20, 0x21, 0x80, 0x81))), (Range(0, 2),), Role.NOTICE, keep=32),
        Case(_NAME, (_UNASSIGNED,), (Range(0, 2),), Role.NOTICE, keep=32),
        Case(_NAME, (_REST, Byte(1, {*range(0xFC), 0xFE, 0xFF})), (Range(0, 2),), Role.NOTICE, keep=32),
    ),
    probe=probe,
    proof=proof,
    dissect=dissect,
    verbs=frozenset({Verb.REPORT, Verb.TIME_SYNC, Verb.SESSION}),
    specification="IEC 61158-6-10 sections 4.2 (FrameID), 4.4 (PTCP), 4.7 (RTC), 4.8 (RTA)",
)
