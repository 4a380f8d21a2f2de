"""PPTP: control messages by their types."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.capture.result import DistinctMessage
from scanner.protocols.base import Row
from tests.conformance.spec import Frame, Spec, Value, counted, operations


def theirs(frame: Frame) -> Iterator[Value]:
    """Several to a segment, perhaps."""
    return counted(frame, type="pptp.control_message_type")


def ours(_: DistinctMessage, rows: Sequence[Row]) -> Iterator[Value]:
    """The code is the type."""
    return (("type", row.code) for row in operations(rows))


SPEC = Spec(
    protocol="pptp",
    layers=("pptp",),
    fields=("pptp.control_message_type",),
    theirs=theirs,
    ours=ours,
    decode_as={"tcp": "pptp"},
)
