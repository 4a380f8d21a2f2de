"""IPMI over LAN: payloads of the set-up of a session; tshark leaves commands unread."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.capture.result import DistinctMessage
from scanner.protocols.base import Row
from tests.conformance.spec import Frame, Spec, Value, number, operations

_FIELD = "ipmi_session.payloadtype"


def theirs(frame: Frame) -> Iterator[Value]:
    """Types of payloads other than messages."""
    kinds = [number(value) for value in frame.get(_FIELD, ())]
    return (("payload", kind) for kind in kinds if kind != "0")


def ours(_: DistinctMessage, rows: Sequence[Row]) -> Iterator[Value]:
    """The code is the type."""
    return (("payload", row.code) for row in operations(rows) if row.filter.startswith(_FIELD) and row.code != "0")


SPEC = Spec(
    protocol="ipmi",
    layers=("rmcp",),
    fields=(_FIELD,),
    theirs=theirs,
    ours=ours,
    decode_as={"udp": "rmcp"},
)
