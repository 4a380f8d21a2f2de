"""VTP: who spreads which revision and VLANs; several protocols of one port to one group; what is no VTP."""

from __future__ import annotations

import pytest

from fixtures.record.cdp import GROUP, SWITCH
from fixtures.record.vtp import ASKED, JOINED, SNAP, SUBSET_7, frame, summary
from fixtures.record.wire import Wire
from scanner.capture.read import read_capture
from scanner.facts.understand import understand
from scanner.protocols import framing_plan, protocols
from scanner.protocols.base import Kind, Malformed, Message, Operation, Verb
from scanner.protocols.layer2.vtp import PROTOCOL
from tests.protocols.keys import key
from tests.protocols.recordings import CAPTURES
from tests.protocols.understanding import understand_capture


def sent(data: bytes) -> Message:
    return Message(data, len(data), True, "ethernet", 0xAA)


@pytest.mark.parametrize(
    ("data", "verb", "function", "unit", "detail"),
    [
        (summary(), Verb.REPORT, "Summary Advertisement", "version 2", "revision 7; by 192.0.2.2"),
        (SUBSET_7, Verb.CONFIGURE, "Subset Advertisement", "version 2", 'revision 7; VLANs 1 "default", 20 "cell1"'),
        (ASKED, Verb.READ, "Advertisement Request", "version 2", ""),
        (JOINED, Verb.SUBSCRIBE, "Join/Prune Message", "version 2", ""),
        (summary(version=3), Verb.REPORT, "Summary Advertisement", "version 3", ""),
    ],
)
def test_messages(data, verb, function, unit, detail):
    assert PROTOCOL.probe(sent(data))
    assert list(PROTOCOL.dissect(sent(data))) == [
        Operation(
            verb,
            function,
            Kind.NOTICE,
            str(data[6]),
            unit,
            "VTP domain PLANT",
            detail,
            filter=f"vtp.code == {data[6]}",
        )
    ]


def test_the_time_makes_no_other_message_and_the_revision_does():
    assert key("cisco-snap", summary(stamp=b"240101090000")) == key("cisco-snap", summary())
    assert key("cisco-snap", summary(8)) != key("cisco-snap", summary())


def test_several_protocols_of_one_port_to_one_group():
    result = read_capture(CAPTURES / "vtp" / "built.pcap", "built.pcap", framing_plan())
    assert len(result.conversations) == 1
    assert [(m.protocol, m.count) for m in result.messages] == [
        ("cdp", 1),
        ("vtp", 2),
        ("dtp", 1),
        ("vtp", 1),
        ("udld", 1),
        ("vtp", 1),
        ("vtp", 1),
        ("vtp", 1),
    ]
    (spoken,) = understand(result, protocols()).spoken.values()
    assert set(spoken) == {"cdp", "vtp", "dtp", "udld"}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        SNAP,
        SNAP + b"\4" + summary()[6:],
        frame(9),
        frame(1, domain=b"x" * 33),
        summary()[:40],
        frame(2),  # a subset without revision
    ],
)
def test_what_is_no_vtp(data):
    assert not PROTOCOL.probe(sent(data))
    with pytest.raises(Malformed):
        list(PROTOCOL.dissect(sent(data)))


def test_others_are_not_taken_for_it(tmp_path):
    with Wire(tmp_path / "other.pcap") as wire:
        raw = b"\xaa\xaa\3" + SNAP + b"\x09" + summary()[6:]
        wire.ethernet(SWITCH, GROUP, len(raw), raw)
        wire.ethernet(SWITCH, GROUP, 0x9999, summary())
    assert understand_capture(tmp_path / "other.pcap")[1].spoken == {}
