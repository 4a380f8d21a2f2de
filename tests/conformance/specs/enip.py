"""EtherNet/IP and CIP: encapsulation commands; services and classes of requests; services and status of answers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.capture.result import DistinctMessage
from scanner.protocols.base import Identity, Operation, Row
from tests.conformance.spec import Frame, Spec, Value, counted, number, operations

FUNCTIONS = ("cip.pccc.fnc.code_06", "cip.pccc.fnc.code_07", "cip.pccc.fnc.code_0f", "cip.pccc.execute.multi.code")
ANSWER = 0x40
PCCC = str(0x4B)  # Execute PCCC
ROUTED = "82"  # Unconnected Send, which otaudit unwraps: 0x52 with the connection manager
MULTIPLE = "10"
MULTIPLE_COMMANDS = str(0x88)  # the function of PCCC that carries several


def theirs(frame: Frame) -> Iterator[Value]:
    """tshark lists wrappers beside what they carry, of all messages of a frame. Answers to a multiple service packet
    count as one.
    """
    yield from (("messages", "") for _ in frame.get("enip.command", ()))
    yield from counted(
        frame, command="enip.command", serial="enip.lir.serial", vendor="enip.lir.vendor", model="enip.lir.name"
    )
    yield from counted(frame, PCCC_command="cip.pccc.cmd.code")
    yield from (("PCCC answer", str(int(v, 0) & ~ANSWER)) for v in frame.get("cip.pccc.resp.code", ()))
    for name in FUNCTIONS:
        yield from (("PCCC function", number(v)) for v in frame.get(name, ()))
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
    first = operations(rows)[0]
    command = int.from_bytes(message.data[:2], "little")
    at = {0x6F: 40, 0x70: 46}.get(command, 0)
    carries = 0 < at < len(message.data)
    yield "command", str(command) if carries else number(first.code)
    if command == 0x63:
        for row in rows:
            if isinstance(row, Identity) and row.field in ("serial", "model"):
                yield row.field, str(int(row.value, 16)) if row.field == "serial" else row.value
            elif isinstance(row, Identity) and row.field == "vendor":
                yield "vendor", str(int.from_bytes(message.data[48:50], "little"))
    if not carries:
        return
    if message.data[at] & 0x80:
        yield "answer", _service(first)
        if not first.code.startswith("0x"):
            yield "PCCC answer", str(int(first.code, 16))
        yield "status", str(message.data[at + 2])
    else:
        several = [r for r in operations(rows) if r.filter.endswith("cip.pccc.fnc.code_0f == 0x88")]
        yield from (("request", _service(r)) for r in operations(rows) if r not in several[1:])
        yield from (("PCCC function", MULTIPLE_COMMANDS) for _ in several[:1])
        for row in operations(rows):
            yield from (value for value in _commands(row) if row not in several[1:] or value[0] == "PCCC function")


def _service(row: Operation) -> str:
    return number(row.code) if row.code.startswith("0x") else PCCC


def _commands(row: Operation) -> Iterator[Value]:
    """Of PCCC the command and its function."""
    if not row.code.startswith("0x"):
        command, _, function = row.code.partition(":")
        yield "PCCC command", str(int(command, 16))
        if function:
            yield "PCCC function", str(int(function, 16))


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
        "cip.pccc.cmd.code",
        "cip.pccc.resp.code",
        *FUNCTIONS,
    ),
    theirs=theirs,
    ours=ours,
    decode_as={"tcp": "enip"},
)
