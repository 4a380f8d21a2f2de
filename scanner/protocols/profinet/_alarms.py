"""PROFINET alarms: notifications, acknowledgements and errors of the real-time acyclic protocol (RTA).

Written from IEC 61158-6-10 sections 4.8 (RTA PDU: FrameID, endpoints, PDUType, AddFlags, sequence numbers,
VarPartLen) and 5.2.16 (AlarmNotification-PDU, AlarmAck-PDU, UserStructureIdentifier, ChannelErrorType).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from scanner.code_tables import code_table
from scanner.protocols.base import Malformed
from scanner.protocols.profinet._blocks import place
from scanner.protocols.profinet._names import status_name
from scanner.wording import joined, said, verbatim

HEADER = 14
TYPE, BODY = 6, HEADER  # the PDU type in the low half of its byte; the variable part
PRIORITIES = {0xFC01: "high", 0xFE01: "low"}
DATA, NACK, ACK, ERROR = 1, 2, 3, 4
TYPES = {DATA: "DATA", NACK: "NACK", ACK: "ACK", ERROR: "ERR"}
_NOTIFICATION, _ACKNOWLEDGE = (0x0001, 0x0002), (0x8001, 0x8002)

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
# Structures of additional information that begin with channel, properties and error, by UserStructureIdentifier.
CHANNEL, EXTENDED, QUALIFIED = 0x8000, 0x8002, 0x8003
_STRUCTURES = {
    0x8100: "maintenance",
    0x8200: "upload and retrieval",
    0x8201: "iParameter",
    0x8300: "reporting system: low watermark",
    0x8301: "reporting system: timeout",
    0x8302: "reporting system: overflow",
    0x8303: "reporting system: event",
    0x8310: "energy saving status",
}
_WHOLE_SUBMODULE = 0x8000  # as channel number
_APPEARS = {
    0: said("all disappear"),
    1: said("appears"),
    2: said("disappears"),
    3: said("disappears, others remain"),
}
_SEVERITY = {1: said("maintenance required"), 2: said("maintenance demanded")}
CHANNEL_ERRORS = code_table(__package__, "channel_errors.tsv")


@dataclass(frozen=True, slots=True)
class Alarm:
    """An RTA PDU in words."""

    function: str
    unit: str = ""
    detail: str = ""


def alarm(data: bytes, priority: str) -> Alarm:
    """From the FrameID on; Malformed when it is none."""
    if len(data) < HEADER:
        raise Malformed("RTA header cut short")
    kind = data[TYPE] & 0x0F
    if kind not in TYPES:
        raise Malformed("RTA PDU type {kind}", kind=kind)
    if kind != DATA:
        status = data[BODY : BODY + 4]
        detail = verbatim(status_name(*status)) if kind == ERROR and len(status) == 4 else ""
        return Alarm(f"RTA {TYPES[kind]}, {priority} priority", detail=detail)
    if len(data) < BODY + 16:
        raise Malformed("alarm cut short")
    block = _word(data, BODY)
    if block in _NOTIFICATION:
        words = joined((_type(data), *_diagnosis(data)))
        return Alarm(f"Alarm notification, {priority} priority", _place(data), words)
    if block in _ACKNOWLEDGE:
        status = data[BODY + 18 : BODY + 22]
        refusal = status_name(*status) if len(status) == 4 else ""
        words = joined((_type(data), verbatim(refusal)))
        return Alarm(f"Alarm acknowledge, {priority} priority", _place(data), words)
    raise Malformed("RTA data block 0x{block:04X}", block=block)


def _word(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 2], "big")


def _type(data: bytes) -> str:
    number = _word(data, BODY + 6)
    return verbatim(ALARM_TYPES.get(number, "")) or said("alarm type {name}", name=f"0x{number:04X}")


def _place(data: bytes) -> str:
    api = int.from_bytes(data[BODY + 8 : BODY + 12], "big")
    return place(api, _word(data, BODY + 12), _word(data, BODY + 14))


def _diagnosis(data: bytes) -> Iterator[str]:
    """What the additional information says, where it is there and of a kind that has a meaning of its own."""
    length, at = _word(data, 12), BODY + 26
    if length < 28 or len(data) < at + 2:
        return
    structure = _word(data, at)
    if structure in _STRUCTURES:
        yield verbatim(_STRUCTURES[structure])
    if structure not in (CHANNEL, EXTENDED, QUALIFIED) or length < 34 or len(data) < at + 8:
        return
    channel, properties, error = (_word(data, at + n) for n in (2, 4, 6))
    yield verbatim(CHANNEL_ERRORS.get(error, "")) or said("channel error {name}", name=f"0x{error:04X}")
    if structure != CHANNEL and len(data) >= at + 10:
        yield said("extended error {name}", name=f"0x{_word(data, at + 8):04X}")
    if channel != _WHOLE_SUBMODULE:
        yield said("channel {n}", n=channel)
    yield _APPEARS[properties >> 11 & 3]
    if properties >> 9 & 3 in _SEVERITY:
        yield _SEVERITY[properties >> 9 & 3]
