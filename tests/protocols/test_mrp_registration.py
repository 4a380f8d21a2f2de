"""MSRP, MVRP, MMRP: what is declared, refused and left; what is no MRPDU."""

from __future__ import annotations

import pytest

from fixtures.record.mrp_registration import (
    BRIDGE,
    DOMAIN,
    GROUPS,
    LEAVE,
    MMRP,
    MSRP,
    MVRP,
    NEW,
    STREAM_GROUP,
    TALKER,
    VLANS,
    attribute,
    listener,
    mrpdu,
    talker,
    vector,
)
from fixtures.record.wire import Wire
from scanner.capture.read import read_capture
from scanner.facts.understand import understand
from scanner.inputs import find_inputs
from scanner.protocols import framing_plan, protocols
from scanner.protocols.base import Kind, Malformed, Message, Operation, Verb
from scanner.protocols.layer2.mrp_registration import PROTOCOL
from scanner.scan import read_inputs
from scanner.wording import plain
from tests.protocols.recordings import CAPTURES
from tests.protocols.understanding import understand_capture


def sent(kind: int, data: bytes, length: int | None = None) -> Message:
    return Message(data, len(data) if length is None else length, True, "ethernet", kind)


def rows(kind: int, *attributes: bytes) -> list[Operation]:
    message = sent(kind, mrpdu(*attributes))
    assert PROTOCOL.probe(message)
    found = list(PROTOCOL.dissect(message))
    assert all(isinstance(r, Operation) for r in found)
    return found


NEEDS = f"to {STREAM_GROUP}, VLAN 2, 1 frame(s) of 224 bytes an interval, priority 3"


def test_a_stream_is_advertised():
    assert rows(MSRP, talker(1)) == [
        Operation(
            Verb.REPORT,
            "MSRP Talker Advertise",
            Kind.NOTICE,
            "1",
            object=f"stream {TALKER}/1",
            detail=f"join, {NEEDS}",
            filter="mrp-msrp.attribute_type == 1",
        )
    ]
    assert rows(MSRP, talker(1, event=LEAVE))[0].detail == f"leave, {NEEDS}"


@pytest.mark.parametrize(
    ("code", "refusal"), [(1, "Insufficient bandwidth"), (8, "Egress port is not AVB capable"), (77, "failure code 77")]
)
def test_a_reservation_fails(code, refusal):
    (operation,) = rows(MSRP, talker(2, failure=code))
    assert (operation.function, operation.kind, operation.refusal) == ("MSRP Talker Failed", Kind.REFUSAL, refusal)
    assert operation.detail == f"join, {NEEDS}, at bridge {BRIDGE}"


def test_listeners():
    found = rows(MSRP, listener(7, 2, 1, 3, 0, 2))
    assert [(o.verb, o.object, o.detail, o.kind, o.refusal) for o in found] == [
        (Verb.SUBSCRIBE, f"stream {TALKER}/7", "join, ready", Kind.NOTICE, ""),
        (Verb.SUBSCRIBE, f"stream {TALKER}/8", "join, asking failed", Kind.REFUSAL, "asking failed"),
        (Verb.SUBSCRIBE, f"stream {TALKER}/9", "join, ready failed", Kind.REFUSAL, "ready failed"),
        (Verb.SUBSCRIBE, f"stream {TALKER}/10", "join, ignored", Kind.NOTICE, ""),
        (Verb.SUBSCRIBE, f"stream {TALKER}/11", "join, ready", Kind.NOTICE, ""),
    ]


def test_domains_vlans_and_groups():
    assert [(o.function, o.object) for o in rows(MSRP, DOMAIN)] == [("MSRP Domain", "SR class A, priority 3, VLAN 2")]
    assert [(o.object, o.detail) for o in rows(MVRP, VLANS)] == [
        ("VLAN 10", "new"),
        ("VLAN 11", "join"),
        ("VLAN 13", "leave"),
    ]
    assert [(o.function, o.object) for o in rows(MMRP, *GROUPS)] == [
        ("MMRP Service Requirement", "all unregistered groups"),
        ("MMRP MAC", "group 01:00:5e:01:02:03 to 01:00:5e:01:02:04"),
    ]


