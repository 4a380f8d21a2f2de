"""PRP and HSR: supervision frames, and that trailers and tags are no part of what they carry."""

from __future__ import annotations

import pytest

from fixtures.record.goose import TRIP
from fixtures.record.prp_hsr import (
    BEHIND,
    LAN_A,
    NODE,
    RED_BOX,
    SECOND,
    SUPERVISION,
    SYSLOG,
    TYPE,
    supervision,
    udp,
    with_trailer,
)
from fixtures.record.stp import RAPID
from fixtures.record.wire import Wire
from scanner.capture.read import read_capture
from scanner.protocols import framing_plan
from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Verb
from scanner.protocols.layer2.prp_hsr import PROTOCOL
from tests.protocols.keys import key
from tests.protocols.recordings import CAPTURES
from tests.protocols.understanding import understand_capture


def sent(data: bytes) -> Message:
    return Message(data, len(data), True, "ethernet", TYPE)


@pytest.mark.parametrize(
    ("data", "function", "node", "detail", "mac"),
    [
        (supervision(20, NODE), "PRP supervision", NODE, "duplicates discarded", NODE),
        (supervision(21, NODE), "PRP supervision", NODE, "duplicates accepted", NODE),
        (
            supervision(20, BEHIND, red_box=RED_BOX),
            "PRP supervision",
            BEHIND,
            f"duplicates discarded, behind RedBox {RED_BOX}",
            RED_BOX,
        ),
        (supervision(23, NODE), "HSR supervision", NODE, "", NODE),
        (supervision(23, BEHIND, red_box=RED_BOX), "HSR supervision", BEHIND, f"behind RedBox {RED_BOX}", RED_BOX),
        (
            supervision(20, NODE, SECOND, version=0),
            "PRP supervision",
            NODE,
            f"duplicates discarded, in the other LAN {SECOND}",
            NODE,
        ),
    ],
)
def test_supervision(data, function, node, detail, mac):
    code = data[4] if data[1] else data[2]
    assert PROTOCOL.probe(sent(data))
    assert list(PROTOCOL.dissect(sent(data))) == [
        Operation(
            Verb.IDENTIFY,
            function,
            Kind.NOTICE,
            str(code),
            object=f"node {node}",
            detail=detail,
            filter=f"hsr_prp_supervision.tlv.type == {code}",
        ),
        Identity("mac", mac),
    ]


def test_the_sequence_makes_no_other_message():
    assert key("prp-hsr", supervision(20, NODE, sequence=9)) == key("prp-hsr", supervision(20, NODE))
    assert key("prp-hsr", supervision(21, NODE)) != key("prp-hsr", supervision(20, NODE))
    assert key("prp-hsr", supervision(20, SECOND)) != key("prp-hsr", supervision(20, NODE))
    assert key("prp-hsr", supervision(20, NODE, red_box=RED_BOX)) != key("prp-hsr", supervision(20, NODE))


@pytest.mark.parametrize(("name", "vlan"), [("prp.pcap", -1), ("prp_vlan.pcap", 62)])
def test_a_trailer_is_no_part_of_what_it_follows(name, vlan):
    """Also where a short frame was padded before its trailer, and in frames with a length."""
    result = read_capture(CAPTURES / "prp_hsr" / name, name, framing_plan())
    assert {c.vlan for c in result.conversations} == {vlan}
    assert [(m.protocol, m.count) for m in result.messages] == [
        ("prp-hsr", 4),
        ("prp-hsr", 4),
        ("prp-hsr", 4),
        ("goose", 4),
        ("syslog", 4),
        ("stp", 4),
        ("prp-hsr", 1),
    ]
    found = {m.protocol: m for m in result.messages}
    assert found["goose"].data == TRIP.frame()
    assert found["syslog"].data == SYSLOG
    assert found["stp"].data == RAPID.raw()
    assert result.messages[0].length == 40  # padded before the trailer


@pytest.mark.parametrize(("name", "vlan"), [("hsr.pcap", -1), ("hsr_vlan.pcap", 62)])
def test_a_tag_is_no_part_of_what_it_precedes(name, vlan):
    result = read_capture(CAPTURES / "prp_hsr" / name, name, framing_plan())
    assert {c.vlan for c in result.conversations} == {vlan}
    assert [(m.protocol, m.count) for m in result.messages] == [
        ("prp-hsr", 4),
        ("prp-hsr", 4),
        ("goose", 4),
        ("syslog", 4),
    ]
    assert result.messages[3].data == SYSLOG
    assert {c.server_port for c in result.conversations} == {TYPE, 0x88B8, 514}


def test_what_only_looks_like_a_trailer_stays(tmp_path):
    """A wrong size, or a LAN that is none."""
    right = with_trailer(udp(SYSLOG), LAN_A)
    with Wire(tmp_path / "other.pcap") as wire:
        for payload in (right, right[:-4] + b"\xa0\x2d" + right[-2:], right[:-4] + b"\xc0\x2e" + right[-2:]):
            wire.ethernet(NODE, SECOND, 0x88B7, payload)
    result = read_capture(tmp_path / "other.pcap", "other.pcap", framing_plan())
    assert sum(c.client_bytes for c in result.conversations) == 40 + 46 + 46


@pytest.mark.parametrize(
    "data",
    [
        b"",
        supervision(20, NODE)[:9],
        b"\1" + supervision(20, NODE)[1:],
        supervision(20, NODE)[:1] + b"\2" + supervision(20, NODE)[2:],
        supervision(24, NODE),
        supervision(20, NODE)[:5] + b"\7" + supervision(20, NODE)[6:],
    ],
)
def test_what_is_no_supervision(data):
    assert not PROTOCOL.probe(sent(data))
    with pytest.raises(Malformed):
        list(PROTOCOL.dissect(sent(data)))


def test_others_are_not_taken_for_it(tmp_path):
    with Wire(tmp_path / "other.pcap") as wire:
        wire.ethernet(NODE, SUPERVISION, TYPE, bytes(44))
        wire.ethernet(NODE, SUPERVISION, 0x9999, supervision(20, NODE))
    assert understand_capture(tmp_path / "other.pcap")[1].spoken == {}
