"""CAN: frames that neither CANopen nor J1939 claims, by their kind and identifier."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.capture.result import DistinctMessage
from scanner.protocols.base import Row
from tests.conformance.oracle import layers
from tests.conformance.spec import Frame, Spec, Value, operations
from tests.conformance.specs import canopen, j1939

KINDS = {"can.flags.err": "Error frame", "can.flags.rtr": "Remote frame"}


def theirs(frame: Frame) -> Iterator[Value]:
    """The identifier of a frame, of CAN XL its priority; an error frame's tells what is wrong."""
    if canopen.is_message(frame) or j1939.is_message(frame):
        return
    kind = next((words for flag, words in KINDS.items() if frame.get(flag) == ["True"]), "")
    if kind:
        yield "kind", kind
    elif "canxl" in layers(frame) or "canxl.priority" in frame:
        yield "kind", "CAN XL data frame"
    else:
        yield (
            "kind",
            "CAN FD data frame" if "canfd" in layers(frame) or "canfd.flags.fdf" in frame else "CAN data frame",
        )
    if kind != "Error frame":
        yield from (("identifier", str(int(v, 0))) for v in frame.get("can.id", frame.get("canxl.priority", ())))


def ours(_message: DistinctMessage, rows: Sequence[Row]) -> Iterator[Value]:
    """The identifier is the object."""
    for row in operations(rows):
        yield "kind", row.function
        if row.object:
            yield "identifier", str(int(row.object.split()[1], 0))


SPEC = Spec(
    protocol="can",
    layers=("can", "canfd", "canxl"),
    fields=("can.id", "can.flags.err", "can.flags.rtr", "canfd.flags.fdf", "canxl.priority"),
    theirs=theirs,
    ours=ours,
)
