"""PROFINET real time at layer 2 (EtherType 0x8892): cyclic I/O, alarms and PTCP clock synchronisation, recognised by
FrameID. Application data are never looked at.

Written from IEC 61158-6-10 sections 4.2 (FrameID ranges), 4.7 (RTC: CycleCounter, DataStatus, TransferStatus behind
the data), 4.8 (RTA: alarm PDUs) and 4.4 (PTCP).
"""

from __future__ import annotations

from scanner.capture.descriptor import Byte, Case, Range, Role, Size
from scanner.protocols.base import Kind, Malformed, Message, Operation, Protocol, Row, Verb
from scanner.protocols.framings import PROFINET

# First and last FrameID, what it is. DCP (0xFEFC-0xFEFF) is a protocol of its own.
CYCLIC = (
    (0x0100, 0x0FFF, "Cyclic data, RT_CLASS_3"),
    (0x8000, 0xBBFF, "Cyclic data, RT_CLASS_1 unicast"),  # RT_CLASS_2 before specification 2.3
    (0xBC00, 0xBFFF, "Cyclic data, RT_CLASS_1 multicast"),
    (0xC000, 0xF7FF, "Cyclic data, RT_CLASS_1 legacy unicast"),
    (0xF800, 0xFBFF, "Cyclic data, RT_CLASS_1 legacy multicast"),
)
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
ALARM = {0xFC01: "high", 0xFE01: "low"}
OTHER = {
    0xFC41: "Alarm, high priority, with security",
    0xFE41: "Alarm, low priority, with security",
    0xFE02: "Remote service interface (RSI)",
    0xFE42: "Remote service interface (RSI) with security",
}
_RTA_TYPES = {1: "DATA", 2: "NACK", 3: "ACK", 4: "ERR"}
ALARM_TYPES = {
    0x01: "Diagnosis",
    0x02: "Process",
    0x03: "Pull",
    0x04: "Plug",
    0x05: "Status",
    0x06: "Update",
    0x07: "Redundancy",
    0x08: "Controlled by supervisor",
    0x09: "Released",
    0x0A: "Plug wrong submodule",
    0x0B: "Return of submodule",
    0x0C: "Diagnosis disappears",
    0x0D: "Multicast communication mismatch",
    0x0E: "Port data change",
    0x0F: "Sync data changed",
    0x10: "Isochronous mode problem",
    0x11: "Network component problem",
    0x12: "Time data changed",
    0x13: "Dynamic frame packing problem",
    0x14: "MRPD problem",
    0x15: "Multiple interface mismatch",
    0x1E: "Upload and retrieval",
    0x1F: "Pull module",
}

_PRIMARY, _VALID, _RUN, _NO_PROBLEM = 0x01, 0x04, 0x10, 0x20  # bits of DataStatus
_RESERVED = 0x48
_CYCLIC_LEAST, _RTA_HEADER = 7, 14


def _cyclic(frame_id: int) -> str:
    return next((name for low, high, name in CYCLIC if low <= frame_id <= high), "")


def _secured(data: bytes) -> bool:
    """PROFINET security: 8 bytes of metadata behind the FrameID end in the length of what lies before the checksum."""
    return len(data) >= 26 and int.from_bytes(data[8:10], "big") == len(data) - 10 - 16


def probe(message: Message) -> bool:
    """A FrameID that is assigned to real-time traffic, and a frame that can be what it says."""
    data = message.data
    if message.transport != "ethernet" or len(data) < 4:
        return False
    frame_id = int.from_bytes(data[:2], "big")
    if _cyclic(frame_id):
        plain = len(data) == message.length and not _secured(data)
        return message.length >= _CYCLIC_LEAST and not (plain and data[-2] & _RESERVED)
    if frame_id in ALARM:
        return len(data) >= _RTA_HEADER and data[6] & 0x0F in _RTA_TYPES
    if 0xFF80 <= frame_id <= 0xFF8F:  # FragDataLength in units of 8 bytes, FragStatus with bit 6 reserved
        return message.length >= 4 + 8 * (data[2] - 1) and not data[3] & 0x40
    return frame_id in CLOCK or frame_id in OTHER


