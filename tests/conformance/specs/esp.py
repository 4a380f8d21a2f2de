"""ESP over IP: its packets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.capture.result import DistinctMessage
from scanner.protocols.base import Row
from tests.conformance.spec import Frame, Spec, Value, operations


def theirs(frame: Frame) -> Iterator[Value]:
    """One packet a frame; in UDP it is beside IKE."""
    layers = frame["frame.protocols"][0].split(":")
    if "esp" in layers and "udpencap" not in layers:
        yield "packet", ""


def ours(_: DistinctMessage, rows: Sequence[Row]) -> Iterator[Value]:
    """One operation a packet."""
    return (("packet", "") for _ in operations(rows))


SPEC = Spec(protocol="esp", layers=("esp",), fields=("esp.spi",), theirs=theirs, ours=ours)
