"""MRP: managers, clients, the state of the ring; what makes no other message; what is no MRP."""

from __future__ import annotations

import pytest

from fixtures.record.mrp import (
    CLIENT,
    DEFAULT,
    IN_LINK_DOWN,
    IN_POLL,
    IN_TEST,
    IN_TOPOLOGY,
    MANAGER,
    RIVAL,
    TEST_GROUP,
    link,
    option,
    pdu,
    ring_test,
    topology,
)
from fixtures.record.wire import Wire
from scanner.capture.read import read_capture
from scanner.facts.understand import understand
from scanner.protocols import framing_plan, protocols
from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Verb
from scanner.protocols.layer2.mrp import PROTOCOL
from tests.protocols.keys import key
from tests.protocols.recordings import CAPTURES
from tests.protocols.understanding import understand_capture

DOMAIN = "domain 6f3a2b10-0000-4000-8000-0000000000a1"


def sent(data: bytes, length: int | None = None) -> Message:
    return Message(data, len(data) if length is None else length, True, "ethernet", 0x88E3)


@pytest.mark.parametrize(
    ("data", "function", "code", "detail", "mac"),
    [
        (ring_test(), "MRP_Test", 2, "manager with priority 0x8000, primary ring port, ring closed", MANAGER),
        (
            ring_test(1, closed=False, priority=0xA000, mac=RIVAL),
            "MRP_Test",
            2,
            "automanager with priority 0xA000, secondary ring port, ring open",
            RIVAL,
        ),
        (topology(), "MRP_TopologyChange", 3, "manager with priority 0x8000", MANAGER),
        (link(4), "MRP_LinkDown", 4, "client, secondary ring port, blocked ports supported", CLIENT),
        (link(5, 0), "MRP_LinkUp", 5, "client, primary ring port, blocked ports supported", CLIENT),
        (IN_TEST, "MRP_InTest", 6, "interconnection manager of 7, interconnection closed", MANAGER),
        (IN_TOPOLOGY, "MRP_InTopologyChange", 7, "interconnection 7", MANAGER),
        (IN_LINK_DOWN, "MRP_InLinkDown", 8, "interconnection 7", CLIENT),
        (IN_POLL, "MRP_InLinkStatusPoll", 10, "interconnection 7", None),
    ],
)
def test_frames(data, function, code, detail, mac):
    assert PROTOCOL.probe(sent(data))
    operation, *identities = PROTOCOL.dissect(sent(data))
    assert operation == Operation(
        Verb.REPORT,
        function,
        Kind.NOTICE,
        f"0x{code:02X}",
        object=DOMAIN,
        detail=detail,
        filter=f"pn_mrp.type == {code}",
    )
    assert identities == ([Identity("mac", mac)] if mac else [])


def test_automanagers_agree():
    (operation,) = PROTOCOL.dissect(sent(option()))
    assert (operation.function, operation.object) == ("MRP_TestMgrNAck", "")
    assert operation.detail == f"automanager with priority 0xA000, to {MANAGER} with priority 0x9000"
    (other,) = PROTOCOL.dissect(sent(pdu(0x7F, b"\0\0\1\0")))
    assert (other.function, other.detail) == ("MRP_Option", "organisation 00-00-01")


def test_times_and_counters_make_no_other_message():
    assert key("mrp", ring_test(sequence=9)) == key("mrp", ring_test())
    assert key("mrp", topology(sequence=9)) == key("mrp", topology())
    assert key("mrp", link(4, sequence=9)) == key("mrp", link(4))
    for other in (
        ring_test(1),
        ring_test(closed=False),
        ring_test(priority=0),
        ring_test(mac=RIVAL),
        pdu(2, ring_test()[4:22], domain=DEFAULT),
    ):
        assert key("mrp", other) != key("mrp", ring_test())


@pytest.mark.parametrize(("name", "vlan"), [("built.pcap", -1), ("built_vlan.pcap", 39)])
def test_counts_in_a_capture(name, vlan):
    result = read_capture(CAPTURES / "mrp" / name, name, framing_plan())
    assert [m.count for m in result.messages] == [5, 5] + [1] * 12
    assert {c.vlan for c in result.conversations} == {vlan}
    assert set(understand(result, protocols()).spoken.values()) == {("mrp",)}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0\1\2",
        b"\0\2" + ring_test()[2:],
        b"\0\1\x0b" + ring_test()[3:],
        ring_test()[:22] + b"\0\0",  # no common TLV
        b"\0\1\2\4\0\0\0\0\0\0" + ring_test()[22:],  # a test without its fields
        ring_test()[:30],
    ],
)
def test_what_is_no_mrp(data):
    assert not PROTOCOL.probe(sent(data))
    with pytest.raises(Malformed):
        list(PROTOCOL.dissect(sent(data)))


def test_others_are_not_taken_for_it(tmp_path):
    with Wire(tmp_path / "other.pcap") as wire:
        wire.ethernet(MANAGER, TEST_GROUP, 0x88E3, b"\0\1\x20" + bytes(40))
        wire.ethernet(MANAGER, TEST_GROUP, 0x9999, ring_test())
    assert understand_capture(tmp_path / "other.pcap")[1].spoken == {}
