"""DHCPv6: kinds of message, relays, servers and names of clients."""

from __future__ import annotations

import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixtures.record.wire import Wire
from scanner.protocols.base import Identity, Malformed, Message, Operation
from scanner.protocols.internet.dhcpv6 import PROTOCOL
from tests.protocols.recordings import CAPTURES
from tests.protocols.understanding import understand_capture


def sent(data: bytes, length: int | None = None) -> Message:
    return Message(data, len(data) if length is None else length, True, "udp", 547)


CLIENT = bytes.fromhex("0001000a 00030001020000000071".replace(" ", ""))
SOLICIT = b"\1\0\0\7" + CLIENT


def test_recording():
    _, understood = understand_capture(CAPTURES / "dhcpv6" / "scapy.pcap")
    assert set(understood.spoken.values()) == {("dhcpv6",)}
    every = [row for rows in understood.rows.values() for row in rows]
    server = "server 000400112233445566778899aabbccddeeff"
    assert Counter((r.function, r.object) for r in every if isinstance(r, Operation)) == {
        ("DHCPv6 Solicit", ""): 2,
        ("DHCPv6 Advertise", server): 1,
        ("DHCPv6 Request", ""): 1,
        ("DHCPv6 Reply", server): 1,
    }
    assert {(r.field, r.value, r.mac) for r in every if isinstance(r, Identity)} == {
        ("hostname", "hmi-7.plant.example", "02:00:00:00:00:71")
    }


@pytest.mark.parametrize(
    "data",
    [
        b"",
        SOLICIT[:3],
        SOLICIT[:-1],
        SOLICIT + b"\0",
        b"\x0e" + SOLICIT[1:],
        SOLICIT[:6] + b"\1" + SOLICIT[7:],
        bytes(40),
    ],
)
def test_what_is_no_dhcpv6(data):
    assert PROTOCOL.probe(sent(SOLICIT))
    assert PROTOCOL.proof(sent(SOLICIT))
    assert not PROTOCOL.probe(sent(data))
    with pytest.raises(Malformed):
        list(PROTOCOL.dissect(sent(data)))


def test_what_a_relay_carries_may_be_cut_off():
    relayed = b"\x0c\0" + bytes(32) + b"\0\x12\0\2ge" + b"\0\x09" + len(SOLICIT).to_bytes(2, "big") + SOLICIT
    (whole,) = (r for r in PROTOCOL.dissect(sent(relayed)) if isinstance(r, Operation))
    (cut,) = PROTOCOL.dissect(sent(relayed[:-4], len(relayed)))
    assert isinstance(cut, Operation)
    assert (whole.function, cut.function) == ("DHCPv6 Solicit", "DHCPv6 Relay-forward")


def test_random_datagrams_are_not_taken_for_it(tmp_path):
    numbers = random.Random(7)  # noqa: S311
    with Wire(tmp_path / "x.pcap") as wire:
        for port in (547, 20547):
            link = wire.udp("10.20.1.1", "10.20.1.2", port)
            for _ in range(100):
                link.client(bytes((numbers.randrange(1, 14),)) + numbers.randbytes(40))
    assert understand_capture(tmp_path / "x.pcap")[1].spoken == {}


@given(st.binary(max_size=80), st.integers(0, 20))
def test_any_bytes_are_read(data, more):
    relayed = b"\x0c\0" + bytes(32) + b"\0\x09" + len(data).to_bytes(2, "big") + data
    for message in (sent(data), sent(b"\1\0\0\1" + data, 4 + len(data) + more), sent(relayed)):
        PROTOCOL.proof(message)
        if PROTOCOL.probe(message):
            try:
                list(PROTOCOL.dissect(message))
            except Malformed:
                assert message.data[0] in {12, 13}
