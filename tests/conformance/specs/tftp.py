"""TFTP: kinds of packet, names of files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.capture.result import DistinctMessage
from scanner.protocols.base import Row
from tests.conformance.spec import Frame, Spec, Value, number, operations

MODES = ("netascii", "octet", "mail")
REQUESTS = ("1", "2")


def theirs(frame: Frame) -> Iterator[Value]:
    """Requests only, which name a mode: blocks are read, but are no operation, and tshark takes some DNS for TFTP."""
    if frame.get("tftp.type", [""])[0].lower() not in MODES:
        return
    for opcode in frame.get("tftp.opcode", ()):
        if number(opcode) in REQUESTS:
            yield "request", number(opcode)
    for field in ("tftp.source_file", "tftp.destination_file"):
        yield from (("file", v) for v in frame.get(field, ()) if number(frame["tftp.opcode"][0]) in REQUESTS)


def ours(_message: DistinctMessage, rows: Sequence[Row]) -> Iterator[Value]:
    """The file is the operation's object."""
    for row in operations(rows):
        if row.code in REQUESTS:
            yield "request", row.code
            yield "file", row.object


SPEC = Spec(
    protocol="tftp",
    layers=("tftp",),
    fields=("tftp.opcode", "tftp.source_file", "tftp.destination_file", "tftp.type"),
    theirs=theirs,
    ours=ours,
    decode_as={"udp": "tftp"},
)
