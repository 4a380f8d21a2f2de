"""FINS: commands, end codes, nodes, memory areas and addresses, identity, messages of FINS/TCP."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.capture.result import DistinctMessage
from scanner.protocols.base import Identity, Row
from tests.conformance.spec import Frame, Spec, Value, counted


def theirs(frame: Frame) -> Iterator[Value]:
    """One message a frame of FINS; FINS/TCP has its own command."""
    yield from counted(
        frame,
        command="omron.command",
        end_code="omron.response.code",
        tcp_command="omron.tcp.command",
        destination="omron.da1",
        source="omron.sa1",
    )
    for name, field in (("model", "omron.controller.model"), ("firmware", "omron.controller.version")):
        yield from ((name, text) for v in frame.get(field, ()) if (text := v.strip()))


def ours(message: DistinctMessage, rows: Sequence[Row]) -> Iterator[Value]:
    """All are key bytes."""
    data = message.data
    if data.startswith(b"FINS"):
        yield "tcp command", str(int.from_bytes(data[8:12], "big"))
        data = data[16:] if data[11] == 2 else b""
    if data:
        yield "command", str(int.from_bytes(data[10:12], "big"))
        yield "destination", str(data[4])
        yield "source", str(data[7])
        if data[0] & 0x40:
            yield "end code", str(int.from_bytes(data[12:14], "big"))
    yield from ((r.field, r.value) for r in rows if isinstance(r, Identity) and r.field in ("model", "firmware"))


SPEC = Spec(
    protocol="fins",
    layers=("omron",),
    fields=(
        "omron.command",
        "omron.response.code",
        "omron.tcp.command",
        "omron.da1",
        "omron.sa1",
        "omron.controller.model",
        "omron.controller.version",
    ),
    theirs=theirs,
    ours=ours,
    decode_as={"tcp": "omron", "udp": "omron"},
)
