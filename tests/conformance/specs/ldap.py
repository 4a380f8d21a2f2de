"""LDAP: operations, and what the server says to binds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.capture.result import DistinctMessage
from scanner.protocols.base import Row
from tests.conformance.spec import Frame, Spec, Value, number, operations

BOUND, WITH_RESULT = "1", {"1", "5", "7", "9", "11", "13", "15", "24"}
OPERATIONS = {  # RFC 4511, appendix B
    "0": "bind",
    "3": "search",
    "6": "modify",
    "8": "add",
    "10": "delete",
    "12": "modify DN",
    "14": "compare",
}


def theirs(frame: Frame) -> Iterator[Value]:
    """Results stand in the order of the answers that have one."""
    kinds = [number(kind) for kind in frame.get("ldap.protocolOp", ())]
    results = iter(frame.get("ldap.resultCode", ()))
    for kind in kinds:
        yield from ((("operation", OPERATIONS[kind]),) if kind in OPERATIONS else ())
        result = number(next(results, "")) if kind in WITH_RESULT else ""
        yield from ((("bound", result),) if kind == BOUND else ())


def ours(_message: DistinctMessage, rows: Sequence[Row]) -> Iterator[Value]:
    """An answer has a code."""
    for row in operations(rows):
        if row.code:
            yield "bound", row.code
        elif row.function in OPERATIONS.values():
            yield "operation", row.function


SPEC = Spec(
    protocol="ldap",
    layers=("ldap",),
    fields=("ldap.protocolOp", "ldap.resultCode"),
    theirs=theirs,
    ours=ours,
    decode_as={"tcp": "ldap"},
)
