"""KNXnet/IP: services, statuses, cEMI message codes, application services, addresses, serial numbers and names; of KNX
IP Secure what its wrapper and session show, of KNX Data Secure that it is there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from scanner.capture.result import DistinctMessage
from scanner.protocols.base import Identity, Operation, Row
from tests.conformance.spec import Frame, Spec, Value, counted, number

# tshark uses one field for the status of a connection, of a tunnel's features and of routing
ANSWERS = frozenset(("0x0206", "0x0208", "0x020a", "0x0311", "0x0421"))
WRAPPER, DATA_SECURE = 0x0950, 0x3F1
TELEGRAMS = ("0x0420", "0x0530", "0x0533")
LAST_GROUP_SERVICE = 2  # of cemi.ac: A_GroupValue_Read, Response, Write
ON_A_GROUP = "1"


def theirs(frame: Frame) -> Iterator[Value]:
    """tshark's service type holds family and type. What shares its octet with data has four bits, all else ten."""
    services = frame.get("knxip.service.type", ())
    yield from counted(
        frame,
        service="knxip.service.type",
        message_code="cemi.mc",
        serial_number="knxip.sernr",
        user="knxip.user",
        session_status="knxip.session.status",
        short_service="cemi.ac",
        long_service="cemi.ax",
    )
    if ANSWERS.intersection(services):
        yield from (("status", str(int(v, 0))) for v in frame.get("knxip.status", ()) if int(v, 0))
    yield from (("name", v) for v in frame.get("knxip.device.name", ()))
    if list(services) == [f"0x{WRAPPER:04x}"]:
        yield "wrapped", "for a group" if int(frame["knxip.session"][0], 0) == 0 else "in a session"
    if len(services) == 1 and services[0] in TELEGRAMS and "cemi.da" in frame:
        yield from addresses(frame)


def addresses(frame: Frame) -> Iterator[Value]:
    """The group of what is for one, else the device; nobody is named 0."""
    target, source = (int(frame[f"cemi.{end}"][0], 0) for end in ("da", "sa"))
    to_group = number(frame["cemi.at"][0]) == ON_A_GROUP
    secured = [int(v, 0) for v in frame.get("cemi.ax", ())] == [DATA_SECURE]
    if to_group and (secured or any(int(v, 0) <= LAST_GROUP_SERVICE for v in frame.get("cemi.ac", ()))):
        yield "group", str(target)
    elif not to_group:
        yield "device", str(target)
    if source:
        yield "sender", str(source)


def ours(message: DistinctMessage, rows: Sequence[Row]) -> Iterator[Value]:
    """The message code stands in the key."""
    row = next(r for r in rows if isinstance(r, Operation))
    service = int(row.code.split(":")[0], 16)
    detail = str(row.detail)
    yield "service", str(service)
    at = {0x0310: 10, 0x0420: 10, 0x0530: 6, 0x0533: 6}.get(service)
    if at is not None:
        yield "message code", str(message.data[at])
        yield from telegram(row, detail)
    status = re.match(r"E_\w+ \(0x(\w\w)\)", row.refusal)
    if status:
        yield "status", str(int(status.group(1), 16))
    if service == WRAPPER:
        yield "wrapped", "for a group" if detail == "multicast group" else "in a session"
    user, session = re.match(r"user (\d+)$", detail), re.search(r"\((\d+)\)$", row.refusal or detail)
    if user:
        yield "user", user[1]
    if service == 0x0954 and session:
        yield "session status", session[1]
    for identity in rows:
        if isinstance(identity, Identity) and service in (0x0202, 0x0204, 0x020C, 0x0741):
            if identity.field == "serial":
                yield "serial number", str(int(identity.value, 16))
            elif identity.field == "name":
                yield "name", identity.value


def telegram(row: Operation, detail: str) -> Iterator[Value]:
    """Application service and addresses; the filter says how many bits tshark shows of the service."""
    apci = re.search(r":0x(\w{3})$", row.code)
    if apci and row.filter.startswith("cemi.ax"):
        yield "long service", str(int(apci[1], 16))
    elif apci and row.filter.startswith("cemi.ac"):
        yield "short service", str(int(apci[1], 16) >> 6)
    group = re.match(r"group address (\d+)/(\d+)/(\d+)$", row.object)
    if group:
        main, middle, low = map(int, group.groups())
        yield "group", str(main << 11 | middle << 8 | low)
    for table, found in (
        ("device", re.match(r"(\d+)\.(\d+)\.(\d+)$", row.unit)),
        ("sender", re.match(r"from (\d+)\.(\d+)\.(\d+)", detail)),
    ):
        if found:
            area, line, low = map(int, found.groups())
            yield table, str(area << 12 | line << 8 | low)


SPEC = Spec(
    protocol="knxnet-ip",
    layers=("kip",),
    fields=(
        *("knxip.service.type", "knxip.status", "knxip.sernr", "knxip.device.name"),
        *("knxip.session", "knxip.user", "knxip.session.status"),
        *("cemi.mc", "cemi.ac", "cemi.ax", "cemi.at", "cemi.da", "cemi.sa"),
    ),
    theirs=theirs,
    ours=ours,
    decode_as={"udp": "kip", "tcp": "kip"},
)
