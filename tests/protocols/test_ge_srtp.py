"""GE SRTP: services and what they touch, answers, refusals, identity, what is and is not part of the key."""

from __future__ import annotations

import pytest

from fixtures.record import ads
from fixtures.record.ge_srtp import (
    EXCHANGES,
    HELLO,
    IDENTITY,
    WELCOME,
    acknowledged,
    asked,
    asked_with_text,
    numbered,
    refused,
    task,
)
from fixtures.record.wire import Wire
from scanner.capture.read import read_capture
from scanner.facts.understand import understand
from scanner.protocols import framing_plan, protocols
from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Verb
from scanner.protocols.ge._srtp_names import SERVICES
from scanner.protocols.ge.ge_srtp import PROTOCOL
from tests.protocols.keys import case_of, key, pair
from tests.protocols.recordings import CAPTURES
from tests.protocols.understanding import operation_rows, understand_capture


def rows(raw: bytes, port: int = 18245) -> list:
    message = Message(raw, len(raw), True, "tcp", port)
    assert PROTOCOL.probe(message)
    return list(PROTOCOL.dissect(message))


def only(raw: bytes) -> Operation:
    (row,) = [r for r in rows(raw) if isinstance(r, Operation)]
    return row


REQUESTS = [
    (asked(0x00), Verb.DIAGNOSE, "", ""),
    (asked(0x04, "08 6300 0a00"), Verb.READ, "%R100-109", ""),
    (asked(0x04, "46 1c00 0100"), Verb.READ, "%I29", ""),
    (asked(0x04, "16 0100 0200"), Verb.READ, "%M9-24", ""),
    (asked(0x04, "38 0000 0100"), Verb.READ, "%G1-8", ""),
    (asked(0x04, "0c 0100 0000"), Verb.READ, "%AQ2", ""),
    (asked(0x04, "77 0100 0100"), Verb.READ, "selector 0x77 2", ""),
    (asked(0x05, "04 0000 0500" + task("ESS331").hex()), Verb.READ, "ESS331 %P1-5", ""),
    (asked_with_text(0x06, "00 0000 0100", task("ESS331") + task("SUB1")), Verb.READ, "ESS331/SUB1 %L1", ""),
    (asked(0x07, "48 0000 0100 01"), Verb.WRITE, "%Q1", ""),
    (asked_with_text(0x07, "08 6300 0a00", bytes(20)), Verb.WRITE, "%R100-109", ""),
    (asked_with_text(0x08, "04 0000 0500", task("ESS331") + bytes(10)), Verb.WRITE, "ESS331 %P1-5", ""),
    (asked_with_text(0x09, "00 0100 0500", task("ESS331") + task("SUB1")), Verb.WRITE, "ESS331/SUB1 %L2-6", ""),
    (asked(0x15, "01 1800"), Verb.SUBSCRIBE, "", ""),
    (asked(0x16, "03 01"), Verb.READ, "datagram 3", ""),
    (asked(0x17, "ff 01"), Verb.SUBSCRIBE, "all datagrams", ""),
    (asked(0x48, "03 01"), Verb.SUBSCRIBE, "datagram 3", ""),
    (asked_with_text(0x48, "03 01", bytes(20)), Verb.SUBSCRIBE, "datagram 3", ""),
    (asked(0x20, b"\2" + task("ESS331")), Verb.SESSION, "", "login, program ESS331"),
    (asked(0x20, b"\4" + task("")), Verb.SESSION, "", "logout before the connection ends"),
    (asked(0x21, b"\3" + task("SECRET")), Verb.AUTHENTICATE, "", "to level 3"),
    (asked(0x21, b"\xff" + task("SECRET")), Verb.AUTHENTICATE, "", "to the level of the password"),
    (asked(0x22, task("33102B")), Verb.CONFIGURE, "", "controller ID 33102B"),
    (asked(0x23, "00"), Verb.START, "", "run, I/O enabled"),
    (asked(0x23, "01"), Verb.START, "", "run, I/O disabled"),
    (asked(0x23, "02"), Verb.STOP, "", "stop, I/O disabled"),
    (asked(0x23, "06"), Verb.STOP, "", "stop, I/O enabled"),
    (asked(0x23, "05"), Verb.MODE_CHANGE, "", "CPU suspended"),
    (asked(0x24, "01 00150901062602"), Verb.TIME_SYNC, "time and date", ""),
    (asked(0x38, "01 0000 0200"), Verb.DIAGNOSE, "I/O fault table", ""),
    (asked(0x39, "02"), Verb.OPERATE, "PLC fault table", ""),
    (asked_with_text(0x3F, "05 0000 6a02", bytes(618)), Verb.PROGRAM_DOWNLOAD, "declaration block", ""),
    (asked(0x40, "00 0000 0000"), Verb.PROGRAM_UPLOAD, "logic block", ""),
    (asked(0x44, "9a 1c00"), Verb.OPERATE, "%T override29", ""),
    (asked(0x77), Verb.UNKNOWN, "", ""),
]


