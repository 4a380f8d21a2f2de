"""UDLD: which port of which device, whom it hears; what is no UDLD."""

from __future__ import annotations

import pytest

from fixtures.record.cdp import GROUP, tlv
from fixtures.record.udld import PORT, SNAP, frame
from fixtures.record.wire import Wire
from scanner.capture.read import read_capture
from scanner.facts.understand import understand
from scanner.protocols import framing_plan, protocols
from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Verb
from scanner.protocols.layer2.udld import PROTOCOL
from tests.protocols.keys import key
from tests.protocols.recordings import CAPTURES
from tests.protocols.understanding import understand_capture

NEIGHBOUR, OTHER = (b"EXA7654321", b"Gi0/1"), (b"EXA0000001", b"Gi0/2")


def sent(data: bytes, length: int | None = None) -> Message:
    return Message(data, len(data) if length is None else length, True, "ethernet", 0xAA)


@pytest.mark.parametrize(
    ("data", "function", "detail"),
    [
        (frame(), "Probe", "hears nobody"),
        (frame(NEIGHBOUR, opcode=2), "Echo", "hears port Gi0/1 of EXA7654321"),
        (
            frame(NEIGHBOUR, OTHER, opcode=2),
            "Echo",
            "hears port Gi0/1 of EXA7654321, port Gi0/2 of EXA0000001",
        ),
        (frame(opcode=3), "Flush", "hears nobody"),
    ],
)
def test_frames(data, function, detail):
    assert PROTOCOL.probe(sent(data))
    opcode = data[5] & 0x1F
    assert list(PROTOCOL.dissect(sent(data))) == [
        Operation(
            Verb.IDENTIFY,
            function,
            Kind.NOTICE,
            str(opcode),
            object="port Gi1/7 of cell-switch-1",
            detail=detail,
            filter=f"udld.opcode == {opcode}",
        ),
        Identity("serial", "EXA1234567"),
        Identity("name", "cell-switch-1"),
    ]


def test_the_sequence_makes_no_other_message():
    assert key("cisco-snap", frame(sequence=9)) == key("cisco-snap", frame())
    assert key("cisco-snap", frame(NEIGHBOUR)) != key("cisco-snap", frame()) != key("cisco-snap", frame(opcode=2))


def test_counts_in_a_capture():
    result = read_capture(CAPTURES / "udld" / "built.pcap", "built.pcap", framing_plan())
    assert [m.count for m in result.messages] == [2, 2, 1]
    assert set(understand(result, protocols()).spoken.values()) == {("udld",)}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        SNAP + b"\x21\0\0\0",
        frame(opcode=9),
        SNAP + b"\x41" + frame()[6:],
        frame()[:9] + tlv(1, b"EXA1234567"),  # no port
        frame()[:-1],
    ],
)
def test_what_is_no_udld(data):
    assert not PROTOCOL.probe(sent(data))
    with pytest.raises(Malformed):
        list(PROTOCOL.dissect(sent(data)))


def test_an_echo_that_lies_about_its_number_ends_with_its_bytes():
    lying = frame(NEIGHBOUR).replace(b"\0\0\0\1\0\x0a", b"\xff\xff\xff\xff\0\x0a", 1)
    operation, *_ = PROTOCOL.dissect(sent(lying))
    assert operation.detail == "hears port Gi0/1 of EXA7654321"


def test_others_are_not_taken_for_it(tmp_path):
    with Wire(tmp_path / "other.pcap") as wire:
        raw = b"\xaa\xaa\3" + SNAP + b"\xe1" + frame()[6:]
        wire.ethernet(PORT, GROUP, len(raw), raw)
        wire.ethernet(PORT, GROUP, 0x9999, frame())
    assert understand_capture(tmp_path / "other.pcap")[1].spoken == {}
