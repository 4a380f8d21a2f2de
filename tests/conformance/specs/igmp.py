"""IGMP: types."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.capture.result import DistinctMessage
from scanner.protocols.base import Row
from tests.conformance.spec import Frame, Spec, Value, counted, number, operations


def theirs(frame: Frame) -> Iterator[Value]:
    """In hexadecimal."""
    yield from counted(frame, type="igmp.type")


def ours(_: DistinctMessage, rows: Sequence[Row]) -> Iterator[Value]:
    """Everything from the rows."""
    for row in operations(rows):
        yield "type", number(row.code)


SPEC = Spec(
    protocol="igmp",
    layers=("igmp",),
    fields=("igmp.type",),
    theirs=theirs,
    ours=ours,
)
