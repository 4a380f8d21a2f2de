"""RNRP: who says what of itself, and where nothing is believed."""

from __future__ import annotations

import pytest

from fixtures.record.rnrp import routing
from scanner.protocols.base import Malformed, Message, Verb
from scanner.protocols.layer2.rnrp import PROTOCOL
from tests.protocols.recordings import CAPTURES
from tests.protocols.understanding import operation_rows, understand_capture


def message(raw: bytes, *, port: int = 2423, target: str = "239.239.239.1") -> Message:
    return Message(raw, len(raw), True, "udp", port, "172.16.4.11", target)


def test_nodes_of_an_area_on_both_paths():
    result, understood = understand_capture(CAPTURES / "rnrp" / "nodes.pcap")
    assert set(understood.spoken.values()) == {("rnrp",)}
    found = sorted(
        (c["unit"], c["object"], c["count"], c["seen_as"]) for _, _, _, c in operation_rows(result, understood)
    )
    assert found == [
        ("node 11", "network area 1, path 0", 20, "notice"),
        ("node 11", "network area 1, path 1", 20, "notice"),
        ("node 151", "network area 1, path 0", 20, "notice"),
    ], "counters and what is not known make no other message"


def test_a_routing_message():
    (row,) = PROTOCOL.dissect(message(routing(300, 2, 1, 7)))
    assert (row.verb, row.function, row.unit, row.object) == (
        Verb.REPORT,
        "Routing message",
        "node 300",
        "network area 2, path 1",
    )
    assert row.filter == "udp.dstport == 2423 && udp.payload[4:4] == 01:2c:02:01"


@pytest.mark.parametrize("name", ["port_2424.pcap", "to_one_host.pcap", "dns_on_2423.pcap"])
def test_port_group_and_size_together_are_wanted(name):
    _, understood = understand_capture(CAPTURES / "rnrp" / name)
    assert "rnrp" not in {name for names in understood.spoken.values() for name in names}


def test_what_is_too_short_is_malformed():
    raw = routing(11, 1, 0, 1)[:-1]
    assert not PROTOCOL.probe(message(raw))
    with pytest.raises(Malformed, match="75 bytes"):
        list(PROTOCOL.dissect(message(raw)))
