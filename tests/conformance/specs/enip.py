"""EtherNet/IP and CIP: encapsulation commands; services and classes of requests; services and status of answers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from scanner.capture.result import DistinctMessage
from scanner.protocols.base import Identity, Operation, Row
from tests.conformance.spec import Frame, Spec, Value, counted, number

ROUTED = "82"  # Unconnected Send, which otaudit unwraps: 0x52 with the connection manager
MULTIPLE = "10"


def theirs(frame: Frame) -> Iterator[Value]:
    """tshark lists wrappers beside what they carry, of all messages of a frame. Answers to a multiple service packet
    count as one.
    """
    yield from (("messages", "") for _ in frame.get("enip.command", ()))
    yield from counted(
        frame, command="enip.command", serial="enip.lir.serial", vendor="enip.lir.vendor", model="enip.lir.name"
    )
    commands = len(frame.get("enip.command", ()))
    services = [
        (number(v), number(r) in ("1", "True"))
        for v, r in zip(frame.get("cip.sc", ()), frame.get("cip.rr", ()), strict=False)
    ]
    asked = [service for service, answers in services if not answers]
    answered = [service for service, answers in services if answers]
    statuses = [number(v) for v in frame.get("cip.genstat", ())]
    wrapped = len(services) > commands
    yield from (("request", service) for service in asked if not (wrapped and service in (ROUTED, MULTIPLE)))
    outermost = len(answered) if len(services) == commands else min(len(answered), 1)
    yield from (("answer", service) for service in answered[:outermost])
    yield from (("status", status) for status in statuses[:outermost])


def ours(message: DistinctMessage, rows: Sequence[Row]) -> Iterator[Value]:
    """PCCC has codes of its own; its service is 0x4B, once for the commands of a multiple one."""
    yield "messages", ""
    command = int.from_bytes(message.data[:2], "little")
    yield "command", str(command)
    if command == 0x63:
        for row in rows:
            if isinstance(row, Identity) and row.field in ("serial", "model"):
                yield row.field, str(int(row.value, 16)) if row.field == "serial" else row.value
            elif isinstance(row, Identity) and row.field == "vendor":
                yield "vendor", str(int.from_bytes(message.data[48:50], "little"))
    operations = [r for r in rows if isinstance(r, Operation)]
    at = 40 if command == 0x6F else 46 if command == 0x70 else 0
    if not at or len(message.data) <= at:
        return
    if message.data[at] & 0x80:
        yield "answer", str(message.data[at] & 0x7F)
        yield "status", str(message.data[at + 2])
        return
    several = [r for r in operations if r.filter.endswith("cip.pccc.fnc.code_0f == 0x88")]
    for row in (r for r in operations if r not in several[1:]):
        yield "request", str(int(row.code, 16)) if re.fullmatch("0x[0-9A-F]{2}", row.code) else "75"


SPEC = Spec(
    protocol="enip",
    layers=("enip",),
    fields=(
        "enip.command",
        "enip.lir.serial",
        "enip.lir.vendor",
        "enip.lir.name",
        "cip.sc",
        "cip.rr",
        "cip.genstat",
    ),
    theirs=theirs,
    ours=ours,
    decode_as={"tcp": "enip"},
)
