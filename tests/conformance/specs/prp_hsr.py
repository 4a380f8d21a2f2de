"""PRP and HSR supervision: kinds, nodes, RedBoxes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.capture.result import DistinctMessage
from scanner.protocols.base import Operation, Row
from tests.conformance.spec import Frame, Spec, Value


def theirs(frame: Frame) -> Iterator[Value]:
    """The first TLV is the node's."""
    yield "messages", ""
    yield "kind", frame["hsr_prp_supervision.tlv.type"][0]
    for field in ("source_mac_address", "source_mac_address_A"):
        yield from (("node", v) for v in frame.get(f"hsr_prp_supervision.{field}", ()))
    yield from (("red box", v) for v in frame.get("hsr_prp_supervision.red_box_mac_address", ()))


def ours(_: DistinctMessage, rows: Sequence[Row]) -> Iterator[Value]:
    """Everything from the row."""
    for row in rows:
        if isinstance(row, Operation):
            yield "messages", ""
            yield "kind", row.code
            yield "node", row.object.removeprefix("node ")
            if "RedBox" in row.detail:
                yield "red box", row.detail.rpartition(" ")[2]


SPEC = Spec(
    protocol="prp-hsr",
    layers=("hsr_prp_supervision",),
    fields=(
        "hsr_prp_supervision.tlv.type",
        "hsr_prp_supervision.source_mac_address",
        "hsr_prp_supervision.source_mac_address_A",
        "hsr_prp_supervision.red_box_mac_address",
    ),
    theirs=theirs,
    ours=ours,
)
