"""Telnet: segments, and those that negotiate options."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.capture.result import DistinctMessage
from scanner.protocols.base import Operation, Row
from tests.conformance.spec import Frame, Spec, Value

WILL_TO_DONT = {"251", "252", "253", "254"}


def theirs(frame: Frame) -> Iterator[Value]:
    """One for each frame, and one for each with WILL, WONT, DO or DONT."""
    yield "segment", ""
    if WILL_TO_DONT & set(frame.get("telnet.cmd", ())):
        yield "negotiating segment", ""


def ours(_: DistinctMessage, rows: Sequence[Row]) -> Iterator[Value]:
    """One for each segment."""
    yield "segment", ""
    if any(isinstance(r, Operation) and r.function == "Option negotiation" for r in rows):
        yield "negotiating segment", ""


SPEC = Spec(
    protocol="telnet",
    layers=("telnet",),
    fields=("telnet.cmd",),
    theirs=theirs,
    ours=ours,
    decode_as={"tcp": "telnet"},
)
