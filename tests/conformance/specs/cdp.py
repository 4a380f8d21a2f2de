"""CDP: devices, ports, platforms, addresses."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.capture.result import DistinctMessage
from scanner.protocols.base import Identity, Operation, Row
from tests.conformance.spec import Frame, Spec, Value


def theirs(frame: Frame) -> Iterator[Value]:
    """A port that goes down has no more words of ours."""
    devices, ports = frame.get("cdp.deviceid", [""]), frame.get("cdp.portid", ["?"])
    yield "messages", ""
    yield "port", f"port {ports[0]} of {devices[0]}"
    if frame.get("cdp.ttl") != ["0"]:
        yield from (("model", p) for p in frame.get("cdp.platform", ()))
        yield "native VLAN", next(iter(frame.get("cdp.native_vlan", ())), "")


def ours(message: DistinctMessage, rows: Sequence[Row]) -> Iterator[Value]:
    """The native VLAN from the words."""
    for row in rows:
        if isinstance(row, Operation):
            yield "messages", ""
            yield "port", row.object
            if message.data[6]:
                yield "native VLAN", next((w[12:] for w in row.detail.split("; ") if w.startswith("native VLAN ")), "")
        elif isinstance(row, Identity) and row.field == "model":
            yield "model", row.value


SPEC = Spec(
    protocol="cdp",
    layers=("cdp",),
    fields=("cdp.ttl", "cdp.deviceid", "cdp.portid", "cdp.platform", "cdp.native_vlan"),
    theirs=theirs,
    ours=ours,
)
