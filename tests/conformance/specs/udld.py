"""UDLD: opcodes, devices, ports."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.capture.result import DistinctMessage
from scanner.protocols.base import Identity, Operation, Row
from tests.conformance.spec import Frame, Spec, Value, counted


def theirs(frame: Frame) -> Iterator[Value]:
    """The device identifier is the serial number."""
    yield "messages", ""
    yield from counted(frame, opcode="udld.opcode")
    yield from (("device", v) for v in frame.get("udld.device_id", ()))
    yield from (("port", v) for v in frame.get("udld.sent_through_interface", ()))


def ours(_: DistinctMessage, rows: Sequence[Row]) -> Iterator[Value]:
    """Everything from the rows."""
    for row in rows:
        if isinstance(row, Operation):
            yield "messages", ""
            yield "opcode", row.code
            yield "port", row.object.split()[1]
        elif isinstance(row, Identity) and row.field == "serial":
            yield "device", row.value


SPEC = Spec(
    protocol="udld",
    layers=("udld",),
    fields=("udld.opcode", "udld.device_id", "udld.sent_through_interface"),
    theirs=theirs,
    ours=ours,
)
