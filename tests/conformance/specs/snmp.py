"""SNMP: kinds of PDU in all versions, where they are not encrypted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.capture.result import DistinctMessage
from scanner.protocols.base import Row
from tests.conformance.spec import Frame, Spec, Value, operations

SET = "3"
FIRST = 0xA0  # the tag of the first kind of PDU


def theirs(frame: Frame) -> Iterator[Value]:
    """The choice of the PDU; of version 3 only that something is set, which alone is told of it."""
    for value in frame.get("snmp.data", ()):
        if "3" not in frame.get("snmp.msgVersion", ()) or value == SET:
            yield "pdu", value


def ours(_message: DistinctMessage, rows: Sequence[Row]) -> Iterator[Value]:
    """An operation for every variable; a message of version 3 without code says nothing of itself."""
    for code in {row.code for row in operations(rows)}:
        if code:
            yield "pdu", str(int(code, 16) - FIRST)


SPEC = Spec(
    protocol="snmp",
    layers=("snmp",),
    fields=("snmp.data", "snmp.msgVersion"),
    theirs=theirs,
    ours=ours,
    decode_as={"tcp": "snmp", "udp": "snmp"},
)
