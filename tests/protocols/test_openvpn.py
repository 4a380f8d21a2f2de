"""OpenVPN: what openvpn says in each kind of protection, by its content on any port."""

from __future__ import annotations

import random

import pytest

from scanner.facts.sessions import session_rows
from scanner.protocols.base import Malformed, Message, Session
from scanner.protocols.vpn.openvpn import PROTOCOL
from scanner.wording import plain
from tests.protocols.recordings import CAPTURES, frames, written
from tests.protocols.understanding import understand_capture

FOLDER = CAPTURES / "openvpn"


def talk(name: str = "plain.pcap") -> list[tuple[bool, bytes]]:
    """(from the client, datagram)."""
    return [(f[29] == 2, f[42 : 34 + int.from_bytes(f[38:40], "big")]) for f in frames(FOLDER / name)]


@pytest.mark.parametrize(
    ("name", "says", "encrypted"),
    [
        ("plain", "control channel without a key of its own; tunnel encrypted", True),
        ("tcp_port_8443", "control channel without a key of its own; tunnel encrypted", True),
        ("tls_auth", "control channel authenticated (tls-auth); tunnel encrypted", True),
        ("tls_crypt_port_4443", "control channel encrypted (tls-crypt); tunnel encrypted", True),
        ("without_encryption", "control channel without a key of its own; tunnel without encryption", False),
    ],
)
def test_a_recorded_tunnel(name, says, encrypted):
    result, understood = understand_capture(FOLDER / f"{name}.pcap")
    assert (understood.spoken, understood.suggested, understood.defects) == ({0: ("openvpn",)}, {}, ())
    ((_, _, session),) = session_rows(result, understood)
    assert plain(session["detail"]) == says
    assert session["encrypted"] is encrypted
    assert session["ciphers"] == ([] if encrypted else ["ENCR_NULL"])
    assert result.sights["unread"].sum() == 0


def test_a_reset_that_nobody_answers_encrypts_nothing(tmp_path):
    result, understood = understand_capture(written(tmp_path / "a.pcap", talk()[:1], 5151))
    assert understood.spoken == {0: ("openvpn",)}
    ((_, _, session),) = session_rows(result, understood)
    assert session.get("encrypted") is None


@pytest.mark.parametrize(
    ("header", "expected"),
    [(b"\x45\0\1\x8c" + bytes(8), False), (b"\x60\0\0\0\1\x64\x06\x40", False), (b"\x60\0\0\0\1\x65\x06\x40", True)],
)
def test_a_packet_of_the_tunnel_in_clear_carries_what_it_likes(header, expected):
    chance = random.Random(4)  # noqa: S311 - no key is made of it
    packet = header + chance.randbytes(396 - len(header))
    data = b"\x48\0\0\1" + b"\0\0\0\7" + packet
    message = Message(data, len(data), True, "udp", 1194, framing="openvpn-session")
    (told,) = (row for row in PROTOCOL.dissect(message) if isinstance(row, Session))
    assert told.encrypted is expected


@pytest.mark.parametrize("framed", [b"", b"\xfa"], ids=["plain", "with a byte for compression"])
def test_a_tunnel_that_carries_nothing_shows_what_keeps_it_alive(framed):
    data = b"\x48\x36\xfe\x33" + b"\0\0\0\5" + framed + bytes.fromhex("2a187bf3641eb4cb07ed2d0a981fc748")
    message = Message(data, len(data), True, "udp", 11194, framing="openvpn-session")
    (told,) = (row for row in PROTOCOL.dissect(message) if isinstance(row, Session))
    assert (told.encrypted, told.cipher) == (False, "ENCR_NULL")


def test_the_middle_of_a_tunnel_is_nothing(tmp_path):
    for port in (1194, 5151):
        _, understood = understand_capture(written(tmp_path / f"{port}.pcap", talk()[2:], port))
        assert (understood.spoken, understood.suggested) == ({}, {})


def test_other_traffic_of_the_server_is_not_swallowed(tmp_path):
    chance = random.Random(5)  # noqa: S311 - no key is made of it
    noise = [(True, bytes((chance.choice([0, 1, 7, 255]),)) + chance.randbytes(60)) for _ in range(200)]
    _, understood = understand_capture(written(tmp_path / "a.pcap", [*talk()[:4], *noise], 5151))
    assert understood.spoken == {0: ("openvpn",)}


@pytest.mark.parametrize(
    "data", [b"", b"\x38" + bytes(12), b"\x38" + bytes(8) + b"\0\0\0\0\1", b"\x40" + bytes(13), b"\x38" + bytes(41)]
)
def test_what_is_none(data):
    message = Message(data, len(data), True, "udp", 1194)
    assert not PROTOCOL.probe(message)
    with pytest.raises(Malformed):
        list(PROTOCOL.dissect(message))


def test_random_bytes_are_none(tmp_path):
    chance = random.Random(3)  # noqa: S311 - no key is made of it
    said = [(n % 2 == 0, b"\x38" + chance.randbytes(chance.choice([13, 41, 53, 200]))) for n in range(300)]
    _, understood = understand_capture(written(tmp_path / "a.pcap", said, 1194))
    assert (understood.spoken, understood.suggested) == ({}, {})
