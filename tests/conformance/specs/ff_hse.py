"""Foundation Fieldbus HSE: kinds of message, services, FDA addresses, indices, tags, errors, what devices are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.capture.result import DistinctMessage
from scanner.protocols.base import Identity, Operation, Row
from tests.conformance.spec import Frame, Spec, Value, counted

INDEXED = (
    *("read", "write", "read_with_subidx", "write_with_subidx", "start", "stop", "resume", "reset", "kill", "del_pi"),
    *("init_download_seq", "init_upload_seq", "upload_seg", "download_seg", "gen_download_seg", "req_dom_download"),
    *("info_report", "info_report_with_subidx", "ev_notification", "del_variable_list"),
)
INDICES = tuple(f"ff.fms.{service}.req.idx" for service in INDEXED)
ERRORS = ("ff.fms.write.err.err_code", "ff.fms.stop.err.err_code", "ff.sm.set_assign_info.err.err_code")
SERVICES = {
    *("FMS Read", "FMS Write", "FMS Read with Subindex", "FMS Write with Subindex", "FMS Start", "FMS Stop"),
    *("FMS Resume", "FMS Reset", "FMS Kill", "FMS Delete Program Invocation", "FMS Initiate Download Sequence"),
    *("FMS Initiate Upload Sequence", "FMS Upload Segment", "FMS Download Segment", "FMS Generic Download Segment"),
    *("FMS Request Domain Download", "FMS Information Report", "FMS Information Report with Subindex"),
    *("FMS Event Notification", "FMS Delete Variable List"),
}
TAGS = ("ff.sm.set_assign_info.req.pd_tag", "ff.sm.find_tag_query.req.tag", "ff.sm.dev_annunc.req.pd_tag")


def theirs(frame: Frame) -> Iterator[Value]:
    """The header, then what is addressed."""
    yield from counted(frame, kind="ff.hdr.proto_confirm", service="ff.hdr_srv", address="ff.hdr.fda_addr")
    for name in INDICES:
        yield from (("index", value) for value in frame.get(name, ()))
    for name in ERRORS:
        yield from (("error", value) for value in frame.get(name, ()))
    for name in TAGS:
        yield from (("tag", value.rstrip("\0")) for value in frame.get(name, ()))
    yield from (("vendor", value.rstrip("\0")) for value in frame.get("ff.fms.id.rsp.vendor_name", ()))


def ours(message: DistinctMessage, rows: Sequence[Row]) -> Iterator[Value]:
    """The header stands in the key but for the length; the vendor of a device behind another has no row of its own."""
    data = message.data
    row = next(r for r in rows if isinstance(r, Operation))
    protocol, service = (int(part, 0) for part in row.code.split(":"))
    yield "kind", str(protocol << 2 | data[2] & 3)
    yield "service", str(service)
    yield "address", str(int.from_bytes(data[4:8], "big"))
    if data[2] & 3 == 0 and row.function in SERVICES:
        yield "index", row.object.split(" subindex")[0].rsplit(" ", 1)[-1]
    if row.refusal and row.function in ("FMS Write", "FMS Stop", "SM Set Assignment Info"):
        yield "error", row.refusal.rsplit("/", 1)[-1].rstrip(")")
    if data[2] & 3 == 0 and row.function in ("SM Set Assignment Info", "SM Find Tag Query", "SM Device Annunciation"):
        yield "tag", row.object
    if row.function == "FMS Identify" and row.detail:
        named = [r.value for r in rows if isinstance(r, Identity) and r.field == "vendor"]
        yield "vendor", named[0] if named else row.detail.split(", ", maxsplit=1)[0]


SPEC = Spec(
    protocol="ff-hse",
    layers=("ff",),
    fields=(
        "ff.hdr.proto_confirm",
        "ff.hdr_srv",
        "ff.hdr.fda_addr",
        *INDICES,
        *ERRORS,
        *TAGS,
        "ff.fms.id.rsp.vendor_name",
    ),
    theirs=theirs,
    ours=ours,
    decode_as={"tcp": "ff", "udp": "ff"},
)
