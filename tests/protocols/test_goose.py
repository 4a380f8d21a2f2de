"""GOOSE: what a publication says, what does not make it another one, what is no GOOSE."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fixtures.record.goose import INTERLOCK, TRIP
from scanner.capture.read import read_capture
from scanner.protocols import all_framings, cases
from scanner.protocols.base import Malformed, Message, Operation, Session, Verb
from scanner.protocols.goose import PROTOCOL
from tests.protocols.keys import key
from tests.protocols.recordings import CAPTURES


def rows(raw: bytes) -> list:
    message = Message(raw, len(raw), None, "ethernet", 0x88B8)
    assert PROTOCOL.probe(message)
    return list(PROTOCOL.dissect(message))


def test_publication():
    operation, session = rows(TRIP.frame())
    assert (operation.verb, operation.unit, operation.object) == (Verb.REPORT, "APPID 0x0001", TRIP.reference)
    assert operation.detail == (
        "data set PRESS1_LD0/LLN0$trip, goID PRESS1_trip, confRev 1, time allowed to live 4000 ms, started anew"
    )
    assert operation.filter == f'goose.gocbRef == "{TRIP.reference}"'
    assert (session.authenticated, session.encrypted) == (False, False)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"test": True}, "test"),
        ({"simulated": True}, "simulated"),
        ({"commissioning": True}, "needs commissioning"),
        ({"state": 0, "sequence": 3}, "stNum 0 is not allowed"),
        ({"state": 1, "sequence": 0}, "started anew"),
    ],
)
def test_what_a_subscriber_must_not_take_for_ordinary(change, words):
    ordinary = replace(TRIP, state=5, sequence=2)
    assert words not in rows(ordinary.frame())[0].detail.split(", ")
    assert words in rows(replace(ordinary, **change).frame())[0].detail.split(", ")


def test_security_extension():
    session = rows(replace(TRIP, extension=bytes(40)).frame())[1]
    assert isinstance(session, Session)
    assert session.authenticated is True
    assert session.detail == "IEC 62351-6 security extension of 40 bytes"


def test_values_counters_and_times_make_no_other_message():
    for publication in (TRIP, INTERLOCK):
        first = key("goose", publication.frame())
        for sequence in (1, 200, 70000):
            other = replace(publication, sequence=sequence, state=sequence, values=publication.values[:-1] + b"\x80")
            assert key("goose", other.frame()) == first
        assert key("goose", replace(publication, simulated=True).frame()) != first
        assert key("goose", replace(publication, reference="X/LLN0$GO$y").frame()) != first
        assert key("goose", replace(publication, extension=bytes(20)).frame()) != first


def test_a_capture_of_two_publishers_is_two_messages():
    for name, vlan in (("steady.pcap", -1), ("steady_vlan.pcap", 61)):
        result = read_capture(CAPTURES / "goose" / name, name, all_framings(), cases())
        found = [m for m in result.messages if m.protocol == "goose"]
        assert [m.count for m in found] == [21, 21]
        assert {c.vlan for c in result.conversations} == {vlan}


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        TRIP.frame()[:9],
        TRIP.frame().replace(b"\x80\x1b", b"\x8c\x1b", 1),  # no control block reference
        TRIP.frame()[:2] + b"\xff\xff" + TRIP.frame()[4:],  # longer than its frame
        TRIP.frame()[:8] + b"\x30" + TRIP.frame()[9:],
    ],
)
def test_what_is_no_publication(raw):
    message = Message(raw, len(raw), None, "ethernet", 0x88B8)
    assert not PROTOCOL.probe(message)
    with pytest.raises(Malformed):
        list(PROTOCOL.dissect(message))


def test_a_reference_with_a_quote_stays_in_the_filter():
    operation = rows(replace(TRIP, reference='A"B\\C').frame())[0]
    assert isinstance(operation, Operation)
    assert operation.filter == 'goose.gocbRef == "A\\"B\\\\C"'
