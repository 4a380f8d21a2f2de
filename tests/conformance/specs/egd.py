"""EGD: produced data by producer, exchange, status and signature. tshark has no commands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.capture.result import DistinctMessage
from scanner.protocols.base import Row
from tests.conformance.spec import Frame, Spec, Value, counted, operations

DATA = 13


def theirs(frame: Frame) -> Iterator[Value]:
    """One message a frame; what is no data is a command on a port that tshark was told."""
    if frame.get("egd.type") != [str(DATA)]:
        return
    yield "messages", ""
    yield from (("producer", v) for v in frame.get("egd.pid", ()))
    yield from counted(frame, exchange="egd.exid", status="egd.stat", signature="egd.csig")


def ours(message: DistinctMessage, rows: Sequence[Row]) -> Iterator[Value]:
    """All are key bytes."""
    data = message.data
    (row,) = operations(rows)
    if row.code != str(DATA):
        return
    yield "messages", ""
    yield "producer", ".".join(map(str, data[4:8]))
    for table, at in (("exchange", 8), ("status", 20), ("signature", 24)):
        yield table, str(int.from_bytes(data[at : at + 4], "little"))


SPEC = Spec(
    protocol="egd",
    layers=("egd",),
    fields=("egd.type", "egd.pid", "egd.exid", "egd.stat", "egd.csig"),
    theirs=theirs,
    ours=ours,
    decode_as={"udp": "egd"},
)
