"""SSH: identifications and messages in clear."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.capture.result import DistinctMessage
from scanner.protocols.base import Row
from tests.conformance.spec import Frame, Spec, Value, number, operations

INITIALISATION = "20"  # what is chosen behind it is no matter of otaudit's


def theirs(frame: Frame) -> Iterator[Value]:
    """The banner of either side, and what ways it knows."""
    yield from (("identification", "") for _ in frame.get("ssh.protocol", ()))
    codes = (number(code) for code in frame.get("ssh.message_code", ()))
    yield from (("key exchange", code) for code in codes if code == INITIALISATION)


def ours(_message: DistinctMessage, rows: Sequence[Row]) -> Iterator[Value]:
    """An identification has no code."""
    for row in operations(rows):
        yield ("key exchange", row.code) if row.code else ("identification", "")


SPEC = Spec(
    protocol="ssh",
    layers=("ssh",),
    fields=("ssh.protocol", "ssh.message_code"),
    theirs=theirs,
    ours=ours,
    decode_as={"tcp": "ssh"},
)
