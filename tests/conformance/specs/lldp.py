"""LLDP: frames, names, management addresses, chassis addresses."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.capture.result import DistinctMessage
from scanner.protocols.base import Identity, Operation, Row
from tests.conformance.spec import Frame, Spec, Value

_INVENTORY = {
    "lldp.media.sn": "serial",
    "lldp.media.model": "model",
    "lldp.media.manufacturer": "vendor",
    "lldp.media.firmware": "firmware",
    "lldp.media.hardware": "hardware revision",
}
_OURS = {"serial", "model", "vendor", "firmware", "hardware_revision"}


def theirs(frame: Frame) -> Iterator[Value]:
    """A frame that a receiver discards (a mandatory TLV twice) has no words of ours to compare with."""
    types = frame.get("lldp.tlv.type", [])
    if types[:3] != ["1", "2", "3"] or types.count("3") > 1:
        return
    yield "messages", ""
    yield from (("name", n.strip()) for n in frame.get("lldp.tlv.system.name", ()) if n.strip())
    yield from (("chassis", m) for m in frame.get("lldp.chassis.id.mac", ()))
    yield from (("address", a) for a in frame.get("lldp.mgn.addr.ip4", ()) if a != "0.0.0.0")  # noqa: S104
    yield from (("address", a) for a in frame.get("lldp.mgn.addr.ip6", ()))
    for field, table in _INVENTORY.items():
        yield from ((table, v.strip()) for v in frame.get(field, ()) if v.strip())


def ours(message: DistinctMessage, rows: Sequence[Row]) -> Iterator[Value]:
    """Chassis from its TLV; makers, models and versions only where LLDP-MED gives them."""
    yield from (("messages", "") for r in rows if isinstance(r, Operation))
    if message.data[2] == 4 and message.data[1] == 7:
        yield "chassis", message.data[3:9].hex(":")
    med = b"\xfe" in message.data and b"\x00\x12\xbb" in message.data
    for row in rows:
        if not isinstance(row, Identity):
            continue
        if row.field == "name":
            yield "name", row.value
        elif row.field == "ip":
            yield "address", row.value
        elif row.field in _OURS and med:
            yield row.field.replace("_", " "), row.value


SPEC = Spec(
    protocol="lldp",
    layers=("lldp",),
    fields=(
        "lldp.tlv.type",
        "lldp.tlv.system.name",
        "lldp.chassis.id.mac",
        "lldp.mgn.addr.ip4",
        "lldp.mgn.addr.ip6",
        *_INVENTORY,
    ),
    theirs=theirs,
    ours=ours,
)
