"""DNP3: fragments and link frames, addresses, link functions, application functions, internal indications."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.capture.result import DistinctMessage
from scanner.protocols.base import Row
from tests.conformance.spec import Frame, Spec, Value, counted

FROM_PRIMARY, FIRST_SEGMENT = 0x40, 0x40
USER_DATA, NO_USER_DATA = (3, 4), 5


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


def ours(message: DistinctMessage, rows: Sequence[Row]) -> Iterator[Value]:
    """Addresses, function and indications are key bytes, as is whether the link frame is a primary one."""
    data = message.data
    yield "messages", ""
    yield "destination", str(int.from_bytes(data[4:6], "little"))
    yield "source", str(int.from_bytes(data[6:8], "little"))
    yield "primary" if data[3] & FROM_PRIMARY else "secondary", str(data[3] & 0x0F)
    if rows and len(data) > 12 and data[10] & FIRST_SEGMENT:
        yield "function", str(data[12])
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
    ),
    theirs=theirs,
    ours=ours,
    decode_as={"tcp": "dnp3", "udp": "dnp3"},
)
