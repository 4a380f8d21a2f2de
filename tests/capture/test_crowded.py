"""A table of conversations that a flood has filled has room for what comes behind it."""

from __future__ import annotations

import pytest

from scanner.limits.capture import Limits
from tests.capture.traffic import ACK, RST, SERVER, SYN, Talk, framed, modbus, read, tcp, udp

FEW = Limits(conversations=40, strangers=10_000)
REQUEST, ANSWER = modbus(1, b"\x03\0\0\0\1"), modbus(1, b"\x03\x02\0\x07")
FORGED = [(f"172.16.{n % 7}.{n}", 1024 + 7 * n) for n in range(1, 101)]
UNREAD = bytes(20)
FLOODS = {
    "SYN segments": [tcp(False, 1000, flags=SYN, client=c) for c in FORGED],
    "answered SYN segments": [
        frame
        for c in FORGED
        for frame in (tcp(False, 1000, flags=SYN, client=c), tcp(True, 7, b"", SYN | ACK, 1001, client=c))
    ],
    "SYN segments answered and reset": [
        frame
        for c in FORGED
        for frame in (
            tcp(False, 1000, flags=SYN, client=c),
            tcp(True, 7, b"", SYN | ACK, 1001, client=c),
            tcp(False, 1001, b"", RST, client=c),
        )
    ],
    "several attempts each": [
        tcp(False, 1000, flags=SYN, client=(c[0], c[1] + port)) for c in FORGED for port in range(3)
    ],
    "segments that say nothing": [tcp(False, 1000, UNREAD, client=c) for c in FORGED],
    "datagrams that say nothing": [udp(False, UNREAD, client=c, server=(SERVER[0], 40_000)) for c in FORGED],
    "connections that say nothing": [
        frame for c in FORGED for frame in Talk(c, (SERVER[0], 4444)).send(False, UNREAD).send(True, UNREAD).frames
    ],
    "requests": [tcp(False, 1000, REQUEST, client=c) for c in FORGED],
    "requests in datagrams": [udp(False, REQUEST, client=c) for c in FORGED],
}
STATION = ("10.0.0.77", 50_001)
EXCHANGES = {
    "by TCP": Talk(STATION).send(False, REQUEST).send(True, ANSWER).frames,
    "on a port of its own": Talk(STATION, ("10.0.0.9", 9999))
    .send(False, framed(1) * 2)
    .send(True, framed(2) * 2)
    .frames,
    "in pieces": Talk(STATION).send(False, REQUEST[:5]).send(False, REQUEST[5:]).send(True, ANSWER).frames,
    "begun before": Talk(STATION, handshake=False).send(True).send(False, REQUEST).send(True, ANSWER).frames,
}


@pytest.mark.parametrize("flood", FLOODS.values(), ids=FLOODS)
@pytest.mark.parametrize("exchange", EXCHANGES.values(), ids=EXCHANGES)
def test_what_is_answered_and_understood_is_kept(flood: list[bytes], exchange: list[bytes]) -> None:
    result = read([*flood, *exchange, *flood[:9]], limits=FEW)
    assert len(result.conversations) < FEW.conversations
    assert result.info.limits["conversations"] > 0
    (own,) = [n for n, c in enumerate(result.conversations) if c.client == STATION[0]]
    alone = read(exchange)
    assert {(m.from_client, m.data) for m in result.messages if m.conversation == own} == {
        (m.from_client, m.data) for m in alone.messages
    }
    asked = {n for n, m in enumerate(result.messages) if m.conversation == own}
    assert [p.count for p in result.pairings if p.request in asked] == [p.count for p in alone.pairings]
    assert STATION[0] in {h.ip for h in result.hosts}
    here, there = result.conversations[own], alone.conversations[0]
    assert (here.server, here.server_port, here.framing) == (there.server, there.server_port, there.framing)
    assert not result.sights["missing"][own].any()
