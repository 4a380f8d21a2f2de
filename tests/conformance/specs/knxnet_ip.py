"""KNXnet/IP: services, statuses, cEMI message codes, application services, serial numbers and names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from scanner.capture.result import DistinctMessage
from scanner.protocols.base import Identity, Operation, Row
from tests.conformance.spec import Frame, Spec, Value, counted

# tshark uses one field for the status of a connection, of a tunnel's features and of routing
ANSWERS = frozenset(("0x0206", "0x0208", "0x020a", "0x0311", "0x0421"))


def theirs(frame: Frame) -> Iterator[Value]:
    """tshark's service type holds family and type; a GroupValue service has no extended code."""
    yield from counted(
        frame,
        service="knxip.service.type",
        message_code="cemi.mc",
        serial_number="knxip.sernr",
    )
    if ANSWERS.intersection(frame.get("knxip.service.type", ())):
        yield from (("status", str(int(v, 0))) for v in frame.get("knxip.status", ()) if int(v, 0))
    yield from (("name", v) for v in frame.get("knxip.device.name", ()))
    yield from (("group service", str(int(v, 0))) for v in frame.get("cemi.ac", ()) if int(v, 0) < 3)


def ours(message: DistinctMessage, rows: Sequence[Row]) -> Iterator[Value]:
    """The message code stands in the key."""
    row = next(r for r in rows if isinstance(r, Operation))
    service = int(row.code.split(":")[0], 16)
    yield "service", str(service)
    at = {0x0310: 10, 0x0420: 10, 0x0530: 6, 0x0533: 6}.get(service)
    if at is not None:
        yield "message code", str(message.data[at])
    group = re.search(r":0x(0[048]0)$", row.code)
    if group and "GroupValue" in row.function:
        yield "group service", str(int(group.group(1), 16) >> 6)
    status = re.match(r"E_\w+ \(0x(\w\w)\)", row.refusal)
    if status:
        yield "status", str(int(status.group(1), 16))
    for identity in rows:
        if isinstance(identity, Identity) and service in (0x0202, 0x0204, 0x020C, 0x0741):
            if identity.field == "serial":
                yield "serial number", str(int(identity.value, 16))
            elif identity.field == "name":
                yield "name", identity.value


SPEC = Spec(
    protocol="knxnet-ip",
    layers=("kip",),
    fields=(
        "knxip.service.type",
        "knxip.status",
        "knxip.sernr",
        "knxip.device.name",
        "cemi.mc",
        "cemi.ac",
    ),
    theirs=theirs,
    ours=ours,
    decode_as={"udp": "kip", "tcp": "kip"},
)
