"""DLR: frame types, source addresses, states, precedences, nodes that signed on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.capture.result import DistinctMessage
from scanner.protocols.base import Identity, Row
from tests.conformance.spec import Frame, Spec, Value, counted, number, operations

NOWHERE = "0.0.0.0"  # noqa: S104 - a device without address


def theirs(frame: Frame) -> Iterator[Value]:
    """Nodes and senders without an address are nobody's identity."""
    yield "messages", ""
    yield from counted(frame, type="enip.dlr.frametype", precedence="enip.dlr.supervisorprecedence")
    listed = (*frame.get("enip.dlr.sourceip", ()), *frame.get("enip.dlr.soip", ()))
    yield from (("address", a) for a in listed if a != NOWHERE)


def ours(message: DistinctMessage, rows: Sequence[Row]) -> Iterator[Value]:
    """The precedence from the bytes of the key."""
    yield "messages", ""
    yield "type", number(operations(rows)[0].code)
    if message.data[2] == 1:
        yield "precedence", str(message.data[13])
    yield from (("address", r.value) for r in rows if isinstance(r, Identity))


SPEC = Spec(
    protocol="dlr",
    layers=("dlr",),
    fields=("enip.dlr.frametype", "enip.dlr.supervisorprecedence", "enip.dlr.sourceip", "enip.dlr.soip"),
    theirs=theirs,
    ours=ours,
)
