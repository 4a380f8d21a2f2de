"""MQTT-SN: message types, client identifiers, return codes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from scanner.capture.result import DistinctMessage
from scanner.protocols.base import Identity, Operation, Row
from tests.conformance.spec import Frame, Spec, Value, counted


def theirs(frame: Frame) -> Iterator[Value]:
    """tshark gives the type of an encapsulated message besides that of its envelope."""
    yield from counted(frame, type="mqttsn.msg.type", client="mqttsn.client.id")
    yield from (("refusal", str(int(v, 0))) for v in frame.get("mqttsn.return.code", ()) if int(v, 0))


def ours(_message: DistinctMessage, rows: Sequence[Row]) -> Iterator[Value]:
    """Every row of an operation is a type; names are client identifiers."""
    for row in rows:
        if isinstance(row, Operation):
            yield "type", str(int(row.code, 16))
            found = re.search(r"\((\d+)\)$", row.refusal)
            if found:
                yield "refusal", found.group(1)
        elif isinstance(row, Identity) and row.field == "name":
            yield "client", row.value


SPEC = Spec(
    protocol="mqtt-sn",
    layers=("mqttsn",),
    fields=("mqttsn.msg.type", "mqttsn.client.id", "mqttsn.return.code"),
    theirs=theirs,
    ours=ours,
    decode_as={"udp": "mqttsn"},
)
