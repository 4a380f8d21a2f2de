"""L2TP: control messages by their types."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.capture.result import DistinctMessage
from scanner.protocols.base import Row
from tests.conformance.spec import Frame, Spec, Value, counted, operations


def theirs(frame: Frame) -> Iterator[Value]:
    """One to a datagram."""
    return counted(frame, type="l2tp.avp.message_type")


def ours(_: DistinctMessage, rows: Sequence[Row]) -> Iterator[Value]:
    """The code is the type; log-ins of PPP have none."""
    return (("type", row.code) for row in operations(rows) if row.code)


SPEC = Spec(
    protocol="l2tp",
    layers=("l2tp",),
    fields=("l2tp.avp.message_type",),
    theirs=theirs,
    ours=ours,
    decode_as={"udp": "l2tp"},
)
