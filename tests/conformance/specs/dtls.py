"""DTLS: hellos."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.capture.result import DistinctMessage
from scanner.protocols.base import Row
from tests.conformance.spec import Frame, Spec, Value, number, operations

HELLOS = {"1", "2"}
FIELDS = tuple(f"dtls.handshake.{name}" for name in ("type", "length", "fragment_offset", "fragment_length"))


def theirs(frame: Frame) -> Iterator[Value]:
    """Other messages of the handshake are none that otaudit tells. Of fragments the last stands for the message."""
    for kind, *sizes in zip(*(frame.get(name, ()) for name in FIELDS), strict=False):
        length, offset, here = map(int, sizes)
        if number(kind) in HELLOS and offset + here == length:
            yield "hello", number(kind)


def ours(_message: DistinctMessage, rows: Sequence[Row]) -> Iterator[Value]:
    """The code is the type."""
    yield from (("hello", row.code) for row in operations(rows) if row.code in HELLOS)


SPEC = Spec(
    protocol="dtls",
    layers=("dtls",),
    fields=FIELDS,
    theirs=theirs,
    ours=ours,
    decode_as={"udp": "dtls"},
)
