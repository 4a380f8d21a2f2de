"""DLR: supervisors, the state of the ring, who is in it; what is no DLR."""

from __future__ import annotations

import struct

import pytest

from fixtures.record.dlr import BEACONS, NODE, RIVAL, SUPERVISOR, beacon, frame, sign_on
from fixtures.record.wire import Wire
from scanner.capture.read import read_capture
from scanner.facts.understand import understand
from scanner.protocols import framing_plan, protocols
from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Verb
from scanner.protocols.layer2.dlr import PROTOCOL
from tests.protocols.keys import key
from tests.protocols.recordings import CAPTURES
from tests.protocols.understanding import understand_capture


def sent(data: bytes, length: int | None = None) -> Message:
    return Message(data, len(data) if length is None else length, True, "ethernet", 0x80E1)


@pytest.mark.parametrize(
    ("data", "verb", "function", "unit", "detail"),
    [
        (
            beacon(),
            Verb.REPORT,
            "Beacon",
            "",
            "ring normal, supervisor with precedence 10, every 400 us, timeout 1960 us",
        ),
        (
            beacon(2, 255),
            Verb.REPORT,
            "Beacon",
            "",
            "ring fault, supervisor with precedence 255, every 400 us, timeout 1960 us",
        ),
        (frame(2, port=1), Verb.DIAGNOSE, "Neighbor_Check_Request", "port 1", ""),
        (frame(3, b"\1", port=2), Verb.DIAGNOSE, "Neighbor_Check_Response", "port 2", ""),
        (
            frame(4, b"\1"),
            Verb.REPORT,
            "Link_Status/Neighbor_Status",
            "",
            "link of port 1 active, link of port 2 lost",
        ),
        (
            frame(4, b"\x82"),
            Verb.REPORT,
            "Link_Status/Neighbor_Status",
            "",
            "neighbour of port 1 lost, neighbour of port 2 active",
        ),
        (frame(5), Verb.DIAGNOSE, "Locate_Fault", "", ""),
        (frame(6, b"\1"), Verb.REPORT, "Announce", "", "ring normal"),
        (
            frame(8, struct.pack(">BBIIB", 2, 5, 2000, 5000, 1)),
            Verb.REPORT,
            "Advertise",
            "",
            "gateway normal with precedence 5",
        ),
        (frame(9, b"\1"), Verb.REPORT, "Flush_Tables", "", ""),
        (frame(10), Verb.REPORT, "Learning_Update", "", ""),
    ],
)
def test_frames(data, verb, function, unit, detail):
    assert PROTOCOL.probe(sent(data))
    operation, identity = PROTOCOL.dissect(sent(data))
    assert operation == Operation(
        verb,
        function,
        Kind.NOTICE,
        f"0x{data[2]:02X}",
        unit,
        detail=detail,
        filter=f"enip.dlr.frametype == {data[2]}",
    )
    assert identity == Identity("ip", "192.0.2.1")


def test_sign_on_lists_the_ring():
    operation, *identities = PROTOCOL.dissect(sent(sign_on(SUPERVISOR, NODE, RIVAL)))
    assert (operation.verb, operation.function, operation.detail) == (Verb.IDENTIFY, "Sign_On", "3 nodes so far")
    assert identities == [
        Identity("ip", "192.0.2.1"),
        Identity("ip", "192.0.2.1", mac=SUPERVISOR),
        Identity("ip", "192.0.2.2", mac=NODE),
    ]  # the third has no address


def test_a_list_that_lies_about_its_length_ends_with_the_frame():
    data = sign_on(SUPERVISOR, NODE)
    lying = data[:12] + b"\xff\xff" + data[14:]
    assert len(list(PROTOCOL.dissect(sent(lying)))) == 4


def test_the_sequence_makes_no_other_message():
    assert key("dlr", beacon(sequence=9)) == key("dlr", beacon())
    for other in (beacon(state=2), beacon(precedence=11), beacon(sender=RIVAL), frame(5)):
        assert key("dlr", other) != key("dlr", beacon())
    assert key("dlr", sign_on(SUPERVISOR)) != key("dlr", sign_on(SUPERVISOR, NODE)) != key("dlr", sign_on(NODE))


@pytest.mark.parametrize("name", ["built.pcap", "built_untagged.pcap"])
def test_counts_in_a_capture(name):
    result = read_capture(CAPTURES / "dlr" / name, name, framing_plan())
    assert [m.count for m in result.messages] == [4] + [1] * 12
    assert set(understand(result, protocols()).spoken.values()) == {("dlr",)}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        beacon()[:11],
        beacon()[:21],
        b"\1" + beacon()[1:],
        b"\2\2" + beacon()[2:],
        b"\2\1\x0b" + beacon()[3:],
        beacon()[:3] + b"\3" + beacon()[4:],
    ],
)
def test_what_is_no_dlr(data):
    assert not PROTOCOL.probe(sent(data))
    with pytest.raises(Malformed):
        list(PROTOCOL.dissect(sent(data)))


def test_others_are_not_taken_for_it(tmp_path):
    with Wire(tmp_path / "other.pcap") as wire:
        wire.ethernet(NODE, BEACONS, 0x80E1, b"\2\1\x20" + bytes(40))
        wire.ethernet(NODE, BEACONS, 0x9999, beacon())
    assert understand_capture(tmp_path / "other.pcap")[1].spoken == {}
