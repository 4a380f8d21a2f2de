"""rsync: greetings by their versions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.capture.result import DistinctMessage
from scanner.protocols.base import Row, Session
from tests.conformance.spec import Frame, Spec, Value


def theirs(frame: Frame) -> Iterator[Value]:
    """The version of each greeting, with what the program has behind it."""
    yield from (("version", text.split()[0]) for text in frame.get("rsync.hdr_version", ()) if text.split())


def ours(_: DistinctMessage, rows: Sequence[Row]) -> Iterator[Value]:
    """The same."""
    yield from (
        ("version", row.version.removeprefix("rsync ")) for row in rows if isinstance(row, Session) and row.version
    )


SPEC = Spec(
    protocol="rsync",
    layers=("rsync",),
    fields=("rsync.hdr_version",),
    theirs=theirs,
    ours=ours,
    decode_as={"tcp": "rsync"},
)
