"""ONC RPC: programs, versions and procedures of calls."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.capture.result import DistinctMessage
from scanner.protocols.base import Row
from tests.conformance.spec import Frame, Spec, Value, operations

_NUMBERS = ("rpc.program", "rpc.programversion", "rpc.procedure")
_CALL = "0"


def theirs(frame: Frame) -> Iterator[Value]:
    """The kind of each message, and of a call what is called; replies are shown with the numbers of their calls."""
    kinds = frame.get("rpc.msgtyp", ())
    numbers = zip(*(frame.get(name, ()) for name in _NUMBERS), strict=False)
    for kind in kinds:
        yield "kind", kind
    if set(kinds) == {_CALL}:
        yield from (("called", ":".join(parts)) for parts in numbers)


def ours(_: DistinctMessage, rows: Sequence[Row]) -> Iterator[Value]:
    """The code of a call is made of its three numbers."""
    for row in operations(rows):
        yield "kind", _CALL if row.code else "1"
        if row.code:
            yield "called", row.code


SPEC = Spec(
    protocol="onc-rpc",
    layers=("rpc",),
    fields=("rpc.msgtyp", *_NUMBERS),
    theirs=theirs,
    ours=ours,
    decode_as={"tcp": "rpc", "udp": "rpc"},
)
