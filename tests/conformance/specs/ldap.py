"""LDAP: operations, and what the server says to those that have one answer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.capture.result import DistinctMessage
from scanner.protocols.base import Row
from tests.conformance.spec import Frame, Spec, Value, number, operations

WITH_RESULT = {"1", "5", "7", "9", "11", "13", "15", "24"}
OPERATIONS = {  # RFC 4511, appendix B
    "0": "bind",
    "3": "search",
    "6": "modify",
    "8": "add",
    "10": "delete",
    "12": "modify DN",
    "14": "compare",
}
ANSWERED = {"1": "bind", "7": "modify", "9": "add", "11": "delete", "13": "modify DN", "15": "compare"}


def theirs(frame: Frame) -> Iterator[Value]:
    """Results stand in the order of the answers that have one."""
    kinds = [number(kind) for kind in frame.get("ldap.protocolOp", ())]
    results = iter(frame.get("ldap.resultCode", ()))
    for kind in kinds:
        yield from ((("operation", OPERATIONS[kind]),) if kind in OPERATIONS else ())
        result = number(next(results, "")) if kind in WITH_RESULT else ""
        yield from (((f"answer to {ANSWERED[kind]}", result),) if kind in ANSWERED else ())


def ours(_message: DistinctMessage, rows: Sequence[Row]) -> Iterator[Value]:
    """An answer has a code."""
    for row in operations(rows):
        if row.code:
            yield f"answer to {row.function}", row.code
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
