"""IEC 60870-5-101: link functions, type identifications, causes, common and first object addresses.

tshark is told the widths of the fields, and takes the usual ones; captures with other widths differ in all of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from scanner.capture.result import DistinctMessage
from scanner.protocols.base import Operation, Row
from tests.conformance.spec import Frame, Spec, Value, counted

SINGLE, FIXED = 0xE5, 0x10  # how a frame begins


def theirs(frame: Frame) -> Iterator[Value]:
    """A frame has one control octet; the single character has none."""
    yield from (("messages", "") for _ in frame.get("iec60870_101.ctrlfield", ()))
    for value in frame.get("iec60870_101.header", ()):
        if int(value, 0) == SINGLE:
            yield "messages", ""
            yield "single", str(SINGLE)
    yield from counted(
        frame,
        primary="iec60870_101.ctrl_func_pri_to_sec",
        secondary="iec60870_101.ctrl_func_sec_to_pri",
        type_identification="iec60870_asdu.typeid",
        cause="iec60870_asdu.causetx",
        common_address="iec60870_asdu.addr",
    )


def ours(message: DistinctMessage, rows: Sequence[Row]) -> Iterator[Value]:
    """The link function of a variable frame is of the key; the rest is from the row."""
    (row,) = rows
    assert isinstance(row, Operation)
    yield "messages", ""
    if message.data[0] == SINGLE:
        yield "single", str(int(row.code, 0))
        return
    fixed = message.data[0] == FIXED
    control = message.data[1 if fixed else 4]
    yield "primary" if control & 0x40 else "secondary", row.code if fixed else str(control & 0x0F)
    if not fixed:
        yield "type identification", row.code
        yield "cause", str(re.findall(r"\d+", row.filter)[-1])
        yield "common address", row.unit


SPEC = Spec(
    protocol="iec101",
    layers=("iec60870_101",),
    fields=(
        "iec60870_101.header",
        "iec60870_101.ctrlfield",
        "iec60870_101.ctrl_func_pri_to_sec",
        "iec60870_101.ctrl_func_sec_to_pri",
        "iec60870_asdu.typeid",
        "iec60870_asdu.causetx",
        "iec60870_asdu.addr",
    ),
    theirs=theirs,
    ours=ours,
    decode_as={"tcp": "iec60870_101"},
)
