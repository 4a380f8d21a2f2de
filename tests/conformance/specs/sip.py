"""SIP: methods, codes of answers; not of provisional ones, after which another comes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.capture.result import DistinctMessage
from scanner.protocols.base import Row
from tests.conformance.spec import Frame, Spec, Value, counted, operations


def theirs(frame: Frame) -> Iterator[Value]:
    """A request has a method, an answer a code."""
    values = counted(frame, method="sip.Method", answer="sip.Status-Code")
    yield from (value for value in values if value[0] == "method" or not value[1].startswith("1"))


def ours(_message: DistinctMessage, rows: Sequence[Row]) -> Iterator[Value]:
    """An answer has a code, a request none."""
    for row in operations(rows):
        yield ("answer", row.code) if row.code else ("method", row.function)


SPEC = Spec(
    protocol="sip",
    layers=("sip",),
    fields=("sip.Method", "sip.Status-Code"),
    theirs=theirs,
    ours=ours,
    decode_as={"tcp": "sip", "udp": "sip"},
)
