"""Telnet: segments, and those that negotiate options."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.capture.result import DistinctMessage
from scanner.protocols.base import Operation, Row
from tests.conformance.spec import Frame, Spec, Value, operations

WILL_TO_DONT = {"251", "252", "253", "254"}


SERIAL = tuple(f"telnet.comport_subopt.{name}" for name in ("baud_rate", "data_size", "parity", "stop", "control"))
FROM_SERVER = 100  # is added to the commands that a server confirms (RFC 2217)


def theirs(frame: Frame) -> Iterator[Value]:
    """One for each frame, and one for each with WILL, WONT, DO or DONT."""
    yield "segment", ""
    if WILL_TO_DONT & set(frame.get("telnet.cmd", ())):
        yield "negotiating segment", ""
    yield from (("serial", str(code)) for code, name in enumerate(SERIAL, 1) for _ in frame.get(name, ()))


def ours(_: DistinctMessage, rows: Sequence[Row]) -> Iterator[Value]:
    """One for each segment."""
    yield "segment", ""
    if any(isinstance(r, Operation) and r.function == "Option negotiation" for r in rows):
        yield "negotiating segment", ""
    for row in operations(rows):
        if row.function.startswith("SET-"):
            yield "serial", str(int(row.code) % FROM_SERVER)


SPEC = Spec(
    protocol="telnet",
    layers=("telnet",),
    fields=("telnet.cmd", *SERIAL),
    theirs=theirs,
    ours=ours,
    decode_as={"tcp": "telnet"},
)
