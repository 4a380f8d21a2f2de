"""DNP3: frames, addresses, link functions, application functions, internal indications."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.capture.result import DistinctMessage
from scanner.protocols.base import Row
from tests.conformance.spec import Frame, Spec, Value, counted

FIRST = 0x40


def theirs(frame: Frame) -> Iterator[Value]:
    """A function is shown where a fragment is complete; frames of a longer one are compared by their links."""
    yield from (("messages", "") for _ in frame.get("dnp3.start", ()))
    yield from counted(
        frame, destination="dnp3.dst", source="dnp3.src", primary="dnp3.ctl.prifunc", secondary="dnp3.ctl.secfunc"
    )
    if set(frame.get("dnp3.tr.fir", ())) <= {"1", "True"} and set(frame.get("dnp3.tr.fin", ())) <= {"1", "True"}:
        yield from counted(frame, function="dnp3.al.func", indications="dnp3.al.iin")


def ours(message: DistinctMessage, rows: Sequence[Row]) -> Iterator[Value]:
    """Addresses, function and indications are key bytes, as is whether the link frame is a primary one."""
    data = message.data
    yield "messages", ""
    yield "destination", str(int.from_bytes(data[4:6], "little"))
    yield "source", str(int.from_bytes(data[6:8], "little"))
    yield "primary" if data[3] & FIRST else "secondary", str(data[3] & 0x0F)
    if rows and len(data) > 12 and data[10] & 0xC0 == 0xC0:
        yield "function", str(data[12])
        if data[12] in (129, 130, 131):
            yield "indications", str(int.from_bytes(data[13:15], "big"))


SPEC = Spec(
    protocol="dnp3",
    layers=("dnp3",),
    fields=(
        "dnp3.start",
        "dnp3.dst",
        "dnp3.src",
        "dnp3.ctl.prifunc",
        "dnp3.ctl.secfunc",
        "dnp3.tr.fir",
        "dnp3.tr.fin",
        "dnp3.al.func",
        "dnp3.al.iin",
    ),
    theirs=theirs,
    ours=ours,
    decode_as={"tcp": "dnp3", "udp": "dnp3"},
)
