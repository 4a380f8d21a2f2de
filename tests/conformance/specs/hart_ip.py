"""HART-IP: message types and identifiers, commands, response codes, device identifiers.

tshark 4.4 knows neither direct PDUs nor the audit log, so they are not compared. It reads the requests of commands 21
and 77 as if they were answers, shows the response code inside the answer to command 77 too, and does not read command
73: their codes and identifiers are left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.capture.result import DistinctMessage
from scanner.protocols.base import Identity, Row
from tests.conformance.spec import Frame, Spec, Value, counted, operations

TOKEN = 3
UNKNOWN_TO_TSHARK = (4, 5)
NOT_COMPARED = (21, 73, 77)


def theirs(frame: Frame) -> Iterator[Value]:
    """The HART frame of a token-passing PDU has its own fields; a datagram quoted in an ICMP error is no message."""
    if any("icmp" in layers for layers in frame.get("frame.protocols", ())):
        return
    yield from counted(
        frame, message_type="hart_ip.message_type", message_id="hart_ip.message_id", command="hart_ip.pt.command"
    )
    if any(int(command, 0) in NOT_COMPARED for command in frame.get("hart_ip.pt.command", ())):
        return
    yield from counted(frame, response_code="hart_ip.pt.response_code")
    for value in frame.get("hart_ip.pt.rsp.device_id", ()):
        yield "device", str(int(value.replace(":", ""), 16))


def ours(message: DistinctMessage, rows: Sequence[Row]) -> Iterator[Value]:
    """Commands are the row's, the rest are key bytes; sub-devices of a gateway identify themselves without a row."""
    data = message.data
    if data[2] in UNKNOWN_TO_TSHARK:
        return
    yield "message type", str(data[1])
    row = operations(rows)[0]
    yield "message id", str(data[2]) if data[2] == TOKEN else row.code.removeprefix("ID ")
    if data[2] == TOKEN and data[1] in (0, 1, 2):
        command = 8 + (6 if data[8] & 0x80 else 2)
        yield "command", row.code.split(":")[0]  # extended ones are behind 31
        if data[command] in NOT_COMPARED:
            return
        if data[8] & 0x07 != 2:
            yield "response code", str(data[command + 2])
    yield from (("device", r.value) for r in rows if isinstance(r, Identity) and r.field == "serial")


SPEC = Spec(
    protocol="hart-ip",
    layers=("hart_ip",),
    fields=(
        "hart_ip.message_type",
        "hart_ip.message_id",
        "hart_ip.pt.command",
        "hart_ip.pt.response_code",
        "hart_ip.pt.rsp.device_id",
    ),
    theirs=theirs,
    ours=ours,
    decode_as={"tcp": "hart_ip", "udp": "hart_ip"},
)
