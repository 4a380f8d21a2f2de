"""DTP: ports that become trunks; what is no DTP."""

from __future__ import annotations

import pytest

from fixtures.record.cdp import GROUP, tlv
from fixtures.record.dtp import PORT, SNAP, frame
from fixtures.record.wire import Wire
from scanner.capture.read import read_capture
from scanner.facts.understand import understand
from scanner.protocols import framing_plan, protocols
from scanner.protocols.base import Kind, Malformed, Message, Operation, Verb
from scanner.protocols.layer2.dtp import PROTOCOL
from tests.protocols.recordings import CAPTURES
from tests.protocols.understanding import understand_capture


def sent(data: bytes, length: int | None = None) -> Message:
    return Message(data, len(data) if length is None else length, True, "ethernet", 0xAA)


@pytest.mark.parametrize(
    ("status", "detail"),
    [
        (0x81, "trunk, administrative status on, encapsulation 802.1Q"),
        (0x83, "trunk, administrative status desirable, becomes a trunk when asked, encapsulation 802.1Q"),
        (0x04, "access, administrative status auto, becomes a trunk when asked, encapsulation 802.1Q"),
        (0x02, "access, administrative status off, encapsulation 802.1Q"),
    ],
)
def test_ports(status, detail):
    assert PROTOCOL.probe(sent(frame(status)))
    assert list(PROTOCOL.dissect(sent(frame(status)))) == [
        Operation(
            Verb.REPORT,
            "Trunk negotiation",
            Kind.NOTICE,
            unit="VTP domain PLANT",
            object=f"port {PORT}",
            detail=detail,
            filter=f"dtp.tas == {status & 7}",
        )
    ]


def test_counts_in_a_capture():
    result = read_capture(CAPTURES / "dtp" / "built.pcap", "built.pcap", framing_plan())
    assert [m.count for m in result.messages] == [2, 1, 1]
    assert set(understand(result, protocols()).spoken.values()) == {("dtp",)}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        SNAP,
        SNAP + b"\2" + frame()[6:],
        SNAP + b"\1" + tlv(1, b"PLANT"),  # no status
        frame()[:-1],
        b"\0\0\x0c\x20\0" + frame()[5:],
    ],
)
def test_what_is_no_dtp(data):
    assert not PROTOCOL.probe(sent(data))
    with pytest.raises(Malformed):
        list(PROTOCOL.dissect(sent(data)))


def test_a_frame_that_was_captured_in_part():
    (operation,) = PROTOCOL.dissect(sent(frame()[:-1], len(frame())))
    assert operation.object == ""


def test_others_are_not_taken_for_it(tmp_path):
    with Wire(tmp_path / "other.pcap") as wire:
        raw = b"\xaa\xaa\3" + SNAP + b"\7" + frame()[6:]
        wire.ethernet(PORT, GROUP, len(raw), raw)
        wire.ethernet(PORT, GROUP, 0x9999, frame())
    assert understand_capture(tmp_path / "other.pcap")[1].spoken == {}
