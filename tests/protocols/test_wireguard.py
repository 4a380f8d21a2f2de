"""WireGuard: what wireguard-go says, by its content on any port."""

from __future__ import annotations

import random

import pytest

from scanner.facts.sessions import session_rows
from scanner.protocols.base import Malformed, Message
from scanner.protocols.vpn.wireguard import PROTOCOL
from tests.protocols.recordings import CAPTURES, frames, written
from tests.protocols.understanding import understand_capture

FOLDER = CAPTURES / "wireguard"


def talk(name: str = "port_4999.pcap") -> list[tuple[bool, bytes]]:
    return [(f[29] == 2, f[42 : 34 + int.from_bytes(f[38:40], "big")]) for f in frames(FOLDER / name)]


def sent(data: bytes, length: int | None = None) -> Message:
    return Message(data, len(data) if length is None else length, True, "udp", 4999)


@pytest.mark.parametrize("name", ["port_51820.pcap", "port_4999.pcap"])
def test_a_recorded_tunnel(name):
    result, understood = understand_capture(FOLDER / name)
    assert (understood.spoken, understood.suggested) == ({0: ("wireguard",)}, {})
    ((_, _, session),) = session_rows(result, understood)
    assert (session["versions"], session["ciphers"], session["encrypted"]) == (
        ["WireGuard 1"],
        ["ENCR_CHACHA20_POLY1305"],
        True,
    )
    assert result.sights["unread"].sum() == 0


def test_an_initiation_that_nobody_answers_encrypts_nothing(tmp_path):
    result, understood = understand_capture(written(tmp_path / "a.pcap", talk()[:1] * 3, 5151))
    assert understood.spoken == {0: ("wireguard",)}
    ((_, _, session),) = session_rows(result, understood)
    assert (session["versions"], session.get("encrypted")) == ([], None)


def test_data_alone_is_a_guess_on_its_port_and_nothing_elsewhere(tmp_path):
    for port, suggested in ((51820, {0: ("wireguard",)}), (5151, {})):
        _, understood = understand_capture(written(tmp_path / f"{port}.pcap", talk()[2:], port))
        assert (understood.spoken, understood.suggested) == ({}, suggested)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\1\0\0\0" + bytes(143),
        b"\1\0\0\1" + bytes(144),
        b"\4\0\0\0" + bytes(27),
        b"\5\0\0\0" + bytes(60),
        bytes(148),
    ],
)
def test_what_is_none(data):
    assert not PROTOCOL.probe(sent(data))
    with pytest.raises(Malformed):
        list(PROTOCOL.dissect(sent(data)))


def test_random_bytes_are_none(tmp_path):
    chance = random.Random(3)  # noqa: S311 - no key is made of it
    for port in (51820, 5151):
        said = [(n % 2 == 0, chance.randbytes(chance.choice([148, 92, 64, 200]))) for n in range(200)]
        _, understood = understand_capture(written(tmp_path / f"{port}.pcap", said, port))
        assert (understood.spoken, understood.suggested) == ({}, {})
