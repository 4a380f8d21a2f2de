"""MSRP, MVRP, MMRP: declarations and withdrawals, failure codes of streams."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.capture.result import DistinctMessage
from scanner.protocols.base import Operation, Row
from tests.conformance.spec import Frame, Spec, Value, number, operations

_APPLICATIONS = ("msrp", "mvrp", "mmrp")
_EVENTS = {"0": "new", "1": "join", "3": "join", "5": "leave"}


def theirs(frame: Frame) -> Iterator[Value]:
    """Every event that declares or withdraws."""
    for name in _APPLICATIONS:
        if frame.get(f"mrp-{name}.attribute_type"):
            yield "messages", name
            yield from ((f"{name} attribute", number(v)) for v in set(frame[f"mrp-{name}.attribute_type"]))
        yield from ((name, _EVENTS[e]) for e in frame.get(f"mrp-{name}.three_packed_event", ()) if e in _EVENTS)
    yield from (("failed", "") for _ in frame.get("mrp-msrp.failure_code", ()))


def ours(message: DistinctMessage, rows: Sequence[Row]) -> Iterator[Value]:
    """Each operation is one event."""
    yield "messages", message.framing
    yield from ((f"{message.framing} attribute", code) for code in {r.code for r in operations(rows)})
    for row in rows:
        if isinstance(row, Operation):
            yield message.framing, row.detail.partition(",")[0]
            if row.function == "MSRP Talker Failed":
                yield "failed", ""


SPEC = Spec(
    protocol="mrp-registration",
    layers=("mrp-msrp", "mrp-mvrp", "mrp-mmrp"),
    fields=(
        *(f"mrp-{name}.{field}" for name in _APPLICATIONS for field in ("attribute_type", "three_packed_event")),
        "mrp-msrp.failure_code",
    ),
    theirs=theirs,
    ours=ours,
)