def dissect(message: Message) -> list[Row]:
    """One notice: the kind of real-time frame, with the provider's state or the alarm."""
    data = message.data
    if len(data) < 4:
        raise Malformed("real-time frame cut short")
    frame_id = int.from_bytes(data[:2], "big")
    kind = _cyclic(frame_id)
    if kind:
        return [_notice(Verb.REPORT, kind, frame_id, detail=_status(message))]
    if frame_id in ALARM:
        return [_alarm(data, frame_id)]
    if frame_id in CLOCK:
        return [_notice(Verb.TIME_SYNC, CLOCK[frame_id], frame_id, filters="pn_ptcp && ")]
    if 0xFF80 <= frame_id <= 0xFF8F:
        return [_notice(Verb.REPORT, "Fragment of a real-time frame", frame_id)]
    if frame_id in OTHER:
        return [_notice(Verb.SESSION if frame_id & 0x02 else Verb.REPORT, OTHER[frame_id], frame_id)]
    raise Malformed(f"FrameID 0x{frame_id:04X} is reserved")


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
        return "with security"
    status = message.data[-2]
    words = [
        "provider runs" if status & _RUN else "provider stopped",
        "data valid" if status & _VALID else "data invalid",
    ]
    if not status & _PRIMARY:
        words.append("backup")
    if not status & _NO_PROBLEM:
        words.append("station problem")
    return ", ".join(words)


def _alarm(data: bytes, frame_id: int) -> Operation:
    """An RTA PDU: FrameID, endpoints, type, flags, sequence numbers, VarPartLen, alarm notification or error."""
    if len(data) < _RTA_HEADER:
        raise Malformed("RTA header cut short")
    kind = _RTA_TYPES.get(data[6] & 0x0F)
    if kind is None:
        raise Malformed(f"RTA PDU type {data[6] & 0x0F}")
    priority = ALARM[frame_id]
    if kind != "DATA":
        detail = _rta_error(data) if kind == "ERR" else ""
        return _notice(Verb.REPORT, f"RTA {kind}, {priority} priority", frame_id, detail=detail)
    body = data[_RTA_HEADER:]
    block = int.from_bytes(body[:2], "big") if len(body) >= 16 else 0
    if block in (0x8001, 0x8002):
        return _notice(Verb.REPORT, f"Alarm acknowledge, {priority} priority", frame_id)
    if block not in (0x0001, 0x0002):
        raise Malformed(f"RTA data block 0x{block:04X}")
    number = int.from_bytes(body[6:8], "big")
    slot, subslot = int.from_bytes(body[12:14], "big"), int.from_bytes(body[14:16], "big")
    return _notice(
        Verb.REPORT,
        f"Alarm notification, {priority} priority",
        frame_id,
        unit=f"slot {slot} subslot 0x{subslot:04X}",
        detail=ALARM_TYPES.get(number, f"alarm type 0x{number:04X}"),
    )


def _rta_error(data: bytes) -> str:
    """PNIOStatus of an ERR-RTA PDU: error code, decode, code 1 and 2."""
    status = data[_RTA_HEADER : _RTA_HEADER + 4]
    return "PNIOStatus 0x" + status.hex().upper() if len(status) == 4 else ""


_NAME = "profinet-rt"
_REST = Byte(0, (0xFC, 0xFE, 0xFF))
# Cyclic data, CycleCounter and TransferStatus change with every frame; DataStatus (second to last byte) has meaning.
_CYCLIC_IDS = Byte(0, {*range(0x01, 0x10), *range(0x80, 0xFC)})
# Alarms without their endpoints, sequence numbers and specifier; the notification's type, slot and module count.
_ALARM_KEY = (Range(0, 2), Range(6, 7), Range(12, 38))

PROTOCOL = Protocol(
    name=_NAME,
    title="PROFINET RT",
    framing=PROFINET,
    cases=(
        Case(
            _NAME,
            (_CYCLIC_IDS, Size(_CYCLIC_LEAST)),
            (Range(0, 2), Range(-2, -1)),
            Role.NOTICE,
            keep=1518,
            with_length=True,
        ),
        Case(_NAME, (Byte(0, (0xFC, 0xFE)), Byte(1, 0x01), Size(_RTA_HEADER)), _ALARM_KEY, Role.NOTICE, keep=64),
        Case(_NAME, (Byte(0, 0x00), Byte(1, (0x20, 0x21, 0x80, 0x81))), (Range(0, 2),), Role.NOTICE, keep=32),
        Case(_NAME, (_REST, Byte(1, {*range(0xFC), 0xFE, 0xFF})), (Range(0, 2),), Role.NOTICE, keep=32),
    ),
    probe=probe,
    dissect=dissect,
    verbs=frozenset({Verb.REPORT, Verb.TIME_SYNC, Verb.SESSION}),
    specification="IEC 61158-6-10 sections 4.2 (FrameID), 4.4 (PTCP), 4.7 (RTC), 4.8 (RTA)",
)
