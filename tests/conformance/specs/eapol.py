"""IEEE 802.1X: kinds of PDU, EAP codes and methods, key descriptors, key servers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.capture.result import DistinctMessage
from scanner.protocols.base import Row
from tests.conformance.spec import Frame, Spec, Value, counted, operations


def theirs(frame: Frame) -> Iterator[Value]:
    """Version and type of every PDU; of EAP, code and method; of key agreement, who is the key server."""
    yield "messages", ""
    yield from counted(frame, version="eapol.version", type="eapol.type", descriptor="eapol.keydes.type")
    yield from counted(frame, code="eap.code")
    if frame.get("eap.type"):
        yield "method", frame["eap.type"][0]
    if frame.get("eapol.type") == ["5"]:
        yield from counted(frame, priority="mka.ks_prio")


def ours(message: DistinctMessage, rows: Sequence[Row]) -> Iterator[Value]:
    """Type, code and descriptor are the row's, the rest of the key."""
    data = message.data
    yield "messages", ""
    yield "version", str(data[0])
    kind, _, inner = operations(rows)[0].code.partition(":")
    yield "type", kind
    if data[1] == 0:
        yield "code", inner
        if data[4] in (1, 2):
            yield "method", str(data[8])
    elif data[1] == 3:
        yield "descriptor", inner
    elif data[1] == 5:
        yield "priority", str(data[5])


SPEC = Spec(
    protocol="eapol",
    layers=("eapol",),
    fields=("eapol.version", "eapol.type", "eapol.keydes.type", "eap.code", "eap.type", "mka.ks_prio"),
    theirs=theirs,
    ours=ours,
)
