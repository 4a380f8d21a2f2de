"""GTP version 0: messages of the control plane."""

from __future__ import annotations

from collections.abc import Iterator

from tests.conformance.spec import Frame, Spec, Value, counted, operations


def theirs(frame: Frame) -> Iterator[Value]:
    """What is GTP and not GTP', which has the same port."""
    if frame.get("gtp.flags.payload", ["0"])[0] in ("1", "True"):
        yield from (value for value in counted(frame, kind="gtp.message") if value[1] != "255")


SPEC = Spec(
    protocol="gtp-v0",
    layers=("gtpprime",),
    fields=("gtp.message", "gtp.flags.payload"),
    theirs=theirs,
    ours=lambda _, rows: (("kind", row.code) for row in operations(rows)),
    decode_as={"udp": "gtpprime"},
)
