"""BACnet/SC without TLS: functions and application services of both sides."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.capture.result import DistinctMessage
from scanner.protocols.base import Operation, Row
from tests.conformance.spec import Frame, Spec, Value, counted, number, operations

BINARY = 0x82


NPDU = 1  # the function that carries BACnet


def theirs(frame: Frame) -> Iterator[Value]:
    """Of both sides, where tshark knows that it is a WebSocket."""
    yield "messages", ""
    yield from counted(frame, function="bscvlc.function")
    yield from (("origin", v.replace(":", "")) for v in frame.get("bscvlc.orig_virtual_address", ()))
    for table, field in (("confirmed", "bacapp.confirmed_service"), ("unconfirmed", "bacapp.unconfirmed_service")):
        yield from ((table, number(v)) for v in frame.get(field, ()))
    yield from counted(frame, network="bacnet.mesgtyp")


def ours(message: DistinctMessage, rows: Sequence[Row]) -> Iterator[Value]:
    """The function is the row's, but for what is carried; the origin is of the key."""
    data = message.data
    at = 0 if data[0] != BINARY else 4 if data[1] == 126 else 2
    yield "messages", ""
    first = operations(rows)[0]
    yield "function", str(NPDU) if data[at] == NPDU else number(first.code)
    if data[at] == 0:
        yield "function", str(data[at + 4])  # the function that a result is about
    if data[at + 1] & 8:
        yield "origin", data[at + 4 : at + 10].hex()
    for row in rows:
        if isinstance(row, Operation) and data[at] == NPDU and " " in row.code:
            table, code = row.code.split()
            yield table, number(code)


SPEC = Spec(
    protocol="bacnet-sc",
    layers=("bscvlc",),
    fields=(
        "bscvlc.function",
        "bscvlc.orig_virtual_address",
        "bacnet.mesgtyp",
        "bacapp.confirmed_service",
        "bacapp.unconfirmed_service",
    ),
    theirs=theirs,
    ours=ours,
)
