"""Sampled Values: APPIDs, streams, numbers of ASDUs, synchronisation of the streams that are told apart by it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.capture.result import DistinctMessage
from scanner.protocols.base import Operation, Row
from tests.conformance.spec import Frame, Spec, Value, counted

WORDS = {"0": "not synchronised", "1": "synchronised to a local clock", "2": "synchronised to a global clock"}


def theirs(frame: Frame) -> Iterator[Value]:
    """A stream counts once a frame."""
    yield "messages", ""
    yield from counted(frame, appid="sv.appid")
    yield from (("stream", name) for name in set(frame.get("sv.svID", ())))
    if len(frame.get("sv.smpSynch", ())) == 1:
        value = frame["sv.smpSynch"][0]
        yield "synchronisation", WORDS.get(value, value)


def ours(message: DistinctMessage, rows: Sequence[Row]) -> Iterator[Value]:
    """The APPID is the first two bytes; tshark does not know Sampled Values over IP."""
    if message.data[:2] == b"\1\x40":
        return
    yield "messages", ""
    yield "appid", str(int.from_bytes(message.data[:2], "big"))
    operations = [r for r in rows if isinstance(r, Operation)]
    yield from (("stream", r.object) for r in operations)
    if message.data[message.data.index(0x80, 9) + 2] == 1:  # one ASDU
        words = [w for w in operations[0].detail.split(", ") if "synchronised" in w]
        yield from (("synchronisation", w) for w in words)


SPEC = Spec(
    protocol="sv",
    layers=("sv",),
    fields=("sv.appid", "sv.svID", "sv.smpSynch"),
    theirs=theirs,
    ours=ours,
)
