"""TDS: types of messages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.capture.result import DistinctMessage
from scanner.protocols.base import Row
from tests.conformance.spec import Frame, Spec, Value, operations


def theirs(frame: Frame) -> Iterator[Value]:
    """The type of each packet, those of one message once: parts that are not the last are left out, but for log-ins of
    TDS 5, whose last has another type.
    """
    for value, status in zip(frame.get("tds.type", ()), frame.get("tds.status", ()), strict=False):
        if int(status, 0) & 1 or value == "2":
            yield "type", value


def ours(_: DistinctMessage, rows: Sequence[Row]) -> Iterator[Value]:
    """The code is the type."""
    return (("type", row.code) for row in operations(rows))


SPEC = Spec(
    protocol="tds",
    layers=("tds",),
    fields=("tds.type", "tds.status"),
    theirs=theirs,
    ours=ours,
    decode_as={"tcp": "tds"},
)
