"""Spanning tree: kinds, roots, bridges, ports, VLANs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.capture.result import DistinctMessage
from scanner.protocols.base import Operation, Row
from scanner.protocols.layer2.stp import PVST
from tests.conformance.spec import Frame, Spec, Value, counted, number


def theirs(frame: Frame) -> Iterator[Value]:
    """What tshark calls the bridge is in MST the regional root; the sender is the CIST bridge."""
    yield "messages", ""
    yield from counted(frame, kind="stp.type", version="stp.version")
    if frame.get("stp.root.hw"):
        root, extension = int(frame["stp.root.prio"][0]), int(frame["stp.root.ext"][0])
        yield "root", f"{root}{f'+{extension}' if extension else ''}/{frame['stp.root.hw'][0]}"
        yield from counted(frame, port="stp.port", cost="stp.root.cost")
        yield from (("VLAN", number(v)) for v in frame.get("stp.pvst.origvlan", ()))
        yield from (("region", v) for v in frame.get("mstp.config_name", ()) if v)


def ours(message: DistinctMessage, rows: Sequence[Row]) -> Iterator[Value]:
    """Numbers from the bytes that the key has, the rest from the row."""
    data = message.data[5:] if message.data[:5] == PVST else message.data
    for row in rows:
        if isinstance(row, Operation):
            yield "messages", ""
            yield "kind", number(row.code)
            yield "version", str(data[2])
            if row.object:
                yield "root", row.object.removeprefix("root ")
                yield "port", str(int.from_bytes(data[25:27], "big"))
                yield "cost", str(int.from_bytes(data[13:17], "big"))
            if row.unit:
                yield "VLAN", row.unit.removeprefix("VLAN ")
            named = row.detail.partition('region "')[2].partition('"')[0]
            if named:
                yield "region", named


SPEC = Spec(
    protocol="stp",
    layers=("stp",),
    fields=(
        "stp.type",
        "stp.version",
        "stp.root.prio",
        "stp.root.ext",
        "stp.root.hw",
        "stp.root.cost",
        "stp.port",
        "stp.pvst.origvlan",
        "mstp.config_name",
    ),
    theirs=theirs,
    ours=ours,
)
