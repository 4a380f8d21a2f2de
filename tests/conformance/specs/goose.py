"""GOOSE: APPIDs, control block references, data sets."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from scanner.capture.result import DistinctMessage
from scanner.protocols.base import Operation, Row
from tests.conformance.spec import Frame, Spec, Value, counted

ROUTED = b"\1\x40"  # no APPID, but the transport layer of R-GOOSE


def theirs(frame: Frame) -> Iterator[Value]:
    """Publications; management is only counted by its APPID."""
    yield from counted(frame, appid="goose.appid", reference="goose.gocbRef")
    if frame.get("goose.gocbRef"):
        yield from counted(frame, appid="rgoose.appid")
    if frame.get("goose.gocbRef"):
        yield "messages", ""
        yield from (("data set", v) for v in frame.get("goose.datSet", ()))


def ours(message: DistinctMessage, rows: Sequence[Row]) -> Iterator[Value]:
    """The data set does not change in the captures compared, though it is no part of the key."""
    if message.data[:2] != ROUTED:
        yield "appid", str(int.from_bytes(message.data[:2], "big"))
    for row in rows:
        if isinstance(row, Operation) and row.object:
            yield "messages", ""
            yield "reference", row.object
            if message.data[:2] == ROUTED:
                yield "appid", str(int(row.unit.removeprefix("APPID "), 16))
            found = re.match(r"data set ([^,]+)", row.detail)
            if found:
                yield "data set", found.group(1)


SPEC = Spec(
    protocol="goose",
    layers=("goose", "r-goose"),
    fields=("goose.appid", "rgoose.appid", "goose.gocbRef", "goose.datSet"),
    theirs=theirs,
    ours=ours,
)
