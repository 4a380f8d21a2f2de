"""HSMS: control messages by their type, others by stream and function."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.capture.result import DistinctMessage
from scanner.protocols.base import Row
from tests.conformance.spec import Frame, Spec, Value, number, operations


def theirs(frame: Frame) -> Iterator[Value]:
    """The type, or stream and function, of each message."""
    yield from (("message", number(t)) for t in frame.get("hsms.header.stype", ()) if number(t) != "0")
    called = zip(frame.get("hsms.header.stream", ()), frame.get("hsms.header.function", ()), strict=True)
    yield from (("message", f"S{stream}F{function}") for stream, function in called)


def ours(_: DistinctMessage, rows: Sequence[Row]) -> Iterator[Value]:
    """Their codes."""
    yield from (("message", row.code) for row in operations(rows))


SPEC = Spec(
    protocol="hsms",
    layers=("hsms",),
    fields=("hsms.header.stype", "hsms.header.stream", "hsms.header.function"),
    theirs=theirs,
    ours=ours,
    decode_as={"tcp": "hsms"},
)
