"""Sampled Values: streams, synchronisation, security, and what does not make another message."""

from __future__ import annotations

import pytest

from fixtures.record.goose import SV_SPDU, TRIP, Spdu
from fixtures.record.sv import STREAMS, Asdu, apdu, frame
from scanner.capture.read import read_capture
from scanner.protocols import framing_plan
from scanner.protocols.base import Malformed, Message, Publication, Verb
from scanner.protocols.iec61850.sv import PROTOCOL
from scanner.wording import plain
from tests.protocols.keys import key
from tests.protocols.recordings import CAPTURES
from tests.protocols.understanding import operation_rows, understand_capture


def rows(raw: bytes) -> list:
    message = Message(raw, len(raw), None, "ethernet", 0x88BA)
    assert PROTOCOL.probe(message)
    return [row for row in PROTOCOL.dissect(message) if not isinstance(row, Publication)]


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0, "not synchronised"),
        (1, "synchronised to a local clock"),
        (2, "synchronised to a global clock"),
        (7, "synchronised to local area clock 7"),
        (3, "smpSynch 3 is reserved"),
    ],
)
def test_synchronisation(value, words):
    operation, session = rows(frame(Asdu("MU01", 5, value)))
    assert (operation.verb, operation.unit, operation.object) == (Verb.REPORT, "APPID 0x4000", "MU01")
    assert operation.detail == f"confRev 1, {words}"
    assert session.authenticated is False


def test_every_stream_of_a_frame_is_named_once():
    found = rows(frame(Asdu("A", 1, data_set="LD/LLN0$ds"), Asdu("B", 1), Asdu("B", 2), simulated=True))
    assert [r.object for r in found[:-1]] == ["A", "B"]
    assert found[0].detail == "data set LD/LLN0$ds, confRev 1, synchronised to a global clock, simulated"
    assert rows(frame(Asdu("A", 1), extension=bytes(32)))[-1].authenticated is True


@pytest.mark.parametrize("values", [3, 4, 8, 12, 14])
@pytest.mark.parametrize("count", [1, 2, 8])
def test_samples_make_no_other_message_but_the_clock_does(values, count):
    def several(start: int, **more: int) -> bytes:
        return frame(*(Asdu("MU01", start + i, values=values, **more) for i in range(count)))

    assert key("sv", several(0)) == key("sv", several(1000))
    assert key("sv", several(0)) != key("sv", several(0, synchronised=0))
    assert key("sv", several(0)) != key("sv", several(0, revision=2))
    assert key("sv", several(0)) != key("sv", frame(*(Asdu("MU02", i, values=values) for i in range(count))))


def test_a_lost_clock_is_a_message_of_its_own():
    result = read_capture(CAPTURES / "sv" / "streams.pcap", "streams.pcap", framing_plan())
    assert sorted(m.count for m in result.messages) == [20, 60, 100]


def test_a_capture_of_libiec61850():
    result, understood = understand_capture(CAPTURES / "sv" / "libiec61850.pcap")
    found = {
        (row["function"], row["unit"], row["object"], plain(row["detail"])): row["count"]
        for _, _, _, row in operation_rows(result, understood)
    }
    assert found == {
        (
            "Sampled Values",
            "APPID 0x4011",
            stream,
            f"data set PRESS1MU01/LLN0$phases, confRev 4, synchronised to a {clock} clock",
        ): count
        for stream in STREAMS
        for clock, count in (("global", 45), ("local", 15))
    }
    assert [m.count for m in result.messages] == [45, 15]  # the wrap of the counter makes no other message


@pytest.mark.parametrize(
    "raw", [b"", frame(Asdu("A", 1))[:12], frame(), frame(Asdu("A", 1)).replace(b"\x60", b"\x61", 1)]
)
def test_what_is_no_sampled_value(raw):
    message = Message(raw, len(raw), None, "ethernet", 0x88BA)
    assert not PROTOCOL.probe(message)
    with pytest.raises(Malformed):
        list(PROTOCOL.dissect(message))


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({}, "version 2, not encrypted, not signed"),
        ({"mac": bytes(16)}, "version 2, not encrypted, signed"),
        ({"version": 1, "signature": 1, "mac": bytes(10)}, "version 1, no encryption, HMAC-SHA256-80"),
    ],
)
@pytest.mark.parametrize("count", [1, 2, 8])
def test_streams_over_ip(more, words, count):
    def datagram(start: int, stream: str = "PMU", number: int = 1) -> bytes:
        samples = apdu(*(Asdu(stream, start + i) for i in range(count)))
        return Spdu(samples, SV_SPDU, 0x4001, number, **more).datagram()

    message = Message(datagram(0), len(datagram(0)), None, "udp", 10102)
    assert PROTOCOL.probe(message)
    operation, session = (row for row in PROTOCOL.dissect(message) if not isinstance(row, Publication))
    assert (operation.function, operation.unit, operation.object) == ("R-SV", "APPID 0x4001", "PMU")
    assert operation.detail.endswith(", signed" if "mac" in more else ", not signed")
    assert session.detail == f"IEC 61850-90-5 {words}"
    assert session.authenticated is ("mac" in more)
    assert key("r-sv", datagram(0)) == key("r-sv", datagram(4000, number=9)) != key("r-sv", datagram(0, "PM2"))


def test_ciphered_streams_and_what_is_none():
    raw = Spdu(bytes(range(90)), SV_SPDU, vector=bytes(12), mac=bytes(16)).datagram()
    operation, session = PROTOCOL.dissect(Message(raw, len(raw), None, "udp", 102))
    assert (operation.function, operation.object, session.encrypted) == ("R-SV", "", True)
    for other in (Spdu(TRIP.apdu()).datagram(), Spdu(bytes(60), SV_SPDU).datagram(), raw[:20]):
        assert not PROTOCOL.probe(Message(other, len(other), None, "udp", 102))


def test_a_capture_of_streams_over_ip():
    result = read_capture(CAPTURES / "sv" / "routed.pcap", "routed.pcap", framing_plan())
    assert [(m.protocol, m.count) for m in result.messages] == [("sv", 10)] * 4
