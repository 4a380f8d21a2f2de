"""OPC Classic: the interfaces bound. tshark does not know what requests to them are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.capture.result import DistinctMessage
from scanner.protocols.base import Row
from scanner.protocols.dcerpc._calls import REQUEST, order_of
from scanner.protocols.dcerpc._opc_interfaces import OPC
from scanner.protocols.dcerpc._pdu import BINDS, HAS_OBJECT, Head, bind
from tests.conformance.spec import Frame, Spec, Value, operations

PERHAPS = ("3", "4")  # operations of objects; tshark does not know of which interface
ASKED = (11, 14)  # answers have the code of what they answer


def theirs(frame: Frame) -> Iterator[Value]:
    """A bind is OPC Classic when its first interface is."""
    found = frame.get("dcerpc.cn_bind_to_uuid", [])
    if found and found[0] in OPC:
        yield "binds", frame["dcerpc.pkt_type"][0]
        yield from (("interface", interface) for interface in found)
    requested = frame.get("dcerpc.pkt_type") == ["0"] and "dcerpc.cn_ctx_id" in frame and "smb.cmd" not in frame
    if requested and "dcerpc.obj_id" in frame and frame["dcerpc.opnum"][0] in PERHAPS:
        yield "requests", frame["dcerpc.opnum"][0]


def ours(message: DistinctMessage, rows: Sequence[Row]) -> Iterator[Value]:
    """Interfaces are part of the key, operations are the row's."""
    data = message.data
    order = order_of(data[4])
    row = operations(rows)[0]
    if data[2] == REQUEST and data[3] & HAS_OBJECT and row.code in PERHAPS:
        yield "requests", row.code
    if data[2] not in BINDS or order is None:
        return
    yield "binds", row.code if data[2] in ASKED else str(data[2])
    about = Head(data[2], data[3], order, order.number(data, 10, 2))
    yield from (("interface", c.interface) for c in bind(about, data).contexts)


SPEC = Spec(
    protocol="opc-classic",
    layers=("dcerpc",),
    fields=(
        "dcerpc.cn_bind_to_uuid",
        "dcerpc.pkt_type",
        "dcerpc.obj_id",
        "dcerpc.opnum",
        "dcerpc.cn_ctx_id",
        "smb.cmd",
    ),
    theirs=theirs,
    ours=ours,
    decode_as={"tcp": "dcerpc"},
)
