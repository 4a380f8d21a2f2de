"""OLSR: kinds of messages, each once in a packet."""

from __future__ import annotations

from tests.conformance.spec import Frame, Spec, Value, counted, operations


def theirs(frame: Frame) -> set[Value]:
    """tshark has one for each message."""
    return set(counted(frame, type="olsr.message_type"))


SPEC = Spec(
    protocol="olsr",
    layers=("olsr",),
    fields=("olsr.message_type",),
    theirs=theirs,
    ours=lambda _, rows: {("type", row.code) for row in operations(rows)},
    decode_as={"udp": "olsr"},
)
