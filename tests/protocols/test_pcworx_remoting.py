"""Remoting of PC WORX: services and methods, several in a segment, on any port, what is no message of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixtures.record.pcworx_remoting import OPENING, READ, START, STOP, call
from scanner.protocols.base import Kind, Malformed, Message, Operation, Session, Verb
from scanner.protocols.vendors.pcworx_remoting import PROTOCOL
from tests.protocols.keys import key
from tests.protocols.recordings import CAPTURES
from tests.protocols.understanding import operation_rows, understand_capture

FOLDER = CAPTURES / "pcworx_remoting"


def sent(raw: bytes, *, side: bool | None = True, length: int = 0) -> Message:
    return Message(raw, length or len(raw), side, "tcp", 41100)


def asked(raw: bytes) -> list[tuple[Verb, str, str]]:
    found = [r for r in PROTOCOL.dissect(sent(raw)) if isinstance(r, Operation)]
    return [(r.verb, r.function, r.object) for r in found]


def test_published_requests():
    assert bytes.fromhex("01000200000000000100070000000000") == STOP
    assert bytes.fromhex("010002000000020001000600000000000100") == START
    assert OPENING[0].startswith(b"\1\0\0\0\0\0/\0\0\0\0\0\0\0\xcf\xffAde.Remoting.Services.IProConOSControlService2\0")
    assert asked(OPENING[0] + READ + STOP + START + call(9, 2, b"12345")) == [
        (Verb.SESSION, "Get Service", "IProConOSControlService2"),
        (Verb.READ, "Read Data", ""),
        (Verb.STOP, "Stop", ""),
        (Verb.START, "Start", ""),
        (Verb.UNKNOWN, "service 9 method 2", ""),
    ]


def test_an_answer_and_who_is_asked_for_a_password():
    session, answer = PROTOCOL.dissect(sent(b"\1\0\3\0", side=False))
    assert isinstance(session, Session)
    assert (session.credentials, session.encrypted) == ("none", False)
    assert isinstance(answer, Operation)
    assert answer.kind is Kind.RESPONSE


@pytest.mark.parametrize(
    "raw", [b"", b"\1\0", STOP[:15], b"\2" + STOP[1:], STOP[:2] + b"\3" + STOP[3:], STOP + b"\1", STOP + b"GET /"]
)
def test_what_is_no_message_of_it_is_malformed(raw):
    assert not PROTOCOL.probe(sent(raw))
    with pytest.raises(Malformed):
        list(PROTOCOL.dissect(sent(raw)))


def test_what_proves_it():
    for raw, proved in ((OPENING[1], True), (STOP, True), (START, True), (READ, True), (call(7, 7), False)):
        assert PROTOCOL.proof is not None
        assert PROTOCOL.proof(sent(raw)) is proved


def test_the_key():
    assert key("pcworx-remoting", STOP) != key("pcworx-remoting", STOP + START)
    assert key("pcworx-remoting", OPENING[0]) != key("pcworx-remoting", OPENING[1])


@given(st.binary(max_size=80), st.booleans())
def test_no_bytes_break_it(data, side):
    raw = b"\1\0" + data
    if PROTOCOL.probe(sent(raw, side=side)):
        assert list(PROTOCOL.dissect(sent(raw, side=side)))


def operations(name: str) -> set[tuple[str, int]]:
    result, understood = understand_capture(FOLDER / f"{name}.pcap")
    assert not understood.malformed
    return {(c["function"], c["count"]) for _, p, _, c in operation_rows(result, understood) if p == "pcworx-remoting"}


@pytest.mark.parametrize("name", ["session", "port_31100"])
def test_recordings(name):
    services, methods = {("Get Service", 1)}, {("Read Data", 2), ("Stop", 1), ("Start", 1), ("service 7 method 9", 1)}
    assert operations(name) == services | methods


def test_commands_alone_on_another_port():
    assert operations("commands_alone_port_31100") == {("Stop", 1), ("Start", 1)}


def test_something_else_on_its_port():
    assert not operations("http_on_41100")
