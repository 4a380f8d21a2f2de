"""WireGuard: messages by their types."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.capture.result import DistinctMessage
from scanner.protocols.base import Row
from tests.conformance.spec import Frame, Spec, Value, counted, operations


def theirs(frame: Frame) -> Iterator[Value]:
    """One message a datagram."""
    return counted(frame, type="wg.type")


def ours(_: DistinctMessage, rows: Sequence[Row]) -> Iterator[Value]:
    """The code is the type."""
    return (("type", row.code) for row in operations(rows))


SPEC = Spec(
    protocol="wireguard", layers=("wg",), fields=("wg.type",), theirs=theirs, ours=ours, decode_as={"udp": "wg"}
)
