"""RTSP: methods, codes of answers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.capture.result import DistinctMessage
from scanner.protocols.base import Row
from tests.conformance.spec import Frame, Spec, Value, counted, operations


def theirs(frame: Frame) -> Iterator[Value]:
    """A request has a method, an answer a code."""
    yield from counted(frame, method="rtsp.method", answer="rtsp.status")


def ours(_message: DistinctMessage, rows: Sequence[Row]) -> Iterator[Value]:
    """An answer has a code, a request none."""
    for row in operations(rows):
        yield ("answer", row.code) if row.code else ("method", row.function)


SPEC = Spec(
    protocol="rtsp",
    layers=("rtsp",),
    fields=("rtsp.method", "rtsp.status"),
    theirs=theirs,
    ours=ours,
    decode_as={"tcp": "rtsp"},
)
