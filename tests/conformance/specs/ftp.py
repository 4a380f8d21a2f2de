"""FTP: commands, file names of transfers, final reply codes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.capture.result import DistinctMessage
from scanner.protocols.base import Kind, Operation, Row
from tests.conformance.spec import Frame, Spec, Value

TRANSFERS = ("RETR", "STOR", "APPE", "DELE")


def theirs(frame: Frame) -> Iterator[Value]:
    """A frame with one command has one argument at most; preliminary replies and greetings are no outcomes."""
    commands = [c.upper() for c in frame.get("ftp.request.command", ())]
    yield from (("command", c) for c in commands)
    if len(commands) == 1 and commands[0] in TRANSFERS:
        yield from (("file", a[:40]) for a in frame.get("ftp.request.arg", ()))
    yield from (("reply", c) for c in frame.get("ftp.response.code", ()) if c[0] != "1" and c != "220")


def ours(_: DistinctMessage, rows: Sequence[Row]) -> Iterator[Value]:
    """Commands by their word, replies by their code."""
    for row in rows:
        if isinstance(row, Operation) and row.kind is Kind.REQUEST:
            yield "command", row.function
            if row.function in TRANSFERS:
                yield "file", row.object[:40]
        elif isinstance(row, Operation):
            yield "reply", row.code


SPEC = Spec(
    protocol="ftp",
    layers=("ftp",),
    fields=("ftp.request.command", "ftp.request.arg", "ftp.response.code"),
    theirs=theirs,
    ours=ours,
    decode_as={"tcp": "ftp"},
)
