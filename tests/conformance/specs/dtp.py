"""DTP: status, type, senders."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.capture.result import DistinctMessage
from scanner.protocols.base import Operation, Row
from tests.conformance.spec import Frame, Spec, Value, counted

_STATES = {"on": "1", "off": "2", "desirable": "3", "auto": "4"}


def theirs(frame: Frame) -> Iterator[Value]:
    """One frame, one port."""
    yield "messages", ""
    yield from counted(frame, administrative="dtp.tas", operating="dtp.tos")
    yield from (("sender", v) for v in frame.get("dtp.senderid", ()))


def ours(_: DistinctMessage, rows: Sequence[Row]) -> Iterator[Value]:
    """Everything from the row."""
    for row in rows:
        if isinstance(row, Operation):
            words = row.detail.split(", ")
            yield "messages", ""
            yield "operating", "1" if words[0] == "trunk" else "0"
            yield "administrative", _STATES[words[1].rpartition(" ")[2]]
            yield "sender", row.object.removeprefix("port ")


SPEC = Spec(
    protocol="dtp",
    layers=("dtp",),
    fields=("dtp.tas", "dtp.tos", "dtp.senderid"),
    theirs=theirs,
    ours=ours,
)
