"""HL7: types of messages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.capture.result import DistinctMessage
from scanner.protocols.base import Row
from tests.conformance.spec import Frame, Spec, Value, operations


def theirs(frame: Frame) -> Iterator[Value]:
    """The type of each message."""
    yield from (("type", kind) for kind in frame.get("hl7.message.type", ()))


def ours(_: DistinctMessage, rows: Sequence[Row]) -> Iterator[Value]:
    """The first part of the code."""
    yield from (("type", row.code.partition("^")[0]) for row in operations(rows))


SPEC = Spec(
    protocol="hl7",
    layers=("hl7",),
    fields=("hl7.message.type",),
    theirs=theirs,
    ours=ours,
    decode_as={"tcp": "hl7"},
)
