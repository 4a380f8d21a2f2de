"""PROFINET DCP: services, their types; names, addresses and vendors that devices give of themselves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from ipaddress import IPv4Address

from scanner.capture.result import DistinctMessage
from scanner.protocols.base import Identity, Row
from scanner.protocols.profinet.profinet_dcp import vendor_name
from tests.conformance.spec import Frame, Spec, Value, counted, operations

NOWHERE = IPv4Address(0)


GET_SET = ("3", "4")  # services of which every block is an operation


def theirs(frame: Frame) -> Iterator[Value]:
    """One PDU a frame."""
    yield from (("messages", "") for _ in frame.get("pn_dcp.service_id", ()))
    yield from counted(frame, service="pn_dcp.service_id", service_type="pn_dcp.service_type")
    if frame.get("pn_dcp.service_id", [""])[0] in GET_SET:
        yield from (("blocks", frame["pn_dcp.service_id"][0]) for _ in frame.get("pn_dcp.option", ()))
    if frame.get("pn_dcp.service_type") == ["1"] or frame.get("pn_dcp.service_id") == ["6"]:
        yield from (("name", n.strip()) for n in frame.get("pn_dcp.suboption_device_nameofstation", ()) if n)
        yield from (("address", a) for a in frame.get("pn_dcp.suboption_ip_ip", ())[:1] if a != str(NOWHERE))
        yield from (("vendor", vendor_name(int(v, 0))) for v in frame.get("pn_dcp.suboption_vendor_id", ()))


def ours(message: DistinctMessage, rows: Sequence[Row]) -> Iterator[Value]:
    """The service is the rows', the type byte 3, behind the frame identifier."""
    yield "messages", ""
    yield "service", operations(rows)[0].code
    yield "service type", str(message.data[3])
    if any(message.data[10:12]):
        yield from (("blocks", r.code) for r in operations(rows) if r.code in GET_SET)
    tables = {"profinet_name": "name", "ip": "address", "vendor": "vendor"}
    yield from ((tables[r.field], r.value) for r in rows if isinstance(r, Identity) and r.field in tables)


SPEC = Spec(
    protocol="profinet-dcp",
    layers=("pn_dcp",),
    fields=(
        "pn_dcp.service_id",
        "pn_dcp.service_type",
        "pn_dcp.option",
        "pn_dcp.suboption_device_nameofstation",
        "pn_dcp.suboption_ip_ip",
        "pn_dcp.suboption_vendor_id",
    ),
    theirs=theirs,
    ours=ours,
)
