"""Slow protocols: subtypes, systems and ports of aggregates, kinds of marker and OAM."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.capture.result import DistinctMessage
from scanner.protocols.base import Row
from tests.conformance.spec import Frame, Spec, Value, counted, number, operations


def theirs(frame: Frame) -> Iterator[Value]:
    """A marker's terminator is no kind of it."""
    yield "messages", ""
    yield from counted(
        frame,
        subtype="slow.subtype",
        port="lacp.actor.port",
        state="lacp.actor.state",
        partner_port="lacp.partner.port",
        OAM="oampdu.code",
    )
    yield from (("marker", str(int(v, 0))) for v in frame.get("marker.tlvType", ()) if int(v, 0))
    yield from (("system", v) for v in frame.get("lacp.actor.sysid", ()))


def ours(message: DistinctMessage, rows: Sequence[Row]) -> Iterator[Value]:
    """Subtype and code are the row's, the rest are bytes that the key has."""
    data = message.data
    yield "messages", ""
    subtype, _, code = operations(rows)[0].code.partition(":")
    yield "subtype", subtype
    if data[0] == 1:
        yield "port", str(int.from_bytes(data[16:18], "big"))
        yield "state", str(data[18])
        yield "partner port", str(int.from_bytes(data[36:38], "big"))
        yield "system", data[6:12].hex(":")
    elif data[0] == 2:
        yield "marker", str(data[2])
    elif data[0] == 3:
        yield "OAM", number(code)


SPEC = Spec(
    protocol="slow-protocols",
    layers=("slow", "lacp", "marker", "oampdu", "ossp"),
    fields=(
        "slow.subtype",
        "lacp.actor.port",
        "lacp.actor.state",
        "lacp.actor.sysid",
        "lacp.partner.port",
        "marker.tlvType",
        "oampdu.code",
    ),
    theirs=theirs,
    ours=ours,
)
