"""HSRP: opcodes and states of both versions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.capture.result import DistinctMessage
from scanner.protocols.base import Row
from tests.conformance.spec import Frame, Spec, Value, counted, operations


def theirs(frame: Frame) -> Iterator[Value]:
    """Version 2 has fields of its own."""
    yield from counted(frame, opcode="hsrp.opcode", group="hsrp.group")
    yield from counted(frame, opcode="hsrp2.opcode", group="hsrp2.group")


def ours(_: DistinctMessage, rows: Sequence[Row]) -> Iterator[Value]:
    """Everything from the rows."""
    for row in operations(rows):
        yield "opcode", row.code
        yield "group", row.unit


SPEC = Spec(
    protocol="hsrp",
    layers=("hsrp", "hsrp2"),
    fields=("hsrp.opcode", "hsrp.group", "hsrp2.opcode", "hsrp2.group"),
    theirs=theirs,
    ours=ours,
)
