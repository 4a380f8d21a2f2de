"""Synchrophasors: frame types, versions, sizes, IDCODEs of streams, commands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.capture.result import DistinctMessage
from scanner.protocols.base import Operation, Row
from tests.conformance.spec import Frame, Spec, Value, counted


def theirs(frame: Frame) -> Iterator[Value]:
    """Every frame has a frame type."""
    yield from (("messages", "") for _ in frame.get("synphasor.frtype", ()))
    yield from counted(
        frame,
        frame_type="synphasor.frtype",
        version="synphasor.version",
        size="synphasor.frsize",
        idcode="synphasor.idcode_stream_source",
        command="synphasor.command",
    )


def ours(message: DistinctMessage, rows: Sequence[Row]) -> Iterator[Value]:
    """Version and size stand in the key."""
    row = next(r for r in rows if isinstance(r, Operation))
    kind, _, code = row.code.partition(":")
    yield "messages", ""
    yield "frame type", kind
    yield "version", str(message.data[1] & 15)
    yield "size", str(message.length)
    yield "idcode", row.unit
    if kind == "4":
        yield "command", code


SPEC = Spec(
    protocol="synchrophasor",
    layers=("synphasor",),
    fields=(
        "synphasor.frtype",
        "synphasor.version",
        "synphasor.frsize",
        "synphasor.idcode_stream_source",
        "synphasor.command",
    ),
    theirs=theirs,
    ours=ours,
    decode_as={"tcp": "synphasor", "udp": "synphasor"},
)
