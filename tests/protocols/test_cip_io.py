"""CIP implicit I/O: recognised by its items, a protocol of its own, keyed by size alone."""

from __future__ import annotations

import struct

import pytest

from scanner.capture.read import read_capture
from scanner.facts.understand import understand
from scanner.protocols import framing_plan, protocols
from scanner.protocols.base import Kind, Malformed, Message, Verb
from scanner.protocols.cip.cip_io import PROTOCOL
from tests.protocols.keys import key
from tests.protocols.recordings import CAPTURES


def io(connection: int, sequence: int, data: bytes) -> bytes:
    return struct.pack("<HHHIIHH", 2, 0x8002, 8, connection, sequence, 0xB1, len(data)) + data


def test_cyclic_data_are_notices():
    raw = io(1, 2, b"abcdef")
    (row,) = PROTOCOL.dissect(Message(raw, len(raw), True, "udp", 2222))
    assert (row.verb, row.kind, row.function) == (Verb.REPORT, Kind.NOTICE, "Implicit I/O data")
    assert row.detail.startswith("6 bytes")


def test_connection_sequence_and_values_are_no_part_of_the_key():
    assert key("cip-io", io(1, 2, b"abcdef")) == key("cip-io", io(5, 6, b"ghijkl"))
    assert key("cip-io", io(1, 2, b"abcdef")) != key("cip-io", io(1, 2, b"abcdefgh"))


@pytest.mark.parametrize("raw", [b"", io(1, 2, b"")[:17], io(1, 2, b"abc") + b"x", b"\3" + io(1, 2, b"abc")[1:]])
def test_malformed(raw):
    message = Message(raw, len(raw), True, "udp", 2222)
    assert not PROTOCOL.probe(message)
    with pytest.raises(Malformed):
        PROTOCOL.dissect(message)


@pytest.mark.parametrize(
    ("name", "spoken"),
    [
        ("unicast.pcap", {("cip-io",)}),
        ("multicast.pcap", {("cip-io",)}),
        ("port_3333.pcap", {("cip-io",)}),
        ("syslog_on_2222.pcap", set()),
    ],
)
def test_recordings(name, spoken):
    result = read_capture(CAPTURES / "cip_io" / name, name, framing_plan())
    found = set(understand(result, protocols()).spoken.values())
    assert found == spoken if spoken else ("cip-io",) not in found