@pytest.mark.parametrize("case", REQUESTS, ids=[f"{c[1]} {c[2] or c[3]}" for c in REQUESTS])
def test_requests_and_what_they_touch(case):
    raw, verb, where, detail = case
    found = only(raw)
    assert (found.verb, found.object, found.detail, found.kind) == (verb, where, detail, Kind.REQUEST)
    assert "SECRET" not in repr(found)


def test_every_service_is_recorded():
    asked_for = {r[42] if r[31] == 0xC0 else r[50] for r, _ in EXCHANGES}
    assert set(SERVICES) <= asked_for


ANSWERS = [
    (acknowledged(b"\1"), "", "privilege level 1, run, I/O enabled"),
    (acknowledged(bytes(20), level=4, state=2), "", "privilege level 4, stop, I/O disabled"),
    (acknowledged(b"")[:55] + b"\x62", "", "privilege level 1, stop, I/O enabled, OEM protection"),
    (refused(1), "Illegal service request (0x0100)", ""),
    (refused(2, 3), "Insufficient privilege: level 3 is required (0x0203)", ""),
    (refused(5, 0xF5), "Service request error: invalid password (0x05F5)", ""),
    (refused(5, 0x01), "Service request error: 0x01 (0x0501)", ""),
    (refused(9, 0), "Error (0x0900)", ""),
]


@pytest.mark.parametrize(("raw", "refusal", "detail"), ANSWERS, ids=[a[1] or a[2] for a in ANSWERS])
def test_answers(raw, refusal, detail):
    found = only(raw)
    assert (found.refusal, found.detail) == (refusal, detail)
    assert found.kind is (Kind.REFUSAL if refusal else Kind.RESPONSE)
    assert case_of("ge-srtp", raw).role.name == "RESPONSE"


def test_identity_of_the_manual():
    found = {(r.field, r.value) for r in rows(acknowledged(IDENTITY[:40])) if isinstance(r, Identity)}
    assert found == {("vendor", "GE Fanuc"), ("model", "Series 90-30 Model 331 CPU"), ("name", "33101A")}


@pytest.mark.parametrize(
    "text",
    [
        bytes(40),
        IDENTITY[:39],
        IDENTITY[:40] + b"\0",
        IDENTITY[:7] + b"\1" + IDENTITY[8:40],
        IDENTITY[:8] + b"\x11" + IDENTITY[9:40],
        IDENTITY[:9] + b"\x99" + IDENTITY[10:40],
        b"\1\2\3\4\0\0\0\0" + IDENTITY[8:40],
    ],
)
def test_what_only_looks_like_an_identity(text):
    assert not [r for r in rows(acknowledged(text)) if isinstance(r, Identity)]


def test_connection():
    assert [only(raw).kind for raw in (HELLO, WELCOME)] == [Kind.REQUEST, Kind.RESPONSE]


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (HELLO[:55], "too few"),
        (b"\4" + HELLO[1:], "type of packet"),
        (HELLO[:40] + b"\1" + HELLO[41:], "zeros"),
        (acknowledged(bytes(20))[:-1], "text length says"),
        (b"\2" + HELLO[1:], "mailbox type 0x00"),
        (b"\2" + acknowledged()[1:], "mailbox type 0xD4"),
    ],
)
def test_what_breaks_the_specification_is_malformed(raw, words):
    message = Message(raw, len(raw), True, "tcp", 18245)
    assert not PROTOCOL.probe(message)
    with pytest.raises(Malformed, match=words):
        list(PROTOCOL.dissect(message))


