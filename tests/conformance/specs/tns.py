"""Oracle Net: connections asked for, accepted, refused and redirected, and versions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.capture.result import DistinctMessage
from scanner.protocols.base import Row, Session
from tests.conformance.spec import Frame, Spec, Value, number, operations

_CODES = ("1", "2", "4", "5", "11")


def theirs(frame: Frame) -> Iterator[Value]:
    """The types of packets that say what becomes of a connection, and the versions in them."""
    yield from (("packet", number(t)) for t in frame.get("tns.type", ()) if number(t) in _CODES)
    yield from (("version", number(v)) for v in frame.get("tns.version", ()))


def ours(_: DistinctMessage, rows: Sequence[Row]) -> Iterator[Value]:
    """Their codes."""
    yield from (("packet", row.code) for row in operations(rows) if row.code)
    for row in rows:
        if isinstance(row, Session):
            for version in (*row.version_offered, row.version):
                high, _, low = version.removeprefix("TNS ").partition(".")
                if low:
                    yield "version", str(int(high) << 8 | int(low))


SPEC = Spec(
    protocol="tns",
    layers=("tns",),
    fields=("tns.type", "tns.version"),
    theirs=theirs,
    ours=ours,
    decode_as={"tcp": "tns"},
)
