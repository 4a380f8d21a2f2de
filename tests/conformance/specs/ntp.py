"""NTP: modes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.capture.result import DistinctMessage
from scanner.protocols.base import Row
from tests.conformance.spec import Frame, Spec, Value, counted, operations


def theirs(frame: Frame) -> Iterator[Value]:
    """One message a datagram."""
    yield from counted(frame, mode="ntp.flags.mode")


def ours(_message: DistinctMessage, rows: Sequence[Row]) -> Iterator[Value]:
    """The mode is the operation's code."""
    yield from (("mode", row.code) for row in operations(rows))


SPEC = Spec(
    protocol="ntp",
    layers=("ntp",),
    fields=("ntp.flags.mode",),
    theirs=theirs,
    ours=ours,
    decode_as={"udp": "ntp"},
)
