"""DTLS: hellos."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.capture.result import DistinctMessage
from scanner.protocols.base import Row
from tests.conformance.spec import Frame, Spec, Value, number, operations

HELLOS = {"1", "2"}


def theirs(frame: Frame) -> Iterator[Value]:
    """Other messages of the handshake are none that otaudit tells."""
    kinds = (number(kind) for kind in frame.get("dtls.handshake.type", ()))
    yield from (("hello", kind) for kind in kinds if kind in HELLOS)


def ours(_message: DistinctMessage, rows: Sequence[Row]) -> Iterator[Value]:
    """The code is the type."""
    yield from (("hello", row.code) for row in operations(rows) if row.code in HELLOS)


SPEC = Spec(
    protocol="dtls",
    layers=("dtls",),
    fields=("dtls.handshake.type",),
    theirs=theirs,
    ours=ours,
    decode_as={"udp": "dtls"},
)
