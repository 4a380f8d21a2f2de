"""SMB 1 and 2: commands asked for and answered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.capture.result import DistinctMessage
from scanner.protocols.base import Kind, Row
from tests.conformance.oracle import layers
from tests.conformance.spec import Frame, Spec, Value, number, operations

ANSWERS = (Kind.RESPONSE, Kind.REFUSAL)
VERSIONS = ("smb", "smb2")


def theirs(frame: Frame) -> Iterator[Value]:
    """Every header of streams: datagrams of NetBIOS are not read."""
    if "nbdgm" in layers(frame):
        return
    for version in VERSIONS:
        answers = frame.get(f"{version}.flags.response", ())
        for command, answer in zip(frame.get(f"{version}.cmd", ()), answers, strict=False):
            yield f"{version} {'answer' if answer in ('1', 'True') else 'request'}", number(command)


def ours(_message: DistinctMessage, rows: Sequence[Row]) -> Iterator[Value]:
    """Commands of SMB 1 are written in hexadecimal."""
    for row in operations(rows):
        version = "smb" if row.code.startswith("0x") else "smb2"
        yield f"{version} {'answer' if row.kind in ANSWERS else 'request'}", number(row.code)


SPEC = Spec(
    protocol="smb",
    layers=("smb", "smb2"),
    fields=tuple(f"{version}.{field}" for version in VERSIONS for field in ("cmd", "flags.response")),
    theirs=theirs,
    ours=ours,
)
