"""IMAP: commands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.capture.result import DistinctMessage
from scanner.protocols.base import Kind, Row
from tests.conformance.spec import Frame, Spec, Value, operations


def theirs(frame: Frame) -> Iterator[Value]:
    """In capital letters."""
    yield from (("command", name.upper()) for name in frame.get("imap.request.command", ()))


def ours(_message: DistinctMessage, rows: Sequence[Row]) -> Iterator[Value]:
    """The function of a request; what AUTHENTICATE sends when it is asked to is no command."""
    asked = (row.function for row in operations(rows) if row.kind is Kind.REQUEST)
    yield from (("command", name) for name in asked if name != "SASL response")


SPEC = Spec(
    protocol="imap",
    layers=("imap",),
    fields=("imap.request.command",),
    theirs=theirs,
    ours=ours,
    decode_as={"tcp": "imap"},
)