def test_values_declared_alike_are_one_row():
    every = attribute(MVRP, 1, 2, vector(b"\0\1", *([NEW] * 4094)))
    assert [o.object for o in rows(MVRP, every)] == ["VLAN 1 to 4094"]
    groups = attribute(MMRP, 2, 6, vector(bytes.fromhex("01005e010203"), NEW, NEW, LEAVE, LEAVE, NEW))
    assert [(o.object, o.detail) for o in rows(MMRP, groups)] == [
        ("group 01:00:5e:01:02:03 to 01:00:5e:01:02:04", "new"),
        ("group 01:00:5e:01:02:05 to 01:00:5e:01:02:06", "leave"),
        ("group 01:00:5e:01:02:07", "new"),
    ]
    assert [o.object for o in rows(MSRP, listener(7, 2, 2, 1))] == [f"stream {TALKER}/7 to 8", f"stream {TALKER}/9"]


def test_what_one_frame_declares_is_bounded():
    message = sent(MVRP, mrpdu(attribute(MVRP, 1, 2, vector(b"\0\1", *([NEW, LEAVE] * 200)))))
    found = PROTOCOL.dissect(message)
    assert len([next(found) for _ in range(256)]) == 256
    with pytest.raises(Malformed):
        next(found)


def test_counts_in_a_capture():
    result = read_capture(CAPTURES / "mrp_registration" / "built.pcap", "built.pcap", framing_plan())
    assert [(m.framing, m.count) for m in result.messages] == [
        ("msrp", 3),
        ("msrp", 3),
        ("msrp", 1),
        ("msrp", 1),
        ("mvrp", 1),
        ("mmrp", 1),
    ]
    assert set(understand(result, protocols()).spoken.values()) == {("mrp-registration",)}


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        (MSRP, b""),
        (MSRP, b"\1" + mrpdu(DOMAIN)[1:]),
        (MSRP, mrpdu(attribute(MSRP, 5, 4, vector(b"\0\0\0\0", NEW)))),
        (MSRP, mrpdu(attribute(MSRP, 4, 5, vector(b"\0\0\0\0\0", NEW)))),
        (MVRP, mrpdu(DOMAIN)),
        (MVRP, mrpdu(VLANS)[:8]),
        (0x88B5, mrpdu(VLANS)),
    ],
)
def test_what_is_no_mrpdu(kind, data):
    assert not PROTOCOL.probe(sent(kind, data))
    with pytest.raises(Malformed):
        list(PROTOCOL.dissect(sent(kind, data)))


def test_a_frame_that_was_captured_in_part():
    data = mrpdu(talker(1), DOMAIN)
    (operation,) = PROTOCOL.dissect(sent(MSRP, data[:38], len(data)))
    assert operation.function == "MSRP Talker Advertise"


def test_others_are_not_taken_for_it(tmp_path):
    with Wire(tmp_path / "other.pcap") as wire:
        wire.ethernet(TALKER, STREAM_GROUP, MSRP, b"\0\3\x09" + bytes(40))
        wire.ethernet(TALKER, STREAM_GROUP, MVRP, mrpdu(DOMAIN))
        wire.ethernet(TALKER, STREAM_GROUP, 0x9999, mrpdu(VLANS))
    assert understand_capture(tmp_path / "other.pcap")[1].spoken == {}


def test_a_refusal_behind_a_notice_is_told_with_its_reason() -> None:
    scan = read_inputs(list(find_inputs([str(CAPTURES / "mrp_registration")], [])))
    listeners = scan.facts["operations"].filter(function="MSRP Listener").iter_rows(named=True)
    refused = [row["refusals"] for row in listeners if plain(row["detail"]) == "join, asking failed"]
    assert refused == [["asking failed"]]
