"""MACsec: channels, whether encrypted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.capture.result import DistinctMessage
from scanner.protocols.base import Operation, Row
from tests.conformance.spec import Frame, Spec, Value


def theirs(frame: Frame) -> Iterator[Value]:
    """One tag a frame."""
    yield "messages", ""
    yield "encrypted", "yes" if frame["macsec.TCI.E"][0] in ("1", "True") else "no"
    yield from (("channel", v) for v in frame.get("macsec.SCI.system_identifier", ()))


def ours(_: DistinctMessage, rows: Sequence[Row]) -> Iterator[Value]:
    """Everything from the row."""
    for row in rows:
        if isinstance(row, Operation):
            yield "messages", ""
            yield "encrypted", "yes" if row.detail == "encrypted" else "no"
            if row.object:
                yield "channel", row.object.split()[3]


SPEC = Spec(
    protocol="macsec",
    layers=("macsec",),
    fields=("macsec.TCI.E", "macsec.SCI.system_identifier"),
    theirs=theirs,
    ours=ours,
)
