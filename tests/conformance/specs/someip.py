"""SOME/IP: services with methods, and entries of service discovery."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.capture.result import DistinctMessage
from scanner.protocols.base import Row
from tests.conformance.spec import Frame, Spec, Value, number, operations

_SPECIAL = 0xFFFF


def theirs(frame: Frame) -> Iterator[Value]:
    """Each call by its service and method, but for later segments of one; each entry by its type."""
    if any(int(offset, 0) for offset in frame.get("someip.tp.offset", ())):
        return
    called = zip(frame.get("someip.serviceid", ()), frame.get("someip.methodid", ()), strict=True)
    yield from (
        ("call", f"{int(service, 0)}:{int(method, 0)}") for service, method in called if int(service, 0) != _SPECIAL
    )
    yield from (("entry", number(kind)) for kind in frame.get("someipsd.entry.type", ()))


def ours(_: DistinctMessage, rows: Sequence[Row]) -> Iterator[Value]:
    """Their codes."""
    for row in operations(rows):
        service, colon, method = row.code.partition(":")
        if service == "SD":
            yield "entry", method
        elif colon:
            yield "call", f"{int(service, 16)}:{int(method, 16)}"


SPEC = Spec(
    protocol="someip",
    layers=("someip",),
    fields=("someip.serviceid", "someip.methodid", "someip.tp.offset", "someipsd.entry.type"),
    theirs=theirs,
    ours=ours,
    decode_as={"tcp": "someip", "udp": "someip"},
)
