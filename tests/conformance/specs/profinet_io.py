"""PROFINET IO context manager: PDU types, services, records addressed, errors, initiators, I&M0."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from scanner.capture.result import DistinctMessage
from scanner.protocols.base import Identity, Row
from scanner.protocols.dcerpc._calls import REQUEST, RESPONSE, order_of
from tests.conformance.spec import Frame, Spec, Value, number, operations

INTERFACES = "dea0000"
MULTIPLE = "57408"  # 0xE040, whose records otaudit lists without it
CONNECT = "0"
WITH_SERVICE = (0, 2, 6)  # request, response, reject: their rows have the service


def theirs(frame: Frame) -> Iterator[Value]:
    """tshark shows the records of a fragmented write with its last fragment: not compared."""
    if not frame.get("dcerpc.dg_if_id", [""])[0].startswith(INTERFACES):
        return
    kind, service = frame["dcerpc.pkt_type"][0], frame["dcerpc.opnum"][0]
    yield "messages", ""
    yield "packet type", kind
    if kind not in ("0", "2"):
        return
    yield "service", f"{kind}:{service}"
    if frame["dcerpc.dg_flags1_frag"][0] in ("1", "True"):
        return
    yield from (("record", number(v)) for v in frame.get("pn_io.index", ()) if number(v) != MULTIPLE)
    if kind == "2":
        codes = [frame[f"pn_io.error_{part}"][0] for part in ("code", "decode", "code1", "code2")]
        yield "status", "".join(f"{int(c, 0):02X}" for c in codes)
    elif service == CONNECT:
        yield from (("initiator", n) for n in frame.get("pn_io.cminitiator_station_name", ()))
    yield from (("order number", n.strip()) for n in frame.get("pn_io.order_id", ()))
    yield from (("serial", n.strip()) for n in frame.get("pn_io.im_serial_number", ()))


def ours(message: DistinctMessage, rows: Sequence[Row]) -> Iterator[Value]:
    """Services are the rows'; PDU type and status are part of the key."""
    data = message.data
    order = order_of(data[4])
    if order is None or not order.uuid(data, 24).startswith(INTERFACES):
        return
    kind, service = data[1], order.number(data, 68, 2)
    yield "messages", ""
    first = operations(rows)[0]
    yield "packet type", str(kind) if kind in WITH_SERVICE else first.code
    if kind not in (REQUEST, RESPONSE):
        return
    fragment = first.function.endswith("further fragment")
    yield "service", f"{kind}:{service if fragment else first.code.split(':')[0]}"
    if data[2] & 4:
        return
    yield from _records(rows)
    if kind == RESPONSE:
        yield "status", f"{order.number(data, 80):08X}"
    yield from _identities(kind, rows)


def _records(rows: Sequence[Row]) -> Iterator[Value]:
    for row in operations(rows):
        found = re.search("0x([0-9A-F]{4})", row.object if row.function != "Connect" else "")
        if found:
            yield "record", str(int(found[1], 16))


def _identities(kind: int, rows: Sequence[Row]) -> Iterator[Value]:
    for row in rows:
        if isinstance(row, Identity) and row.field == "profinet_name" and kind == REQUEST:
            yield "initiator", row.value
        elif isinstance(row, Identity) and row.field in ("order_number", "serial"):
            yield row.field.replace("_", " "), row.value
    for row in operations(rows):
        module = re.search("order number (.+), serial number (.+), hardware", row.detail)
        if module:
            yield "order number", module[1]
            yield "serial", module[2]


SPEC = Spec(
    protocol="profinet-io",
    layers=("dcerpc",),
    fields=(
        "dcerpc.dg_if_id",
        "dcerpc.pkt_type",
        "dcerpc.opnum",
        "dcerpc.dg_flags1_frag",
        "pn_io.index",
        "pn_io.error_code",
        "pn_io.error_decode",
        "pn_io.error_code1",
        "pn_io.error_code2",
        "pn_io.cminitiator_station_name",
        "pn_io.order_id",
        "pn_io.im_serial_number",
    ),
    theirs=theirs,
    ours=ours,
)
