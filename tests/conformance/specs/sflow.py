"""sFlow: formats of samples, each once in a datagram."""

from __future__ import annotations

from tests.conformance.spec import Frame, Spec, Value, counted, operations


def theirs(frame: Frame) -> set[Value]:
    """tshark has one for each sample."""
    return set(counted(frame, format="sflow_245.sampletype"))


SPEC = Spec(
    protocol="sflow",
    layers=("sflow",),
    fields=("sflow_245.sampletype",),
    theirs=theirs,
    ours=lambda _, rows: {("format", row.code) for row in operations(rows)},
    decode_as={"udp": "sflow"},
)
