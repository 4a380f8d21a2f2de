"""PROFINET RT: frame identifiers, provider states of cyclic data, types and places of alarms."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.capture.result import DistinctMessage
from scanner.protocols.base import Row
from scanner.protocols.profinet._alarms import PRIORITIES
from tests.conformance.spec import Frame, Spec, Value, counted, operations

DCP = range(0xFEFC, 0xFF00)
FRAGMENTS = range(0xFF80, 0xFF90)


def _identifier(frame_id: int) -> str:
    """Fragments count through their identifiers and are one message for otaudit."""
    return str(FRAGMENTS[0] if frame_id in FRAGMENTS else frame_id)


def theirs(frame: Frame) -> Iterator[Value]:
    """DCP frames are pn_rt frames too; they are compared by themselves."""
    for value in frame.get("pn_rt.frame_id", ()):
        if int(value, 0) not in DCP:
            yield "messages", ""
            yield "frame id", _identifier(int(value, 0))
    yield from counted(frame, data_status="pn_rt.ds")
    if "pn_rt.frame_id" in frame:
        yield from counted(frame, alarm="pn_io.alarm_type", pdu="pn_io.pdu_type.type")


def ours(message: DistinctMessage, rows: Sequence[Row]) -> Iterator[Value]:
    """The frame identifier is the row's; DataStatus and the kind of an alarm are part of the key."""
    data = message.data
    yield "messages", ""
    (row,) = operations(rows)
    low, _, high = row.code.partition("-")
    seen = int.from_bytes(data[:2], "big")  # some identifiers share a row
    frame_id = seen if high and int(low, 0) <= seen <= int(high, 0) else int(low, 0)
    yield "frame id", _identifier(frame_id)
    if row.function.startswith("Cyclic") and len(data) == message.length:
        yield "data status", str(data[-2])
    elif frame_id in PRIORITIES:
        yield "pdu", str(data[6] & 0x0F)
        if row.function.startswith("Alarm"):
            yield "alarm", str(int.from_bytes(data[20:22], "big"))


SPEC = Spec(
    protocol="profinet-rt",
    layers=("pn_rt",),
    fields=("pn_rt.frame_id", "pn_rt.ds", "pn_io.alarm_type", "pn_io.pdu_type.type"),
    theirs=theirs,
    ours=ours,
)
