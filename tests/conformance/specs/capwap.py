"""CAPWAP: control messages by their type."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.capture.result import DistinctMessage
from scanner.protocols.base import Row
from tests.conformance.spec import Frame, Spec, Value, counted, operations

_TYPE = "capwap.control.header.message_type"


def theirs(frame: Frame) -> Iterator[Value]:
    """In DTLS they have none."""
    yield from counted(frame, type=_TYPE)


def ours(_message: DistinctMessage, rows: Sequence[Row]) -> Iterator[Value]:
    """What is in DTLS has no code."""
    yield from (("type", row.code) for row in operations(rows) if row.code)


SPEC = Spec(
    protocol="capwap",
    layers=("capwap",),
    fields=(_TYPE,),
    theirs=theirs,
    ours=ours,
    decode_as={"udp": "capwap"},
)
