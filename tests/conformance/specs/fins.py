"""FINS: commands, end codes, nodes, identity, messages of FINS/TCP.

tshark 4.4 shows no end code in the answers to some commands, so theirs are not compared.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.capture.result import DistinctMessage
from scanner.protocols.base import Identity, Row
from tests.conformance.spec import Frame, Spec, Value, counted, operations

WITHOUT_END_CODE = frozenset(
    (0x0220, 0x0403, 0x0602, 0x0603, 0x0C01, 0x2140, 0x2141, 0x2201, 0x220F, 0x2215, 0x230A, 0x2711, 0x2804)
)


CARRIES = 2  # the command of FINS/TCP that carries FINS


def theirs(frame: Frame) -> Iterator[Value]:
    """One message a frame of FINS; FINS/TCP has its own command."""
    yield from counted(
        frame,
        command="omron.command",
        tcp_command="omron.tcp.command",
        destination="omron.da1",
        source="omron.sa1",
    )
    commands = {int(command, 0) for command in frame.get("omron.command", ())}
    if not commands & WITHOUT_END_CODE:
        yield from counted(frame, end_code="omron.response.code")
    for name, field in (("model", "omron.controller.model"), ("firmware", "omron.controller.version")):
        yield from ((name, text) for v in frame.get(field, ()) if (text := v.strip()))


def ours(message: DistinctMessage, rows: Sequence[Row]) -> Iterator[Value]:
    """Commands are the row's, the rest are key bytes."""
    data, row = message.data, operations(rows)[0]
    if data.startswith(b"FINS"):
        yield "tcp command", "2" if data[11] == CARRIES else row.code
        data = data[16:] if data[11] == CARRIES else b""
    if data:
        command = int(row.code, 16)
        yield "command", str(command)
        yield "destination", str(data[4])
        yield "source", str(data[7])
        if data[0] & 0x40 and command not in WITHOUT_END_CODE:
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
