"""A flood from forged addresses is bounded and told, and what is beside it stays as it is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scanner.capture.result import CaptureResult
from scanner.limits.capture import Limits
from tests.capture.traffic import ACK, CLIENT, SERVER, SYN, Talk, modbus, read, tcp, udp

FEW = Limits(strangers=3)
REQUEST, ANSWER = modbus(1, b"\x03\0\0\0\1"), modbus(1, b"\x03\x02\0\x07")
FORGED = [(f"172.16.{n % 7}.{n}", 1024 + 7 * n) for n in range(1, 41)]
FLOODS = {
    "SYN segments": [tcp(False, 1000, flags=SYN, client=c) for c in FORGED],
    "to many ports": [tcp(False, 1000, flags=SYN, client=c, server=(SERVER[0], 400 + c[1])) for c in FORGED],
    "answered SYN segments": [
        frame
        for c in FORGED
        for frame in (tcp(False, 1000, flags=SYN, client=c), tcp(True, 7, b"", SYN | ACK, 1001, client=c))
    ],
    "with requests": [tcp(False, 1000, REQUEST, client=c) for c in FORGED],
    "datagrams": [udp(False, bytes(20), client=c, server=(SERVER[0], 40_000)) for c in FORGED],
}


def real(at: int) -> list[bytes]:
    """What goes on beside it: an exchange, and a host that asks another in vain."""
    asked = modbus(at, b"\x03\0\0\0\1")
    talk = Talk((CLIENT[0], 5000 + at)).send(False, asked).send(True, modbus(at, b"\x03\x02\0\x07"))
    return [*talk.frames, tcp(False, 1, flags=SYN, client=("10.0.0.8", 5000 + at), server=("10.0.0.9", 80))]


def told(result: CaptureResult) -> tuple[list[object], ...]:
    """All that is of the plant, but for where it stands in the capture."""
    own = [c for c in result.conversations if c.client.startswith("10.") and c.server.startswith("10.")]
    numbers = [result.conversations.index(c) for c in own]
    messages = [
        (numbers.index(m.conversation), m.from_client, m.data, m.count)
        for m in result.messages
        if m.conversation in numbers
    ]
    asked = {n for n, m in enumerate(result.messages) if m.conversation in numbers}
    pairs = [(p.request in asked, p.response in asked, p.count) for p in result.pairings if p.request in asked]
    hosts = [(h.ip, h.packets) for h in result.hosts if h.ip.startswith("10.") and h.ip != SERVER[0]]
    timeless = [replace(c, first_time=0, last_time=0, first_frame=0, activity=None) for c in own]
    return [timeless, messages, pairs, hosts]  # type: ignore[return-value]


@pytest.mark.parametrize("flood", FLOODS.values(), ids=FLOODS)
def test_the_first_are_kept_and_what_is_beside_them(flood: list[bytes]) -> None:
    frames = [*real(1), *flood[: len(flood) // 2], *real(2), *flood[len(flood) // 2 :], *real(3)]
    result = read(frames, limits=FEW)
    assert result.info.limits == {"strangers": len(FORGED) - FEW.strangers}
    assert not result.info.complete
    ends = [f"{c.client} {c.server}" for c in result.conversations]
    kept = [a for a, _ in FORGED if any(a in end for end in ends)]
    assert kept == [a for a, _ in FORGED[:3]]
    assert [h.ip for h in result.hosts if h.ip.startswith("172.")] == kept
    assert told(result) == told(read(frames))
    assert told(result)[2]
    assert {m.conversation for m in result.messages} <= set(range(len(result.conversations)))


@pytest.mark.parametrize(
    "frames",
    [
        [f for n in range(1, 20) for f in Talk((f"10.0.1.{n}", 5000)).send(False, REQUEST).send(True, ANSWER).frames],
        [tcp(False, 1, flags=SYN, server=(f"10.0.1.{n}", 502)) for n in range(1, 20)],
        [tcp(False, 1, flags=SYN, server=(SERVER[0], n)) for n in range(1, 20)],
        [
            tcp(False, 1, flags=SYN, client=(f"10.0.1.{n}", 5000), server=server)
            for n in range(1, 20)
            for server in (SERVER, ("10.0.0.3", 80))
        ],
        FLOODS["SYN segments"][:3],
    ],
    ids=["answered with data", "one asks many", "one tries ports", "clients of two servers", "as many as are kept"],
)
def test_what_is_no_flood_stays(frames: list[bytes]) -> None:
    assert read(frames, limits=FEW).info.limits == {}
    assert len(read(frames, limits=FEW).conversations) == len(read(frames).conversations)
