"""COTP: connection TPDUs; data TPDUs belong to the protocol above."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.capture.result import DistinctMessage
from scanner.protocols.base import Operation, Row
from tests.conformance.oracle import layers
from tests.conformance.spec import Frame, Spec, Value, number

DATA = "15"


def theirs(frame: Frame) -> Iterator[Value]:
    """Types are the high nibble of the TPDU code; what negotiates RDP is RDP's."""
    if layers(frame)[-1] == "rdp":
        return
    for value in frame.get("cotp.type", ()):
        if number(value) != DATA:
            yield "messages", ""
            yield "tpdu type", number(value)


def ours(_message: DistinctMessage, rows: Sequence[Row]) -> Iterator[Value]:
    """Codes as written: 0xE0."""
    (row,) = rows
    assert isinstance(row, Operation)
    yield "messages", ""
    yield "tpdu type", str(int(row.code, 16) >> 4)


SPEC = Spec(
    protocol="cotp",
    layers=("cotp",),
    fields=("cotp.type",),
    theirs=theirs,
    ours=ours,
    decode_as={"tcp": "tpkt"},
)
