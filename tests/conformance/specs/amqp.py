"""AMQP 0-9-1: methods."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.capture.result import DistinctMessage
from scanner.protocols.base import Row
from tests.conformance.spec import Frame, Spec, Value, number, operations

_CLASS, _METHOD = "amqp.method.class", "amqp.method.method"


def theirs(frame: Frame) -> Iterator[Value]:
    """Class and method."""
    for group, method in zip(frame.get(_CLASS, ()), frame.get(_METHOD, ()), strict=True):
        yield "method", f"{number(group)}:{number(method)}"


def ours(_: DistinctMessage, rows: Sequence[Row]) -> Iterator[Value]:
    """The code is class and method."""
    return (("method", row.code) for row in operations(rows) if row.code)


SPEC = Spec(
    protocol="amqp",
    layers=("amqp",),
    fields=(_CLASS, _METHOD),
    theirs=theirs,
    ours=ours,
    decode_as={"tcp": "amqp"},
)
