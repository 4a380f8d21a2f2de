"""SSDP: methods, and answers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.capture.result import DistinctMessage
from scanner.protocols.base import Row
from tests.conformance.spec import Frame, Spec, Value, counted, operations


def theirs(frame: Frame) -> Iterator[Value]:
    """A request has a method, an answer a code."""
    yield from counted(frame, method="http.request.method")
    yield from (("method", "response") for _ in frame.get("http.response.code", ()))


def ours(_: DistinctMessage, rows: Sequence[Row]) -> Iterator[Value]:
    """The first word of the function."""
    yield from (("method", row.function.split()[0]) for row in operations(rows))


SPEC = Spec(
    protocol="ssdp",
    layers=("ssdp",),
    fields=("http.request.method", "http.response.code"),
    theirs=theirs,
    ours=ours,
    decode_as={"udp": "ssdp"},
)
