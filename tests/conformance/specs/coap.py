"""CoAP: methods and codes of answers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.capture.result import DistinctMessage
from scanner.protocols.base import Operation, Row
from tests.conformance.spec import Frame, Spec, Value, counted


def _theirs(frame: Frame) -> Iterator[Value]:
    yield from counted(frame, code="coap.code")


def _ours(_: DistinctMessage, rows: Sequence[Row]) -> Iterator[Value]:
    for row in rows:
        if isinstance(row, Operation):
            kind, detail = map(int, row.code.split("."))
            yield "code", str(kind << 5 | detail)


SPEC = Spec(
    protocol="coap", layers=("coap",), fields=("coap.code",), theirs=_theirs, ours=_ours, decode_as={"udp": "coap"}
)
