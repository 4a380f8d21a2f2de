"""GOOSE: what a publication says, what does not make it another one, what is no GOOSE."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from fixtures.record.goose import INTERLOCK, MANAGEMENT_SPDU, TRIP, TUNNEL_SPDU, Spdu
from fixtures.record.wire import Wire
from scanner.protocols.base import Malformed, Message, Operation, Publication, Session, Verb
from scanner.protocols.iec61850.goose import PROTOCOL
from tests.protocols.keys import key
from tests.protocols.recordings import CAPTURES
from tests.protocols.understanding import operation_rows, told, understand_capture


def rows(raw: bytes) -> list:
    message = Message(raw, len(raw), None, "ethernet", 0x88B8)
    assert PROTOCOL.probe(message)
    return [row for row in PROTOCOL.dissect(message) if not isinstance(row, Publication)]


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
        ({"state": 1, "sequence": 1}, "started anew"),
        ({"state": 6, "sequence": 0}, "change of state"),
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
    for publication in (replace(TRIP, state=5, sequence=2), replace(INTERLOCK, state=700, sequence=129)):
        first = key("goose", publication.frame())
        for sequence in (2, 200, 70000):
            other = replace(publication, sequence=sequence, state=sequence, values=publication.values[:-1] + b"\x80")
            assert key("goose", other.frame()) == first
        assert key("goose", replace(publication, simulated=True).frame()) != first
        assert key("goose", replace(publication, commissioning=not publication.commissioning).frame()) != first
        assert key("goose", replace(publication, reference="X/LLN0$GO$y").frame()) != first
        assert key("goose", replace(publication, extension=bytes(20)).frame()) != first


def test_changes_of_state_and_new_starts_are_told_from_repetitions():
    kinds = [
        [(5, 2), (6, 3), (255, 128), (256, 256), (70000, 70000)],
        [(5, 0), (6, 0), (300, 0)],
        [(5, 1), (256, 1)],
        [(1, 0)],
        [(1, 1)],
        [(1, 2), (1, 256), (1, 70000)],
        [(0, 3)],
    ]
    keys = [
        {key("goose", replace(TRIP, state=state, sequence=sequence).frame()) for state, sequence in k} for k in kinds
    ]
    assert [len(k) for k in keys] == [1] * len(kinds)
    assert len(set.union(*keys)) == len(kinds)


@pytest.mark.parametrize(("name", "vlan"), [("steady.pcap", -1), ("steady_vlan.pcap", 61)])
def test_a_capture_of_two_publishers(name, vlan):
    result, understood = understand_capture(CAPTURES / "goose" / name)
    assert {c.vlan for c in result.conversations} == {vlan}
    found = Counter()
    for _, _, _, row in operation_rows(result, understood):
        word = row["detail"].rsplit(", ", 1)[-1]
        found[row["object"], word if word in ("started anew", "change of state") else ""] += row["count"]
    assert found == {
        (TRIP.reference, "started anew"): 2,
        (TRIP.reference, "change of state"): 2,
        (TRIP.reference, ""): 17,
        (INTERLOCK.reference, "change of state"): 3,
        (INTERLOCK.reference, ""): 18,
    }


def test_a_capture_of_libiec61850():
    result, understood = understand_capture(CAPTURES / "goose" / "libiec61850.pcap")
    found = Counter()
    for _, _, _, row in operation_rows(result, understood):
        assert (row["verb"], row["function"], row["unit"]) == ("report", "GOOSE", "APPID 0x1011")
        assert row["object"] == "PRESS1LD0/LLN0$GO$gcb_events"
        words = row["detail"].split(", ")
        assert words[:3] == ["data set PRESS1LD0/LLN0$events", "goID PRESS1_events", "confRev 3"]
        assert words[3] in {f"time allowed to live {n} ms" for n in (12, 24, 48)}
        found[tuple(words[4:])] += row["count"]
    assert found == {
        ("started anew",): 2,
        ("change of state",): 2,
        (): 17,
        ("test", "change of state"): 1,
        ("test",): 6,
    }
    sessions = [row for rows in understood.rows.values() for row in rows if isinstance(row, Session)]
    assert {(s.encrypted, s.authenticated) for s in sessions} == {(False, False)}


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


# --- over IP --------------------------------------------------------------------------------------------------------


def routed(raw: bytes, *, port: int = 102) -> list:
    message = Message(raw, len(raw), None, "udp", port)
    assert PROTOCOL.probe(message)
    return [row for row in PROTOCOL.dissect(message) if not isinstance(row, Publication)]


@pytest.mark.parametrize(
    ("more", "encrypted", "authenticated", "words"),
    [
        ({}, False, False, "version 2, not encrypted, not signed"),
        ({"mac": bytes(16)}, False, True, "version 2, not encrypted, signed"),
        ({"mac": bytes(32), "padding": 5}, False, True, "version 2, not encrypted, signed"),
        ({"vector": bytes(12), "mac": bytes(16)}, False, True, "version 2, not encrypted, signed"),
        ({"version": 1}, False, False, "version 1, no encryption, no signature"),
        ({"version": 1, "signature": 5, "mac": bytes(16)}, False, True, "version 1, no encryption, AES-GMAC-128"),
    ],
)
def test_a_routed_publication(more, encrypted, authenticated, words):
    for port in (102, 10102):
        operation, session = routed(Spdu(TRIP.apdu(), appid=0x3001, simulated=True, **more).datagram(), port=port)
        assert (operation.function, operation.unit, operation.object) == ("R-GOOSE", "APPID 0x3001", TRIP.reference)
        assert {"simulated", "signed" if authenticated else "not signed"} <= set(operation.detail.split(", "))
        assert (session.encrypted, session.authenticated) == (encrypted, authenticated)
        assert session.detail == f"IEC 61850-90-5 {words}"


@pytest.mark.parametrize("more", [{"vector": bytes(12)}, {"version": 1, "encryption": 2, "signature": 1}])
def test_a_ciphered_publication_is_there_and_no_more(more):
    operation, session = routed(Spdu(bytes(range(90)), mac=bytes(16), **more).datagram())
    assert (operation.function, operation.object, operation.unit) == ("R-GOOSE", "", "")
    assert (session.encrypted, session.authenticated) == (True, True)


def test_what_else_the_session_carries():
    assert routed(Spdu(bytes(60), TUNNEL_SPDU).datagram())[0].function == "Tunnelled GOOSE or SV"
    assert routed(Spdu(bytes(60), MANAGEMENT_SPDU).datagram())[0].function == "R-GOOSE Management"


@pytest.mark.parametrize(
    "more", [{}, {"version": 1, "signature": 2}, {"vector": b"v" * 12}, {"mac": bytes(16)}, {"mac": bytes(32)}]
)
def test_numbers_and_values_make_no_other_datagram(more):
    for publication in (replace(TRIP, state=5, sequence=2), replace(INTERLOCK, state=700, sequence=129)):
        first = key("r-goose", Spdu(publication.apdu(), **more).datagram())
        for number in (2, 70000):
            changed = dict(more)
            if "mac" in changed:
                changed["mac"] = bytes((number & 0xFF,)) * len(changed["mac"])
            if "vector" in changed:
                changed["vector"] = bytes((number & 0xFF,)) * 12
            later = replace(publication, sequence=number, values=publication.values[:-1] + b"\x80")
            assert key("r-goose", Spdu(later.apdu(), number=number, **changed).datagram()) == first
        assert key("r-goose", Spdu(publication.apdu(), simulated=True, **more).datagram()) != first
        assert key("r-goose", Spdu(replace(publication, reference="X").apdu(), **more).datagram()) != first


@pytest.mark.parametrize(
    "raw",
    [
        Spdu(TRIP.apdu()).datagram()[:30],
        Spdu(TRIP.apdu(), version=3).datagram(),
        Spdu(b"\x30" + TRIP.apdu()[1:]).datagram(),
        Spdu(TRIP.apdu()).datagram()[:80],
        b"\2" + Spdu(TRIP.apdu()).datagram()[1:],
    ],
)
def test_what_is_no_routed_publication(raw):
    message = Message(raw, len(raw), None, "udp", 10102)
    assert not PROTOCOL.probe(message)
    with pytest.raises(Malformed):
        list(PROTOCOL.dissect(message))


def test_captures_of_routed_publications():
    def spoken(name: str) -> list[tuple]:
        return [
            (c.server_port, m.count, row.object)
            for c, m, row in told(CAPTURES / "goose" / name)
            if isinstance(row, Operation) and m.protocol == "goose"
        ]

    assert sum(count for _, count, reference in spoken("routed.pcap") if reference == TRIP.reference) == 16
    assert sum(count for _, count, reference in spoken("routed.pcap") if reference == INTERLOCK.reference) == 8
    assert sum(count for _, count, _ in spoken("routed.pcap")) == 43
    assert spoken("routed_on_10102.pcap") == [(10102, 1, TRIP.reference)]


def set_back(folder: Path, published: list[tuple[int, int, float]]) -> int:
    """How many publications (stNum, sqNum, seconds until the next) are told to have gone back."""
    path = folder / f"{len(list(folder.iterdir()))}.pcap"
    with Wire(path) as wire:
        for state, sequence, pause in published:
            wire.ethernet("02:00:00:00:61:01", "01:0c:cd:01:00:01", 0x88B8, frame_of(state, sequence))
            wire.ethernet("02:00:00:00:61:01", "01:0c:cd:01:00:01", 0x88B8, frame_of(5, sequence, "P/LLN0$GO$other"))
            wire.pause(pause)
    rows = operation_rows(*understand_capture(path))
    return sum(row["count"] for _, _, _, row in rows if row["detail"].endswith("stNum set back"))


def frame_of(state: int, sequence: int, reference: str = TRIP.reference) -> bytes:
    return replace(TRIP, state=state, sequence=sequence, reference=reference).frame()


@pytest.mark.parametrize(
    ("published", "times"),
    [
        ([(9, n, 1) for n in range(9)], 0),
        ([(8, 5, 1), (9, 0, 1), (10, 0, 1), (10, 1, 1)], 0),
        ([(9, 5, 1), (1, 0, 1), (1, 1, 1), (2, 0, 1), (3, 0, 1)], 0),  # a restart
        ([(9, 5, 1), (8, 2, 1)], 1),
        ([(9, 5, 1), (1, 0, 1), (9, 6, 1), (8, 0, 1), (8, 1, 1), (9, 7, 1), (8, 3, 1)], 2),
        ([(9, 5, 1), (2**31, 0, 1), (9, 6, 1), (2**31, 1, 1), (9, 7, 1)], 2),  # somebody else's is higher
        ([(8, 5, 1), (9, 0, 0.01), (8, 5, 0.01), (9, 1, 1), (9, 2, 1)], 0),  # a copy by a slower way
        ([(8, 5, 1), (9, 0, 0.01), (8, 5, 0.01), (9, 1, 1), (8, 6, 1)], 1),
    ],
)
def test_states_that_go_back(published, times, tmp_path):
    assert set_back(tmp_path, published) == times


def test_states_that_go_back_by_the_hundred_are_kept_apart(tmp_path):
    """Many control blocks in turn, each of which is followed by itself."""
    with Wire(tmp_path / "many.pcap") as wire:
        for state in (7, 6):
            for n in range(300):
                wire.ethernet("02:00:00:00:61:01", "01:0c:cd:01:00:01", 0x88B8, frame_of(state, 3, f"P/LLN0$GO$gcb{n}"))
    rows = [row for *_, row in operation_rows(*understand_capture(tmp_path / "many.pcap"))]
    found = [row["object"] for row in rows if row["detail"].endswith("stNum set back")]
    assert len(set(found)) >= 290  # of two whose places are the same neither may be followed
