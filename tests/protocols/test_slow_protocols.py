"""Slow protocols: aggregates, markers, OAM, ESMC; what is none of them."""

from __future__ import annotations

import pytest

from fixtures.record.slow_protocols import (
    ESMC,
    GROUP,
    INFORMATION,
    PARTNER,
    SWITCH,
    SWITCH_PORT,
    TYPE,
    lacpdu,
    marker,
    oam,
)
from fixtures.record.wire import Wire
from scanner.capture.read import read_capture
from scanner.facts.understand import understand
from scanner.protocols import framing_plan, protocols
from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Verb
from scanner.protocols.layer2.slow_protocols import PROTOCOL
from tests.protocols.keys import key
from tests.protocols.recordings import CAPTURES
from tests.protocols.understanding import understand_capture


def sent(data: bytes) -> Message:
    return Message(data, len(data), True, "ethernet", TYPE)


@pytest.mark.parametrize(
    ("data", "detail"),
    [
        (lacpdu(), f"port 7, with port 2 of {PARTNER}, active, aggregating, in sync, collecting, distributing"),
        (lacpdu(0x47, partner=""), "port 7, without partner, active, short timeout, aggregating, defaulted"),
        (lacpdu(0x80), f"port 7, with port 2 of {PARTNER}, expired"),
    ],
)
def test_lacp(data, detail):
    assert PROTOCOL.probe(sent(data))
    assert list(PROTOCOL.dissect(sent(data))) == [
        Operation(
            Verb.REPORT, "LACPDU", Kind.NOTICE, "1", object=f"aggregate 3 of {SWITCH}", detail=detail, filter="lacp"
        ),
        Identity("mac", SWITCH),
    ]


@pytest.mark.parametrize(
    ("data", "verb", "function", "code", "object_", "detail"),
    [
        (marker(), Verb.DIAGNOSE, "Marker", "2", f"port 7 of {SWITCH}", ""),
        (marker(2), Verb.DIAGNOSE, "Marker Response", "2", f"port 7 of {SWITCH}", ""),
        (INFORMATION, Verb.REPORT, "OAM Information", "3:0x00", "", "dying gasp"),
        (oam(4, b"\1"), Verb.OPERATE, "OAM Loopback Control", "3:0x04", "", "enable"),
        (oam(4, b"\2"), Verb.OPERATE, "OAM Loopback Control", "3:0x04", "", "disable"),
        (oam(2), Verb.READ, "OAM Variable Request", "3:0x02", "", ""),
        (ESMC, Verb.TIME_SYNC, "ESMC", "10", "", "quality PRC"),
        (
            b"\x0a\0\0\1" + bytes(42),
            Verb.UNKNOWN,
            "Organization Specific Slow Protocol",
            "10",
            "organisation 00-00-01",
            "",
        ),
    ],
)
def test_others(data, verb, function, code, object_, detail):  # noqa: PLR0917 - one row of a table
    (operation,) = PROTOCOL.dissect(sent(data))
    assert (operation.verb, operation.function, operation.kind, operation.code) == (verb, function, Kind.NOTICE, code)
    assert (operation.object, operation.detail) == (object_, detail)


def test_delays_and_transactions_make_no_other_message():
    assert key("slow-protocols", lacpdu(delay=9)) == key("slow-protocols", lacpdu())
    assert key("slow-protocols", marker(transaction=9)) == key("slow-protocols", marker())
    for other in (lacpdu(0), lacpdu(partner=""), lacpdu(port=8), lacpdu(key=4)):
        assert key("slow-protocols", other) != key("slow-protocols", lacpdu())
    assert key("slow-protocols", oam(4, b"\1")) != key("slow-protocols", oam(4, b"\2"))


def test_counts_in_a_capture():
    result = read_capture(CAPTURES / "slow_protocols" / "built.pcap", "built.pcap", framing_plan())
    assert [m.count for m in result.messages] == [3, 1, 2, 2, 1, 1, 1, 1]
    assert set(understand(result, protocols()).spoken.values()) == {("slow-protocols",)}


def test_open_vswitch():
    result = read_capture(CAPTURES / "slow_protocols" / "openvswitch.pcap", "o.pcap", framing_plan())
    found = [r for rows in understand(result, protocols()).rows.values() for r in rows if isinstance(r, Operation)]
    assert {r.object for r in found} == {"aggregate 1 of 02:00:00:00:4c:20"}
    assert all("port 1, without partner, active, short timeout, aggregating" in r.detail for r in found)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\4" + lacpdu()[1:],
        lacpdu()[:41],
        b"\1\1\2" + lacpdu()[3:],
        lacpdu()[:22] + b"\3" + lacpdu()[23:],
        marker(3),
        oam(9),
    ],
)
def test_what_is_no_slow_protocol(data):
    assert not PROTOCOL.probe(sent(data))
    with pytest.raises(Malformed):
        list(PROTOCOL.dissect(sent(data)))


def test_others_are_not_taken_for_it(tmp_path):
    with Wire(tmp_path / "other.pcap") as wire:
        wire.ethernet(SWITCH_PORT, GROUP, TYPE, b"\1\1\x09" + bytes(60))
        wire.ethernet(SWITCH_PORT, GROUP, 0x9999, lacpdu())
    assert understand_capture(tmp_path / "other.pcap")[1].spoken == {}
