"""MRP: kinds, managers, ports, states, domains."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.capture.result import DistinctMessage
from scanner.protocols.base import Identity, Operation, Row
from tests.conformance.spec import Frame, Spec, Value, number, operations


def theirs(frame: Frame) -> Iterator[Value]:
    """The first TLV; tshark does not take interconnections apart and reads the option as a manager."""
    kinds = [int(k, 0) for k in frame.get("pn_mrp.type", ())]
    yield "messages", ""
    yield "kind", str(kinds[0])
    if kinds[0] in (2, 3, 4, 5):
        yield "address", frame["pn_mrp.sa"][0]
        domain = frame["pn_mrp.domain_uuid"][0]
        yield "domain", "default domain" if domain.startswith("ffffffff") else f"domain {domain}"
    if kinds[0] in (2, 3):
        yield "priority", f"0x{int(frame['pn_mrp.prio'][0], 0):04X}"
    if kinds[0] == 2:
        yield "state", "ring closed" if int(frame["pn_mrp.ring_state"][0], 0) else "ring open"


def ours(message: DistinctMessage, rows: Sequence[Row]) -> Iterator[Value]:
    """Everything from the rows."""
    kind = message.data[2]
    yield "messages", ""
    yield "kind", number(operations(rows)[0].code)
    for row in rows:
        if isinstance(row, Identity) and kind in (2, 3, 4, 5):
            yield "address", row.value
        elif isinstance(row, Operation) and kind in (2, 3, 4, 5):
            yield "domain", row.object
            words = row.detail.split(", ")
            if kind in (2, 3):
                yield "priority", words[0].rpartition(" ")[2]
            if kind == 2:
                yield "state", words[-1]


SPEC = Spec(
    protocol="mrp",
    layers=("pn_mrp",),
    fields=("pn_mrp.type", "pn_mrp.sa", "pn_mrp.domain_uuid", "pn_mrp.prio", "pn_mrp.ring_state"),
    theirs=theirs,
    ours=ours,
)
