"""Kerberos: types of message, errors, and the algorithms that are offered and used."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.capture.result import DistinctMessage
from scanner.protocols.authentication.kerberos import ALGORITHMS, ERRORS
from scanner.protocols.base import Kind, Row, Session
from tests.conformance.spec import Frame, Spec, Value, operations

_REQUESTS, _ANSWERS, _ERROR = {"10", "12"}, {"11", "13"}, "30"
_NUMBERS = {name: str(number) for number, name in ALGORITHMS.items()}


def theirs(frame: Frame) -> Iterator[Value]:
    """The type of the message itself, not of the ticket in it; of an answer the ticket and what belongs to it."""
    kind = next(iter(frame.get("kerberos.msg_type", ())), "")
    if not kind:
        return
    yield "type", kind
    if kind in _REQUESTS:
        yield from (("offered", value) for value in frame.get("kerberos.ENCTYPE", ()))
    if kind in _ANSWERS:
        yield from (("used", value) for value in frame.get("kerberos.etype", ())[-2:])
    if kind == _ERROR:
        yield from (("error", value) for value in frame.get("kerberos.error_code", ()))


def ours(_: DistinctMessage, rows: Sequence[Row]) -> Iterator[Value]:
    """The code is the type, or that of an error."""
    sessions = [row for row in rows if isinstance(row, Session)]
    for row in operations(rows):
        error = row.function == "KRB-ERROR"
        yield "type", _ERROR if error else row.code
        if error:
            yield "error", row.code
            assert int(row.code) not in ERRORS or row.refusal == ERRORS[int(row.code)]
        if row.kind is Kind.REQUEST:
            yield from (("offered", _number(name)) for session in sessions for name in session.cipher_offered)
        if row.kind is Kind.RESPONSE:
            yield from (("used", _number(session.cipher)) for session in sessions if session.cipher)


def _number(name: str) -> str:
    return _NUMBERS.get(name, name.removeprefix("etype "))


SPEC = Spec(
    protocol="kerberos",
    layers=("kerberos",),
    fields=("kerberos.msg_type", "kerberos.ENCTYPE", "kerberos.etype", "kerberos.error_code"),
    theirs=theirs,
    ours=ours,
    decode_as={"tcp": "kerberos", "udp": "kerberos"},
)
