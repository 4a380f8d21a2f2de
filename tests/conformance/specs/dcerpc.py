"""DCE/RPC over TCP: PDU types, interfaces bound, contexts and operations of requests, faults, authentication."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.capture.result import DistinctMessage
from scanner.protocols.base import Kind, Row
from scanner.protocols.dcerpc._calls import FAULT, REQUEST, order_of
from scanner.protocols.dcerpc._opc_interfaces import OPC
from scanner.protocols.dcerpc._pdu import BINDS, HAS_OBJECT, STUB, Head, bind
from tests.conformance.spec import Frame, Spec, Value, counted, operations

REQUESTS = "0"
FIRST_FRAGMENT = 1
ANSWERS = (Kind.RESPONSE, Kind.REFUSAL)  # they have the code of what they answer
BIND_ANSWERS, ALTER_ANSWERS = (12, 13), (15,)
PERHAPS_OPC = (3, 4)  # operations of objects that may be requests of opc-classic; tshark cannot tell them


def theirs(frame: Frame) -> Iterator[Value]:
    """Several PDUs may stand in one frame; those inside SMB are not compared. tshark gives the operation of a response
    as well.
    """
    if "dcerpc.cn_call_id" not in frame or "smb.cmd" in frame or "smb2.cmd" in frame:
        return
    kinds = frame.get("dcerpc.pkt_type", [])
    if frame.get("dcerpc.cn_bind_to_uuid", [""])[0] in OPC:
        return
    if kinds == [REQUESTS] and "dcerpc.obj_id" in frame and int(frame["dcerpc.opnum"][0]) in PERHAPS_OPC:
        return
    yield from (("messages", "") for _ in kinds)
    yield from counted(
        frame, packet_type="dcerpc.pkt_type", interface="dcerpc.cn_bind_to_uuid", status="dcerpc.cn_status"
    )
    if len(kinds) == 1 and kinds[0] == REQUESTS:
        yield "request", f"{frame['dcerpc.cn_ctx_id'][0]}:{frame['dcerpc.opnum'][0]}"


def ours(message: DistinctMessage, rows: Sequence[Row]) -> Iterator[Value]:
    """The operation of a request and the type of other PDUs are the row's; the rest is part of the key."""
    data = message.data
    order = order_of(data[4])
    if order is None or (data[2] == REQUEST and data[3] & HAS_OBJECT and order.number(data, 22, 2) in PERHAPS_OPC):
        return
    yield "messages", ""
    row = operations(rows)[0]
    whole = data[2] == REQUEST and bool(data[3] & FIRST_FRAGMENT)
    asked = {"11": BIND_ANSWERS, "14": ALTER_ANSWERS}.get(row.code, ()) if row.kind in ANSWERS else ()
    yield "packet type", str(data[2]) if whole or data[2] in asked else row.code
    if data[2] in BINDS:
        about = Head(data[2], data[3], order, order.number(data, 10, 2))
        yield from (("interface", c.interface) for c in bind(about, data).contexts)
    elif data[2] == REQUEST:
        yield "request", f"{order.number(data, 20, 2)}:{row.code if whole else order.number(data, 22, 2)}"
    elif data[2] == FAULT:
        yield "status", str(order.number(data, STUB))


SPEC = Spec(
    protocol="dcerpc",
    layers=("dcerpc",),
    fields=(
        "dcerpc.cn_call_id",
        "dcerpc.pkt_type",
        "dcerpc.cn_bind_to_uuid",
        "dcerpc.cn_status",
        "dcerpc.cn_ctx_id",
        "dcerpc.opnum",
        "dcerpc.obj_id",
        "smb.cmd",
        "smb2.cmd",
    ),
    theirs=theirs,
    ours=ours,
    decode_as={"tcp": "dcerpc"},
)
