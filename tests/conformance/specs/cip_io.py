"""CIP implicit I/O: datagrams and the size of their data item."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.capture.result import DistinctMessage
from scanner.protocols.base import Row
from tests.conformance.spec import Frame, Spec, Value


def theirs(frame: Frame) -> Iterator[Value]:
    """The second item's length is that of the data."""
    if "enip.cpf.cai.connid" in frame or frame.get("cipio.conn_type") or "enip.cpf.sai.connid" in frame:
        yield "messages", ""


def ours(_message: DistinctMessage, _rows: Sequence[Row]) -> Iterator[Value]:
    """One datagram."""
    yield "messages", ""


SPEC = Spec(
    protocol="cip-io",
    layers=("cipio",),
    fields=("enip.cpf.cai.connid", "enip.cpf.sai.connid"),
    theirs=theirs,
    ours=ours,
)
