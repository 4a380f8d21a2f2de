"""X11: openings by the proof that they name, and answers to them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.capture.result import DistinctMessage
from scanner.protocols.base import Kind, Row
from tests.conformance.spec import Frame, Spec, Value, operations


def theirs(frame: Frame) -> Iterator[Value]:
    """The name of each proof; whether each opening was accepted."""
    for length, name in zip(
        frame.get("x11.authorization-protocol-name-length", ()),
        frame.get("x11.authorization-protocol-name", ()) or ("",),
        strict=False,
    ):
        yield "proof", name if int(length, 0) else ""
    yield from (("accepted", str(int(value, 0))) for value in frame.get("x11.success", ()))


def ours(_: DistinctMessage, rows: Sequence[Row]) -> Iterator[Value]:
    """Requests have the name as their detail."""
    for row in operations(rows):
        if row.kind is Kind.REQUEST:
            yield "proof", str(row.detail)
        elif row.kind is not Kind.NOTICE:
            yield "accepted", str(int(row.kind is Kind.RESPONSE))


SPEC = Spec(
    protocol="x11",
    layers=("x11",),
    fields=(
        *("x11.authorization-protocol-name-length", "x11.authorization-protocol-name", "x11.success"),
        "x11.protocol-major-version",
    ),
    theirs=theirs,
    ours=ours,
    decode_as={"tcp": "x11"},
)
