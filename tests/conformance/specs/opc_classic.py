"""OPC Classic: the interfaces bound. tshark does not know what requests to them are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.capture.result import DistinctMessage
from scanner.protocols._dcerpc import order_of
from scanner.protocols._dcerpc_pdu import BINDS, Head, bind
from scanner.protocols._opc_interfaces import OPC
from scanner.protocols.base import Row
from tests.conformance.spec import Frame, Spec, Value


def theirs(frame: Frame) -> Iterator[Value]:
    """A bind is OPC Classic when its first interface is."""
    found = frame.get("dcerpc.cn_bind_to_uuid", [])
    if found and found[0] in OPC:
        yield "binds", frame["dcerpc.pkt_type"][0]
        yield from (("interface", interface) for interface in found)


def ours(message: DistinctMessage, _rows: Sequence[Row]) -> Iterator[Value]:
    """Interfaces are part of the key."""
    data = message.data
    order = order_of(data[4])
    if data[2] not in BINDS or order is None:
        return
    yield "binds", str(data[2])
    about = Head(data[2], data[3], order, order.number(data, 10, 2))
    yield from (("interface", c.interface) for c in bind(about, data).contexts)


SPEC = Spec(
    protocol="opc-classic",
    layers=("dcerpc",),
    fields=("dcerpc.cn_bind_to_uuid", "dcerpc.pkt_type"),
    theirs=theirs,
    ours=ours,
    decode_as={"tcp": "dcerpc"},
)
