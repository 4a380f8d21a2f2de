"""AMQP 1.0: what frames are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.capture.result import DistinctMessage
from scanner.protocols.base import Row
from scanner.protocols.internet.amqp_1 import PERFORMATIVES
from tests.conformance.spec import Frame, Spec, Value, number, operations

_FIELDS = ("amqp.performative", "amqp.sasl.method")
_ASKED = {"sasl-init": "sasl-outcome"}  # an outcome is told as that of what was asked for


def theirs(frame: Frame) -> Iterator[Value]:
    """The number of each performative."""
    for field in _FIELDS:
        yield from (("performative", PERFORMATIVES[int(number(found))]) for found in frame.get(field, ()))


def ours(_: DistinctMessage, rows: Sequence[Row]) -> Iterator[Value]:
    """Its name."""
    for row in operations(rows):
        if row.function in PERFORMATIVES.values():
            yield "performative", row.function if not row.code else _ASKED[row.function]


SPEC = Spec(
    protocol="amqp-1",
    layers=("amqp",),
    fields=_FIELDS,
    theirs=theirs,
    ours=ours,
    decode_as={"tcp": "amqp"},
)
