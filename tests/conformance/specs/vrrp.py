"""VRRP and CARP: virtual routers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.capture.result import DistinctMessage
from scanner.protocols.base import Row
from tests.conformance.spec import Frame, Spec, Value, counted, operations


def theirs(frame: Frame) -> Iterator[Value]:
    """Of CARP the virtual host."""
    yield from counted(frame, router="vrrp.virt_rtr_id")
    yield from counted(frame, router="carp.vhid")


def ours(_: DistinctMessage, rows: Sequence[Row]) -> Iterator[Value]:
    """Everything from the rows."""
    for row in operations(rows):
        yield "router", row.unit


SPEC = Spec(
    protocol="vrrp",
    layers=("vrrp", "carp"),
    fields=("vrrp.virt_rtr_id", "carp.vhid"),
    theirs=theirs,
    ours=ours,
)
