"""GTP-C: kinds of message of both versions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.capture.result import DistinctMessage
from scanner.protocols.base import Row
from tests.conformance.spec import Frame, Spec, Value, counted, operations

_USER_PLANE = {"1", "2", "26", "31", "253", "254", "255"}


def theirs(frame: Frame) -> Iterator[Value]:
    """Of version 1 without what belongs to the user plane."""
    yield from (value for value in counted(frame, kind="gtp.message") if value[1] not in _USER_PLANE)
    yield from counted(frame, kind="gtpv2.message_type")


def ours(_: DistinctMessage, rows: Sequence[Row]) -> Iterator[Value]:
    """The code is the type."""
    return (("kind", row.code) for row in operations(rows))


SPEC = Spec(
    protocol="gtp-c",
    layers=("gtp", "gtpv2"),
    fields=("gtp.message", "gtpv2.message_type"),
    theirs=theirs,
    ours=ours,
    decode_as={"udp": "gtp"},
)
