"""RIP and RIPng: commands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.capture.result import DistinctMessage
from scanner.protocols.base import Row
from tests.conformance.spec import Frame, Spec, Value, counted, operations


def theirs(frame: Frame) -> Iterator[Value]:
    """RIPng has a field of its own."""
    yield from counted(frame, command="rip.command")
    yield from counted(frame, command="ripng.cmd")


def ours(_: DistinctMessage, rows: Sequence[Row]) -> Iterator[Value]:
    """Everything from the rows."""
    for row in operations(rows):
        yield "command", row.code


SPEC = Spec(
    protocol="rip",
    layers=("rip", "ripng"),
    fields=("rip.command", "ripng.cmd"),
    theirs=theirs,
    ours=ours,
)
