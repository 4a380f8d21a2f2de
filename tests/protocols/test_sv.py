"""Sampled Values: streams, synchronisation, security, and what does not make another message."""

from __future__ import annotations

import pytest

from fixtures.record.sv import Asdu, frame
from scanner.capture.read import read_capture
from scanner.protocols import all_framings, cases
from scanner.protocols.base import Malformed, Message, Verb
from scanner.protocols.sv import PROTOCOL
from tests.protocols.keys import key
from tests.protocols.recordings import CAPTURES


def rows(raw: bytes) -> list:
    message = Message(raw, len(raw), None, "ethernet", 0x88BA)
    assert PROTOCOL.probe(message)
    return list(PROTOCOL.dissect(message))


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
    result = read_capture(CAPTURES / "sv" / "streams.pcap", "streams.pcap", all_framings(), cases())
    assert sorted(m.count for m in result.messages) == [20, 60, 100]


@pytest.mark.parametrize(
    "raw", [b"", frame(Asdu("A", 1))[:12], frame(), frame(Asdu("A", 1)).replace(b"\x60", b"\x61", 1)]
)
def test_what_is_no_sampled_value(raw):
    message = Message(raw, len(raw), None, "ethernet", 0x88BA)
    assert not PROTOCOL.probe(message)
    with pytest.raises(Malformed):
        list(PROTOCOL.dissect(message))
