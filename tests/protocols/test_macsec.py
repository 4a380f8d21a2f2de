"""MACsec: whose channel, encrypted or not; what is no SecTAG."""

from __future__ import annotations

import pytest

from fixtures.record.macsec import ONE, OTHER, TYPE, frame
from fixtures.record.wire import Wire
from scanner.capture.read import read_capture
from scanner.facts.understand import understand
from scanner.protocols import framing_plan, protocols
from scanner.protocols.base import Kind, Malformed, Message, Operation, Session, Verb
from scanner.protocols.layer2.macsec import PROTOCOL
from tests.protocols.keys import key
from tests.protocols.recordings import CAPTURES
from tests.protocols.understanding import understand_capture


def sent(data: bytes) -> Message:
    return Message(data, len(data), True, "ethernet", TYPE)


@pytest.mark.parametrize(
    ("data", "object_", "detail"),
    [
        (frame(), f"secure channel of {ONE} port 1", "encrypted"),
        (frame(control=0x20), f"secure channel of {ONE} port 1", "integrity only"),
        (frame(control=0x4C), "", "encrypted"),
        (frame(control=0x40), "", "integrity only"),
    ],
)
def test_frames(data, object_, detail):
    assert PROTOCOL.probe(sent(data))
    assert list(PROTOCOL.dissect(sent(data))) == [
        Operation(Verb.SESSION, "MACsec frame", Kind.NOTICE, object=object_, detail=detail, filter="macsec"),
        Session(
            version="MACsec",
            encrypted=detail == "encrypted",
            authenticated=True,
            detail="encrypted frames" if detail == "encrypted" else "frames with integrity only",
        ),
    ]


def test_packet_numbers_and_data_make_no_other_message():
    assert key("macsec", frame(9, size=200)) == key("macsec", frame())
    assert key("macsec", frame(9, control=0x4C)) == key("macsec", frame(control=0x4C))
    assert key("macsec", frame(sci=OTHER)) != key("macsec", frame()) != key("macsec", frame(control=0x20))


def test_counts_in_a_capture():
    result = read_capture(CAPTURES / "macsec" / "built.pcap", "built.pcap", framing_plan())
    assert [m.count for m in result.messages] == [4, 3, 1, 1]
    assert set(understand(result, protocols()).spoken.values()) == {("macsec",)}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        frame()[:5],
        frame()[:10],
        b"\xac" + frame()[1:],  # a later version
        b"\x6c" + frame()[1:],  # an end station that names its channel
        b"\x28" + frame()[1:],  # encrypted, but not changed
        frame()[:1] + b"\x30" + frame()[2:],  # a short length of 48
        frame(0),  # no packet has this number
    ],
)
def test_what_is_no_macsec(data):
    assert not PROTOCOL.probe(sent(data))
    with pytest.raises(Malformed):
        list(PROTOCOL.dissect(sent(data)))


def test_others_are_not_taken_for_it(tmp_path):
    with Wire(tmp_path / "other.pcap") as wire:
        wire.ethernet(ONE, OTHER, TYPE, bytes(60))
        wire.ethernet(ONE, OTHER, 0x9999, frame())
    assert understand_capture(tmp_path / "other.pcap")[1].spoken == {}