def test_ads_on_its_port_is_ads(tmp_path):
    """AMS/TCP begins with two zeros and a length, as a connection of SRTP might."""
    with Wire(tmp_path / "ads.pcap") as wire:
        talk = wire.tcp("10.20.0.10", "10.20.0.11", 18245)
        for invoke, (request, answer) in enumerate(ads.EXCHANGES, 1):
            talk.client(ads.numbered(request, invoke))
            talk.server(ads.numbered(answer, invoke))
        talk.close()
    _, understood = understand_capture(tmp_path / "ads.pcap")
    assert set(understood.spoken.values()) == {("ads",)}


def test_away_from_its_port_only_mailboxes_with_known_codes():
    def believed(raw: bytes) -> bool:
        return PROTOCOL.probe(Message(raw, len(raw), True, "tcp", 5001))

    assert [believed(r) for r in (asked(4), acknowledged(), refused(5))] == [True] * 3
    assert [believed(r) for r in (asked(0x77), refused(0x50))] == [False] * 2


def test_away_from_its_port_a_connection_without_a_mailbox_is_no_evidence():
    def proved(raw: bytes, port: int) -> bool:
        assert PROTOCOL.proof is not None
        return PROTOCOL.proof(Message(raw, len(raw), True, "tcp", port))

    assert [proved(r, 5001) for r in (HELLO, WELCOME, asked(4), acknowledged())] == [False, False, True, True]
    assert [proved(r, 18245) for r in (HELLO, WELCOME)] == [False, True]


SAME = [
    (numbered(asked(7, "08 0900 0100 1234"), 5), numbered(asked(7, "08 0900 0100 9999"), 6)),
    (acknowledged(b"\1"), acknowledged(b"\2")),
    (acknowledged(bytes(20)), acknowledged(b"\1" * 22)),
    (asked(0x21, b"\3" + task("SECRET")), asked(0x21, b"\3" + task("OTHER"))),
    (asked(0x24, "01 00150901062602"), asked(0x24, "01 11160901062602")),
    (asked_with_text(7, "08 6300 0a00", bytes(20)), asked_with_text(7, "08 6300 0a00", b"\1" * 20)),
]
OTHER = [
    (asked(7, "08 0900 0100"), asked(7, "08 0a00 0100")),
    (asked(7, "08 0900 0100"), asked(4, "08 0900 0100")),
    (asked(0x23, "00"), asked(0x23, "02")),
    (acknowledged(), acknowledged(level=4)),
    (acknowledged(), acknowledged(state=2)),
    (refused(5, 0xF5), refused(5, 0xF4)),
    (acknowledged(IDENTITY[:40]), acknowledged(b"77" + IDENTITY[2:40])),
    (
        asked_with_text(9, "00 0000 0500", task("A") + task("B")),
        asked_with_text(9, "00 0000 0500", task("A") + task("C")),
    ),
]


def test_values_and_counters_are_no_part_of_the_key_and_meaning_is():
    for framing in ("ge-srtp", "ge-srtp-mailbox"):
        assert [key(framing, a) == key(framing, b) for a, b in SAME] == [True] * len(SAME)
        assert [key(framing, a) == key(framing, b) for a, b in OTHER] == [False] * len(OTHER)
        assert pair(framing, numbered(asked(4), 9)) == pair(framing, numbered(acknowledged(), 9)) == b"\x09"


@pytest.mark.parametrize("name", ["tcp.pcap", "port_20245.pcap"])
def test_captures_are_recognised_on_any_port(name):
    result, understood = understand_capture(CAPTURES / "ge_srtp" / name)
    assert set(understood.spoken.values()) == {("ge-srtp",)}
    assert not understood.malformed
    assert not understood.defects
    found = [c for _, _, _, c in operation_rows(result, understood)]
    outcome = {(c["function"], c["detail"]): (c["accepted"], c["refusals"]) for c in found if c["seen_as"] == "request"}
    assert outcome["Change PLC CPU Privilege Level", "to level 3"] == (1, [])
    refusal = ["Service request error: invalid password (0x05F5)"]
    assert outcome["Change PLC CPU Privilege Level", "to the level of the password"] == (0, refusal)


def test_http_on_the_port_is_http():
    result = read_capture(CAPTURES / "ge_srtp" / "http_on_18245.pcap", "x", framing_plan())
    assert set(understand(result, protocols()).spoken.values()) == {("http",)}


def test_zeros_on_another_port_are_nothing():
    assert understand_capture(CAPTURES / "ge_srtp" / "zeros_port_5001.pcap")[1].spoken == {}
