"""DNS: questions and answers by operation, and refusals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.capture.result import DistinctMessage
from scanner.protocols.base import Kind, Row
from tests.conformance.spec import Frame, Spec, Value, number, operations

# RFC 6895, 2.3
CODES = {
    "FormErr": "1",
    "ServFail": "2",
    "NXDomain": "3",
    "NotImp": "4",
    "Refused": "5",
    "YXDomain": "6",
    "YXRRSet": "7",
    "NXRRSet": "8",
    "NotAuth": "9",
}


def theirs(frame: Frame) -> Iterator[Value]:
    """A frame may hold several over TCP."""
    answers, codes = frame.get("dns.flags.response", ()), iter(frame.get("dns.flags.rcode", ()))
    for answer, operation in zip(answers, frame.get("dns.flags.opcode", ()), strict=False):
        yield ("answer" if answer in ("1", "True") else "question"), number(operation)
        code = number(next(codes, "0")) if answer in ("1", "True") else "0"
        yield from ((("refusal", code),) if code != "0" else ())


def ours(_message: DistinctMessage, rows: Sequence[Row]) -> Iterator[Value]:
    """The code is the operation."""
    for row in operations(rows):
        yield ("answer" if row.kind in (Kind.RESPONSE, Kind.REFUSAL) else "question"), row.code
        if row.refusal:
            yield "refusal", CODES.get(row.refusal, row.refusal.removeprefix("RCODE "))


SPEC = Spec(
    protocol="dns",
    layers=("dns",),
    fields=("dns.flags.response", "dns.flags.opcode", "dns.flags.rcode"),
    theirs=theirs,
    ours=ours,
    decode_as={"udp": "dns", "tcp": "dns"},
)
