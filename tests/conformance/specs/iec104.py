"""IEC 60870-5-104: formats, type identifications, causes, confirmations, common and object addresses."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence

from scanner.capture.result import DistinctMessage
from scanner.protocols.base import Operation, Row
from scanner.protocols.iec60870._iec104_security import AGGRESSIVE
from tests.conformance.spec import Frame, Spec, Value, counted, number

FORMATS = {"0": "I", "1": "S", "3": "U"}
# tshark 4.4 shows only the first object of these types, and no address of the security types.
FIRST_ONLY = {"17", "18", "19", "20", "38", "39", "40"}
NO_ADDRESS = {str(n) for n in range(81, 96)}


def theirs(frame: Frame) -> Iterator[Value]:
    """tshark numbers U-formats by bit."""
    for value in frame.get("iec60870_104.type", ()):
        yield "messages", ""
        yield "format", FORMATS.get(number(value), value)
    yield from counted(
        frame,
        u_format="iec60870_104.utype",
        type_identification="iec60870_asdu.typeid",
        cause="iec60870_asdu.causetx",
        originator="iec60870_asdu.oa",
        common_address="iec60870_asdu.addr",
        object_address="iec60870_asdu.ioa",
    )
    for table, name in (("negative", "iec60870_asdu.nega"), ("test", "iec60870_asdu.test")):
        yield from ((table, "yes") for v in frame.get(name, ()) if v in ("1", "True"))


def ours(message: DistinctMessage, rows: Sequence[Row]) -> Iterator[Value]:
    """Cause and qualifier bits are key bytes; the rest is from the row."""
    (row,) = (r for r in rows if isinstance(r, Operation))
    yield "messages", ""
    if row.code == "S":
        yield "format", "S"
    elif row.code.startswith("0x"):
        yield "format", "U"
        yield "u format", str(int(re.findall("0x..", row.filter)[-1], 16))
    else:
        yield "format", "I"
        if message.data[6] == AGGRESSIVE and row.code != str(AGGRESSIVE):  # tshark counts the command within it as well
            yield "type identification", str(AGGRESSIVE)
            yield "common address", str(int.from_bytes(message.data[10:12], "little"))
            yield "cause", str(message.data[8] & 0x3F)
            yield "originator", str(message.data[9])
        yield "type identification", row.code
        yield "common address", row.unit
        yield "cause", str(re.findall(r"\d+", row.filter)[-1])
        yield "originator", str(message.data[9])
        yield from (("object address", a) for a in _compared(row))
        if message.data[8] & 0x40:
            yield "negative", "yes"
        if message.data[8] & 0x80:
            yield "test", "yes"


def _compared(row: Operation) -> Iterator[str]:
    if row.code not in NO_ADDRESS:
        yield from itertools.islice(_addresses(row.object), 1 if row.code in FIRST_ONLY else None)


def _addresses(text: str) -> Iterator[str]:
    if not text:
        yield "0"
        return
    for low, high in re.findall(r"(\d+)(?:-(\d+))?(?=,|$| and| file)", text.removeprefix("IOA ").split(" file")[0]):
        yield from map(str, range(int(low), int(high or low) + 1))


SPEC = Spec(
    protocol="iec104",
    layers=("iec60870_104",),
    fields=(
        "iec60870_104.type",
        "iec60870_104.utype",
        "iec60870_asdu.typeid",
        "iec60870_asdu.causetx",
        "iec60870_asdu.oa",
        "iec60870_asdu.addr",
        "iec60870_asdu.ioa",
        "iec60870_asdu.nega",
        "iec60870_asdu.test",
    ),
    theirs=theirs,
    ours=ours,
    decode_as={"tcp": "iec60870_104"},
)
