"""SSH: what both ends take of what each offers, and the server's bare key."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixtures.record.wire import Wire
from scanner.capture.read import read_capture
from scanner.facts.build import capture_facts
from scanner.protocols import framing_plan, protocols
from scanner.protocols.base import Message, Session
from scanner.protocols.internet.ssh import PROTOCOL, agree

MODERN = ("curve25519-sha256", "ssh-ed25519", "aes256-ctr", "aes256-ctr", "hmac-sha2-256", "hmac-sha2-256")
OLD = ("diffie-hellman-group1-sha1", "ssh-dss", "3des-cbc", "3des-cbc", "hmac-md5", "hmac-md5")
BOTH = tuple(f"{new},{old}" for new, old in zip(MODERN, OLD, strict=True))


def text(value: bytes) -> bytes:
    return struct.pack(">I", len(value)) + value


def packet(body: bytes) -> bytes:
    padding = 8 - (5 + len(body)) % 8 + 8
    return struct.pack(">IB", 1 + len(body) + padding, padding) + body + bytes(padding)


def init(lists: Sequence[str], cookie: int = 7) -> bytes:
    names = [name.encode() for name in (*lists, "none", "none", "", "")]
    return packet(b"\x14" + bytes((cookie,)) * 16 + b"".join(map(text, names)) + bytes(5))


def split(lists: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(names.split(",")) for names in lists)


def taken(client: Sequence[str], server: Sequence[str]) -> tuple[list[str], str]:
    rows = list(agree(split(client), split(server)))
    return [row.cipher for row in rows if row.cipher], "".join(row.detail for row in rows)


def test_the_clients_order_decides() -> None:
    turned = tuple(",".join(reversed(names.split(","))) for names in BOTH)
    names = ["curve25519-sha256", "ssh-ed25519", "aes256-ctr", "hmac-sha2-256"]
    assert taken(BOTH, turned) == (names, "")
    weak = "both ends agreed on weak algorithms: diffie-hellman-group1-sha1, ssh-dss, 3des-cbc, hmac-md5"
    assert taken(turned, BOTH)[1] == weak


@pytest.mark.parametrize(
    ("place", "weak", "well"),
    [
        (0, "gss-group14-sha1-toWM5Slw5Ew8Mqkay+al2g==", "gss-group14-sha256-toWM5Slw5Ew8Mqkay+al2g=="),
        (0, "gss-gex-sha1-toWM5Slw5Ew8Mqkay+al2g==", "gss-nistp256-sha256-toWM5Slw5Ew8Mqkay+al2g=="),
        (0, "diffie-hellman-group14-sha1", "diffie-hellman-group14-sha256"),
        (1, "ssh-rsa-cert-v01@openssh.com", "rsa-sha2-256-cert-v01@openssh.com"),
        (1, "x509v3-ssh-dss", "x509v3-rsa2048-sha256"),
        (1, "ssh-rsa", "ssh-rsa-sha256@ssh.com"),
        (2, "3des-ctr", "aes128-ctr"),
        (2, "rijndael-cbc@lysator.liu.se", "aes256-ctr"),
        (4, "hmac-sha2-256-96", "hmac-sha2-256-etm@openssh.com"),
        (4, "hmac-sha1-96-etm@openssh.com", "umac-128@openssh.com"),
    ],
)
def test_weak_ones_and_their_like(place: int, weak: str, well: str) -> None:
    for name, detail in ((weak, f"both ends agreed on weak algorithms: {weak}"), (well, "")):
        lists = (*MODERN[:place], name, *MODERN[place + 1 :])
        assert taken(lists, lists)[1] == detail


def test_one_end_knows_nothing_better() -> None:
    assert "3des-cbc" in taken(OLD, BOTH)[1]
    assert taken(BOTH, MODERN)[1] == ""
    assert taken(OLD, MODERN) == ([], "")  # the connection ends


def test_ciphers_with_an_integrity_check_of_their_own_need_no_mac() -> None:
    sealed = (
        "ext-info-c,curve25519-sha256",
        "ssh-ed25519",
        "aes256-gcm@openssh.com",
        "3des-cbc",
        "hmac-md5",
        "hmac-md5",
    )
    theirs = ("curve25519-sha256,kex-strict-s-v00@openssh.com", *sealed[1:])
    names, detail = taken(sealed, theirs)
    assert names == ["curve25519-sha256", "ssh-ed25519", "aes256-gcm@openssh.com", "3des-cbc", "hmac-md5"]
    assert detail == "both ends agreed on weak algorithms: 3des-cbc, hmac-md5"
    assert "hmac-md5" not in taken((*sealed[:3], sealed[2], *sealed[4:]), (*theirs[:3], sealed[2], *theirs[4:]))[0]


def facts(path: Path, *connections: tuple[bytes | None, bytes | None, bytes], port: int = 2022) -> dict[str, object]:
    """Of connections: what the client and the server begin with, and the reply."""
    with Wire(path) as wire:
        for client, server, reply in connections:
            way = wire.tcp("10.20.0.10", "10.20.0.40", port)
            way.client(b"SSH-2.0-Made_1\r\n")
            way.server(b"SSH-2.0-Up_1\r\n")
            for said, data in (
                (way.client, client),
                (way.server, server),
                (way.client, packet(b"\x1e" + text(bytes(32)))),
            ):
                if data:
                    said(data)
            way.server(reply + packet(b"\x15"))
            way.close()
    result = read_capture(path, path.name, framing_plan())
    return capture_facts(result, protocols())["sessions"].row(0, named=True)


def reply(blob: bytes, kind: int = 31) -> bytes:
    return packet(bytes((kind,)) + text(blob) + text(bytes(32)) + text(bytes(83)))


def rsa(bits: int, kind: bytes = b"ssh-rsa", nonce: bytes = b"") -> bytes:
    modulus = (1 << (bits - 1) | 1).to_bytes(bits // 8 + 1, "big")
    return text(kind) + (text(nonce) if nonce else b"") + text(b"\1\0\1") + text(modulus)


ED25519 = text(b"ssh-ed25519") + text(bytes(32))


def test_what_is_agreed_is_told_of_the_conversation(tmp_path: Path) -> None:
    found = facts(tmp_path / "a.pcap", (init(OLD), init(BOTH), reply(rsa(1024))))
    assert found["ciphers"] == list(OLD[:3]) + ["hmac-md5"]
    assert "both ends agreed on weak algorithms" in str(found["detail"])
    assert (found["host_keys"], found["host_key_bits"]) == (["RSA 1024"], 1024)


def test_several_clients_of_one_server_each_take_their_own(tmp_path: Path) -> None:
    two = ((init(OLD), init(BOTH), reply(ED25519)), (init(MODERN), init(BOTH, 9), reply(rsa(4096))))
    found = facts(tmp_path / "a.pcap", *two)
    assert {*OLD[:3], *MODERN[:3]} <= set(found["ciphers"])  # type: ignore[call-overload]
    assert (found["host_keys"], found["host_key_bits"]) == (["Ed25519 256", "RSA 4096"], 4096)


def test_offers_that_cannot_be_told_apart_agree_on_nothing(tmp_path: Path) -> None:
    two = ((init(OLD), init(BOTH), reply(ED25519)), (init(MODERN), init(MODERN), reply(ED25519)))
    assert facts(tmp_path / "a.pcap", *two)["ciphers"] == []


@pytest.mark.parametrize(("client", "server"), [(None, init(BOTH)), (init(BOTH), None)])
def test_one_offer_alone_agrees_on_nothing(tmp_path: Path, client: bytes | None, server: bytes | None) -> None:
    assert facts(tmp_path / "a.pcap", (client, server, reply(ED25519)))["ciphers"] == []


@pytest.mark.parametrize(
    ("blob", "kind", "keys", "bits"),
    [
        (rsa(2048), 33, ["RSA 2048"], 2048),
        (rsa(1024, b"ssh-rsa-cert-v01@openssh.com", bytes(32)), 31, ["RSA 1024"], 1024),
        (text(b"ssh-dss") + text((1 << 1023).to_bytes(129, "big")) + text(b"\1"), 31, ["DSA 1024"], 1024),
        (text(b"ecdsa-sha2-nistp384") + text(b"nistp384") + text(bytes(97)), 31, ["EC 384"], None),
        (ED25519, 31, ["Ed25519 256"], None),
        (text(b"sk-made-up") + text(bytes(32)), 31, [], None),
        (rsa(2048)[:40], 31, [], None),
        (rsa(2048), 30, [], None),  # the client's
        (text(b"ssh-rsa") + struct.pack(">I", 0xFFFFFFF0) + bytes(40), 31, [], None),
    ],
)
def test_host_keys(tmp_path: Path, blob: bytes, kind: int, keys: list[str], bits: int | None) -> None:
    found = facts(tmp_path / "a.pcap", (init(BOTH), init(BOTH), reply(blob, kind)))
    assert (found["host_keys"], found["host_key_bits"]) == (keys, bits)


@given(st.binary(max_size=200), st.sampled_from([31, 33]), st.integers(0, 0xFFFF))
def test_any_reply_is_read_or_told_to_be_none(body: bytes, kind: int, size: int) -> None:
    data = struct.pack(">IBBI", len(body) + 6, 4, kind, size) + body
    message = Message(data, len(data), False, "tcp", 22, framing="ssh-session")
    assert all(isinstance(row, Session) and row.host_key for row in PROTOCOL.dissect(message))


@pytest.mark.parametrize(("greeting", "unread"), [(b"", []), (b"Authorised staff only\r\n", ["versions"])])
def test_what_the_client_says_is_not_the_servers_version(tmp_path: Path, greeting: bytes, unread: list[str]) -> None:
    with Wire(tmp_path / "a.pcap") as wire:
        way = wire.tcp("10.20.0.10", "10.20.0.40", 22)
        way.server(greeting + b"SSH-1.99-Up_1\r\n")
        way.client(b"SSH-2.0-Made_1\r\n")
        way.close()
    result = read_capture(tmp_path / "a.pcap", "a.pcap", framing_plan())
    found = capture_facts(result, protocols())["sessions"].row(0, named=True)
    assert found["unread"] == unread
    assert ("SSH 1.99" in found["versions"]) is not bool(unread)


LONG = ("curve25519-sha256," + ",".join(f"kex-{n}@example.com" for n in range(120)), *BOTH[1:])


@pytest.mark.parametrize(
    ("server", "unread"), [(init(MODERN), []), (init(BOTH), []), (init(LONG), ["detail"]), (None, ["detail"])]
)
def test_offers_of_a_server_that_were_not_read_whole(tmp_path: Path, server: bytes | None, unread: list[str]) -> None:
    found = facts(tmp_path / "a.pcap", (init(MODERN), server, reply(ED25519)))
    assert found["unread"] == unread
    assert ("weak" in str(found["detail"])) == (server == init(BOTH))
