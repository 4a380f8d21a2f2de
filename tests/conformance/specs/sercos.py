"""SERCOS III: telegram types, numbers, channels, phases; IDNs that are opened, devices found."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from scanner.capture.result import DistinctMessage
from scanner.protocols.base import Operation, Row
from tests.conformance.spec import Frame, Spec, Value, counted, operations


def theirs(frame: Frame) -> Iterator[Value]:
    """One telegram a frame."""
    yield "messages", ""
    yield from counted(
        frame,
        type="siii.type",
        number="siii.telno",
        channel="siii.channel",
        phase="siii.mst.phase",
        devices="siii.at.cp0.num_devices",
    )
    yield from (("opened", str(int(v, 0) & 0xFFF)) for v in frame.get("siii.mdt.svch.idn", ()))


def ours(message: DistinctMessage, rows: Sequence[Row]) -> Iterator[Value]:
    """Channel and phase from the bytes of the key; telegrams, IDNs and devices from rows."""
    first, second = message.data[:2]
    yield "messages", ""
    telegram = operations(rows)[0].code
    yield "type", str(("MDT", "AT").index(telegram[:-1]))
    yield "number", telegram[-1]
    yield "channel", str(first >> 7)
    yield "phase", str(second & 0x8F)
    for row in rows:
        if not isinstance(row, Operation):
            continue
        found = re.search(r"(\d+) devices", row.detail)
        if found:
            yield "devices", found.group(1)
        if row.function.endswith("open IDN"):
            yield "opened", str(int(row.object.split()[0].split("-")[2].split(".")[0]))


SPEC = Spec(
    protocol="sercos",
    layers=("siii",),
    fields=(
        "siii.type",
        "siii.telno",
        "siii.channel",
        "siii.mst.phase",
        "siii.at.cp0.num_devices",
        "siii.mdt.svch.idn",
    ),
    theirs=theirs,
    ours=ours,
)
