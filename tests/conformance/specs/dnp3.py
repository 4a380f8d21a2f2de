"""DNP3: fragments and link frames, addresses, link functions, application functions, internal indications."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from scanner.capture.result import DistinctMessage
from scanner.protocols.base import Row
from tests.conformance.spec import Frame, Spec, Value, counted, number, operations

FROM_PRIMARY, FIRST_SEGMENT = 0x40, 0x40
USER_DATA, NO_USER_DATA = (3, 4), 5
STATES = tuple(f"dnp3.al.iin.{name}" for name in ("tsr", "dol", "dt", "rst", "ebo", "cc"))
OWN_ROWS = (10, 12, 41, 50)  # groups of which each header is an operation
INDICATION = "Internal Indication"


def theirs(frame: Frame) -> Iterator[Value]:
    """The last link frame of a fragment stands for the fragment, whose function is shown with it."""
    last = iter(frame.get("dnp3.tr.fin", ()))
    links = zip(*(frame.get(f"dnp3.{name}", ()) for name in ("ctl", "len", "dst", "src")), strict=False)
    for control, length, destination, source in links:
        primary = int(control, 0) & FROM_PRIMARY
        code = int(control, 0) & 0x0F
        if primary and code in USER_DATA and int(length) > NO_USER_DATA and next(last, "1") not in ("1", "True"):
            continue
        yield "messages", ""
        yield "destination", destination
        yield "source", source
        yield "primary" if primary else "secondary", str(code)
    yield from counted(frame, function="dnp3.al.func", indications="dnp3.al.iin")
    yield from (("object", number(v)) for v in set(frame.get("dnp3.al.obj", ())) if int(v, 0) >> 8 in OWN_ROWS)
    for name in STATES:
        yield from (("indication", name) for v in frame.get(name, ()) if v in ("1", "True"))


def ours(message: DistinctMessage, rows: Sequence[Row]) -> Iterator[Value]:
    """Functions and the indications of a state are the rows'; addresses and all indications are key bytes."""
    data = message.data
    yield "messages", ""
    yield "destination", str(int.from_bytes(data[4:6], "little"))
    yield "source", str(int.from_bytes(data[6:8], "little"))
    first = operations(rows)[0]
    if first.function.startswith("Link "):
        yield tuple(first.code.split())
        return
    yield "primary" if data[3] & FROM_PRIMARY else "secondary", str(data[3] & 0x0F)
    yield from (("indication", r.filter.split()[0]) for r in operations(rows) if r.function == INDICATION)
    if len(data) > 12 and data[10] & FIRST_SEGMENT:
        yield "function", first.code
        named = {pair for r in operations(rows) for pair in re.findall(r"\(g(\d+)v(\d+)\)", r.object)}
        yield from (
            ("object", str(int(group) << 8 | int(variation))) for group, variation in named if int(group) in OWN_ROWS
        )
        if data[12] in (129, 130, 131):
            yield "indications", str(int.from_bytes(data[13:15], "big"))


SPEC = Spec(
    protocol="dnp3",
    layers=("dnp3",),
    fields=(
        "dnp3.ctl",
        "dnp3.len",
        "dnp3.dst",
        "dnp3.src",
        "dnp3.tr.fin",
        "dnp3.al.func",
        "dnp3.al.iin",
        "dnp3.al.obj",
        *STATES,
    ),
    theirs=theirs,
    ours=ours,
    decode_as={"tcp": "dnp3", "udp": "dnp3"},
)
