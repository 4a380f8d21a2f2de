"""POWERLINK version 1: services, nodes, channels and net commands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.capture.result import DistinctMessage
from scanner.protocols.base import Row
from tests.conformance.spec import Frame, Spec, Value, counted, operations

_CHANNELS = {"5": "invitation", "6": "channel"}


def theirs(frame: Frame) -> Iterator[Value]:
    """One message a frame; idle net commands are none."""
    yield from counted(frame, service="epl_v1.service", target="epl_v1.dest", source="epl_v1.src")
    yield from counted(frame, invitation="epl_v1.ainv.channel", channel="epl_v1.asnd.channel")
    for name in ("epl_v1.soc.netcommand", "epl_v1.eoc.netcommand"):
        yield from (("net command", value) for value in frame.get(name, ()) if value != "0")


def ours(message: DistinctMessage, rows: Sequence[Row]) -> Iterator[Value]:
    """Services, channels and commands are the row's; nodes of the key."""
    yield "target", str(message.data[1])
    yield "source", str(message.data[2])
    for row in operations(rows):
        service, _, further = row.code.partition(":")
        if not further or service in _CHANNELS:  # a net command is beside the row of its service
            yield "service", service
        if further:
            yield _CHANNELS.get(service, "net command"), further


SPEC = Spec(
    protocol="powerlink-v1",
    layers=("epl_v1",),
    fields=(
        *("epl_v1.service", "epl_v1.dest", "epl_v1.src", "epl_v1.ainv.channel", "epl_v1.asnd.channel"),
        *("epl_v1.soc.netcommand", "epl_v1.eoc.netcommand"),
    ),
    theirs=theirs,
    ours=ours,
)
