"""PFCP: kinds of message."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.capture.result import DistinctMessage
from scanner.protocols.base import Row
from tests.conformance.spec import Frame, Spec, Value, counted, operations


def theirs(frame: Frame) -> Iterator[Value]:
    """Several messages may stand in a datagram."""
    yield from counted(frame, kind="pfcp.msg_type")


def ours(_message: DistinctMessage, rows: Sequence[Row]) -> Iterator[Value]:
    """The kind is the operation's code."""
    yield from (("kind", row.code) for row in operations(rows))


SPEC = Spec(
    protocol="pfcp",
    layers=("pfcp",),
    fields=("pfcp.msg_type",),
    theirs=theirs,
    ours=ours,
    decode_as={"udp": "pfcp"},
)
