"""TRDP: types of telegrams with their numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.capture.result import DistinctMessage
from scanner.protocols.base import Row
from tests.conformance.spec import Frame, Spec, Value, operations


def theirs(frame: Frame) -> Iterator[Value]:
    """Each telegram by its type and number."""
    for kind, number in zip(frame.get("trdp.msgtype", ()), frame.get("trdp.comid", ()), strict=True):
        yield "telegram", f"{int(kind, 0).to_bytes(2, 'big').decode()}:{int(number, 0)}"


def ours(_: DistinctMessage, rows: Sequence[Row]) -> Iterator[Value]:
    """The code."""
    yield from (("telegram", row.code) for row in operations(rows))


SPEC = Spec(
    protocol="trdp",
    layers=("trdp",),
    fields=("trdp.msgtype", "trdp.comid"),
    theirs=theirs,
    ours=ours,
    decode_as={"udp": "trdp"},
)
