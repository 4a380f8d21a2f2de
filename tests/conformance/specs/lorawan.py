"""LoRaWAN: types of messages, addresses of devices, EUIs of those that join."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.capture.result import DistinctMessage
from scanner.protocols.base import Row
from tests.conformance.spec import Frame, Spec, Value, counted, operations

JOIN_REQUEST = "0"


def theirs(frame: Frame) -> Iterator[Value]:
    """A join request has an EUI, data have an address."""
    yield from counted(frame, type="lorawan.mhdr.ftype")
    yield from (("address", v) for v in frame.get("lorawan.fhdr.devaddr", ()))
    yield from (("EUI", v) for v in frame.get("lorawan.join_request.deveui", ()))


def ours(_message: DistinctMessage, rows: Sequence[Row]) -> Iterator[Value]:
    """The unit is one or the other."""
    for row in operations(rows):
        yield "type", row.code
        if row.unit:
            yield ("EUI" if row.code == JOIN_REQUEST else "address"), row.unit


SPEC = Spec(
    protocol="lorawan",
    layers=("lorawan",),
    fields=("lorawan.mhdr.ftype", "lorawan.fhdr.devaddr", "lorawan.join_request.deveui"),
    theirs=theirs,
    ours=ours,
)
