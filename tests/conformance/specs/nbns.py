"""NetBIOS name service: questions and answers by operation, names that are asked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.capture.result import DistinctMessage
from scanner.protocols.base import Kind, Row
from tests.conformance.spec import Frame, Spec, Value, number, operations

OPERATIONS = {"0": "Name query", "5": "Registration", "6": "Release", "7": "WACK", "8": "Refresh"}  # RFC 1002, 4.2.1.1


def theirs(frame: Frame) -> Iterator[Value]:
    """The same word of an operation and of its answer."""
    for answer, operation in zip(
        frame.get("nbns.flags.response", ()), frame.get("nbns.flags.opcode", ()), strict=False
    ):
        words = OPERATIONS.get(number(operation), number(operation))
        yield ("answer" if answer in ("1", "True") else "question"), words


def ours(_message: DistinctMessage, rows: Sequence[Row]) -> Iterator[Value]:
    """The function is the operation."""
    for row in operations(rows):
        yield ("answer" if row.kind in (Kind.RESPONSE, Kind.REFUSAL) else "question"), row.function


SPEC = Spec(
    protocol="nbns",
    layers=("nbns",),
    fields=("nbns.flags.response", "nbns.flags.opcode"),
    theirs=theirs,
    ours=ours,
    decode_as={"udp": "nbns"},
)
