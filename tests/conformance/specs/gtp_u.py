"""GTP-U: messages about the path."""

from __future__ import annotations

from collections.abc import Iterator

from tests.conformance.spec import Frame, Spec, Value, counted, operations

_KINDS = {"1", "2", "26", "31", "253", "254"}


def theirs(frame: Frame) -> Iterator[Value]:
    """What is neither carried nor of GTP-C."""
    yield from (value for value in counted(frame, kind="gtp.message") if value[1] in _KINDS)


SPEC = Spec(
    protocol="gtp-u",
    layers=("gtp",),
    fields=("gtp.message",),
    theirs=theirs,
    ours=lambda _, rows: (("kind", row.code) for row in operations(rows)),
    decode_as={"udp": "gtp"},
)
