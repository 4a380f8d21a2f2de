"""MQTT: packets, topics, codes of CONNACK."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from scanner.capture.result import DistinctMessage
from scanner.protocols.base import Operation, Row
from tests.conformance.spec import Frame, Spec, Value, counted


def theirs(frame: Frame) -> Iterator[Value]:
    """tshark has a topic for every subscription and publication."""
    yield from counted(frame, packet="mqtt.msgtype", topic="mqtt.topic")
    for name in ("mqtt.conack.val", "mqtt.connack.reason_code"):
        yield from (("connack", str(int(v, 0))) for v in frame.get(name, ()))


def ours(_message: DistinctMessage, rows: Sequence[Row]) -> Iterator[Value]:
    """Every row of a packet has a topic of its own."""
    operations = [row for row in rows if isinstance(row, Operation)]
    yield "packet", operations[0].code
    for row in operations:
        if row.code in ("3", "8", "10"):
            yield "topic", row.object
        if row.code == "2":
            found = re.search(r"\((\d+)\)$", row.refusal)
            yield "connack", found.group(1) if found else "0"


SPEC = Spec(
    protocol="mqtt",
    layers=("mqtt",),
    fields=("mqtt.msgtype", "mqtt.topic", "mqtt.conack.val", "mqtt.connack.reason_code"),
    theirs=theirs,
    ours=ours,
    decode_as={"tcp": "mqtt"},
)
