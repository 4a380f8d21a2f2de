"""SMTP: commands, codes of answers; not the greeting and questions, which are none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.capture.result import DistinctMessage
from scanner.protocols.base import Row
from tests.conformance.spec import Frame, Spec, Value, counted, operations

NO_ANSWERS = {"220", "334"}  # the greeting, what is said before TLS begins, and what a log-in is asked for


def theirs(frame: Frame) -> Iterator[Value]:
    """Commands in capital letters."""
    yield from (("command", name.upper()) for name in frame.get("smtp.req.command", ()))
    yield from (value for value in counted(frame, answer="smtp.response.code") if value[1] not in NO_ANSWERS)


def ours(_message: DistinctMessage, rows: Sequence[Row]) -> Iterator[Value]:
    """An answer has a code, a command none."""
    for row in (row for row in operations(rows) if row.code not in NO_ANSWERS):
        yield ("answer", row.code) if row.code else ("command", row.function)


SPEC = Spec(
    protocol="smtp",
    layers=("smtp",),
    fields=("smtp.req.command", "smtp.response.code"),
    theirs=theirs,
    ours=ours,
    decode_as={"tcp": "smtp"},
)
