"""GTP': messages."""

from __future__ import annotations

from collections.abc import Iterator

from tests.conformance.spec import Frame, Spec, Value, counted, operations


def theirs(frame: Frame) -> Iterator[Value]:
    """What is GTP' and not GTP version 0, which has the same port."""
    if frame.get("gtp.flags.payload", ["1"])[0] in ("0", "False"):
        yield from counted(frame, kind="gtp.message")


SPEC = Spec(
    protocol="gtp-prime",
    layers=("gtpprime",),
    fields=("gtp.message", "gtp.flags.payload"),
    theirs=theirs,
    ours=lambda _, rows: (("kind", row.code) for row in operations(rows)),
    decode_as={"udp": "gtpprime"},
)
