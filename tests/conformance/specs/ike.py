"""IKE: exchanges by their numbers, the algorithms of security associations, errors."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.capture.result import DistinctMessage
from scanner.protocols.base import Row
from tests.conformance.spec import Frame, Spec, Value, counted, operations


def theirs(frame: Frame) -> Iterator[Value]:
    """One message a frame."""
    yield from counted(frame, exchange="isakmp.exchangetype")


def ours(_: DistinctMessage, rows: Sequence[Row]) -> Iterator[Value]:
    """The code is the exchange; packets of ESP are no operations."""
    return (("exchange", row.code) for row in operations(rows))


SPEC = Spec(
    protocol="ike",
    layers=("isakmp",),
    fields=("isakmp.exchangetype",),
    theirs=theirs,
    ours=ours,
)
