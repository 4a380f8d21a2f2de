"""LonTalk over IP: packet types, kinds of PDU, codes, selectors of network variables.

tshark 4.4 reads the first of several packets in a datagram only, shows of foreign frames the lower bits, and takes
whatever comes to the port for CN/IP.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.capture.result import DistinctMessage
from scanner.protocols.base import Operation, Row
from scanner.protocols.lontalk._names import PACKETS
from tests.conformance.spec import Frame, Spec, Value, counted, number


def theirs(frame: Frame) -> Iterator[Value]:
    """The fields of CN/IP and of LonTalk inside it."""
    if not {int(kind, 0) for kind in frame.get("cnip.type", ())} <= set(PACKETS):
        return
    yield from counted(
        frame, type="cnip.type", pdu="lon.pdufmt", code="lon.code", selector="lon.nv.selector", authenticated="lon.auth"
    )


def ours(message: DistinctMessage, rows: Sequence[Row]) -> Iterator[Value]:
    """Type and kind of PDU stand in the key, and so does the bit that asks for authentication."""
    data = message.data
    row = next(r for r in rows if isinstance(r, Operation))
    yield "type", str(data[3]) if data[3] == 1 else number(row.code)
    if data[3] != 1:
        return
    pdu = data[21 + 4 * data[4]] >> 4 & 3
    yield "pdu", str(pdu)
    if row.code:
        code = int(row.code, 0)
        yield "code", str(code & 0x0F if code & 0xF0 == 0x40 else code)
    if row.object.startswith("network variable"):
        yield "selector", str(int(row.object.split()[-1], 0))
    if pdu < 2:
        yield "authenticated", str(int(any("authenticated transactions" in getattr(r, "detail", "") for r in rows[1:])))


SPEC = Spec(
    protocol="lontalk",
    layers=("cnip",),
    fields=("cnip.type", "lon.pdufmt", "lon.code", "lon.nv.selector", "lon.auth"),
    theirs=theirs,
    ours=ours,
    decode_as={"udp": "cnip"},
)
