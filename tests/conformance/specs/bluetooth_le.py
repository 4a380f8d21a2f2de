"""Bluetooth LE: kinds of advertising packets, advertisers, control procedures, what connections carry in clear."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.capture.result import DistinctMessage
from scanner.protocols.base import Row, Session
from tests.conformance.spec import Frame, Spec, Value, counted, number, operations


def theirs(frame: Frame) -> Iterator[Value]:
    """Every packet has an access address, and what tshark calls an attribute lies in clear."""
    yield "messages", ""
    kinds = frame.get("btle.advertising_header.pdu_type", ())
    for kind in kinds:
        yield "advertising", number(kind)
        yield from (("advertiser", v) for v in frame.get("btle.advertising_address", ()))
    yield from counted(frame, control="btle.control_opcode")
    if not kinds:
        yield from (("connection", v) for v in frame.get("btle.access_address", ()))
    if "btatt.opcode" in frame:
        yield "attributes in clear", ""


def ours(_message: DistinctMessage, rows: Sequence[Row]) -> Iterator[Value]:
    """The unit is the advertiser, or the access address of a connection."""
    yield "messages", ""
    for row in operations(rows):
        if row.filter.startswith("btle.advertising"):
            yield "advertising", row.code
            yield from ((("advertiser", row.unit),) if row.unit else ())
        else:
            yield from ((("control", row.code),) if row.code else ())
            yield "connection", row.unit
    if any(isinstance(row, Session) and row.encrypted is False for row in rows):
        yield "attributes in clear", ""


SPEC = Spec(
    protocol="bluetooth-le",
    layers=("btle",),
    fields=(
        "btle.advertising_header.pdu_type",
        "btle.advertising_address",
        "btle.control_opcode",
        "btle.access_address",
        "btatt.opcode",
    ),
    theirs=theirs,
    ours=ours,
)
