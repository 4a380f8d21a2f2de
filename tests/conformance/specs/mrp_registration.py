"""MSRP, MVRP, MMRP: declarations and withdrawals, failure codes of streams."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.capture.result import DistinctMessage
from scanner.protocols.base import Row
from tests.conformance.spec import Frame, Spec, Value, number, operations

_APPLICATIONS = ("msrp", "mvrp", "mmrp")
_EVENTS = {"0": "new", "1": "join", "3": "join", "5": "leave"}


def theirs(frame: Frame) -> Iterator[Value]:
    """Every kind of event that declares or withdraws."""
    for name in _APPLICATIONS:
        if frame.get(f"mrp-{name}.attribute_type"):
            yield "messages", name
            yield from ((f"{name} attribute", number(v)) for v in set(frame[f"mrp-{name}.attribute_type"]))
        events = {_EVENTS[e] for e in frame.get(f"mrp-{name}.three_packed_event", ()) if e in _EVENTS}
        yield from ((name, event) for event in events)
    yield from (("failed", "") for _ in frame.get("mrp-msrp.failure_code", ()))


def ours(message: DistinctMessage, rows: Sequence[Row]) -> Iterator[Value]:
    """An operation may be of many values in a row with one event."""
    yield "messages", message.framing
    yield from ((f"{message.framing} attribute", code) for code in {r.code for r in operations(rows)})
    told = list(operations(rows))
    yield from ((message.framing, event) for event in {r.detail.partition(",")[0] for r in told})
    yield from (("failed", "") for r in told if r.function == "MSRP Talker Failed")


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
