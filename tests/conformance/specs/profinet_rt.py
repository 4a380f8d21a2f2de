"""PROFINET RT: frame identifiers of cyclic data and alarms."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.capture.result import DistinctMessage
from scanner.protocols.base import Row
from tests.conformance.spec import Frame, Spec, Value, number

DCP = range(0xFEFC, 0xFF00)


def theirs(frame: Frame) -> Iterator[Value]:
    """DCP frames are pn_rt frames too; they are compared by themselves."""
    for value in frame.get("pn_rt.frame_id", ()):
        if int(value, 0) not in DCP:
            yield "messages", ""
            yield "frame id", number(value)


def ours(message: DistinctMessage, _rows: Sequence[Row]) -> Iterator[Value]:
    """The frame identifier is the first two bytes."""
    yield "messages", ""
    yield "frame id", str(int.from_bytes(message.data[:2], "big"))


SPEC = Spec(
    protocol="profinet-rt",
    layers=("pn_rt",),
    fields=("pn_rt.frame_id",),
    theirs=theirs,
    ours=ours,
)
