"""PROFINET DCP: services, their types, names of station."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.capture.result import DistinctMessage
from scanner.protocols.base import Row
from tests.conformance.spec import Frame, Spec, Value, counted


def theirs(frame: Frame) -> Iterator[Value]:
    """One PDU a frame."""
    yield from (("messages", "") for _ in frame.get("pn_dcp.service_id", ()))
    yield from counted(frame, service="pn_dcp.service_id", service_type="pn_dcp.service_type")


def ours(message: DistinctMessage, _rows: Sequence[Row]) -> Iterator[Value]:
    """Service and type are bytes 2 and 3, behind the frame identifier."""
    yield "messages", ""
    yield "service", str(message.data[2])
    yield "service type", str(message.data[3])


SPEC = Spec(
    protocol="profinet-dcp",
    layers=("pn_dcp",),
    fields=("pn_dcp.service_id", "pn_dcp.service_type"),
    theirs=theirs,
    ours=ours,
)
