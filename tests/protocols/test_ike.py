"""IKE and ESP: what strongSwan and scapy say and carry, by its content on any port; what proves nothing."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from fixtures.record.wire import Wire
from scanner.facts.sessions import session_rows
from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Related, Row, Session
from scanner.protocols.vpn import _esp as esp
from scanner.protocols.vpn.esp import PROTOCOL as ESP
from scanner.protocols.vpn.ike import PROTOCOL as IKE
from scanner.wording import plain
from tests.protocols.recordings import CAPTURES, ENDS, frames, written
from tests.protocols.understanding import understand_capture

FOLDER = CAPTURES / "ike"


def sessions(path: Path) -> dict[int, dict[str, object]]:
    """Port of the server -> what is known of the session; 0 for ESP."""
    result, understood = understand_capture(path)
    assert not understood.defects
    return {result.conversations[at].server_port: columns for at, _, columns in session_rows(result, understood)}


def payloads(path: Path) -> list[tuple[bool, bytes]]:
    """(from the initiator, payload) of every UDP datagram."""
    whole = [frame for frame in frames(path) if frame[23] == 17]
    return [(frame[29] == 2, frame[42 : 34 + int.from_bytes(frame[38:40], "big")]) for frame in whole]


def sent(data: bytes, *, from_client: bool = True, length: int | None = None, framing: str = "") -> Message:
    return Message(data, len(data) if length is None else length, from_client, "udp", 500, framing=framing)


def rows(data: bytes, **more: bool) -> list[Row]:
    message = sent(data, **more)
    assert IKE.probe(message)
    return list(IKE.dissect(message))


@pytest.mark.parametrize(
    ("name", "version", "chosen", "says"),
    [
        ("v2", "IKEv2", ["ENCR_AES_CBC_256", "AUTH_HMAC_SHA2_256_128", "PRF_HMAC_SHA2_256", "group 19 (ECP 256)"], ""),
        ("v2_weak", "IKEv2", ["ENCR_3DES", "AUTH_HMAC_SHA1_96", "PRF_HMAC_SHA1", "group 2 (MODP 1024)"], ""),
        (
            "v1_main",
            "IKEv1",
            ["ENCR_AES_CBC_128", "HASH_SHA2_256", "group 14 (MODP 2048)"],
            "authentication by pre-shared key; lifetime 15840 s",
        ),
        (
            "v1_aggressive",
            "IKEv1",
            ["ENCR_3DES", "HASH_MD5", "group 2 (MODP 1024)"],
            "aggressive mode with a pre-shared key; authentication by pre-shared key; lifetime 15840 s",
        ),
    ],
)
def test_what_was_chosen(name, version, chosen, says):
    found = sessions(FOLDER / f"{name}.pcap")[500]
    assert found["versions"] == [version]
    assert found["ciphers"] == chosen
    assert found["encrypted"] is True
    assert says in plain(str(found.get("detail", "")))


def test_a_refusal_chooses_nothing():
    path = FOLDER / "v2_refused.pcap"
    found = sessions(path)[500]
    assert (found["ciphers"], found.get("encrypted")) == ([], None)
    assert "ENCR_AES_CBC_256" in found["ciphers_offered"]
    refused = [row for side, data in payloads(path)[1:2] for row in rows(data, from_client=side)]
    assert refused[0].kind is Kind.REFUSAL
    assert refused[0].refusal == "NO_PROPOSAL_CHOSEN"


@pytest.mark.parametrize(
    ("name", "encrypted", "ciphers"),
    [("v2_nat", True, []), ("v2_nat_null", False, ["ENCR_NULL"]), ("v1_main", True, []), ("v1_aggressive", True, [])],
)
def test_esp_beside_ike_is_no_better_than_its_packets(name, encrypted, ciphers):
    found = sessions(FOLDER / f"{name}.pcap")[4500]
    assert (found["encrypted"], found["ciphers"]) == (encrypted, ciphers)


@pytest.mark.parametrize(
    ("name", "encrypted", "ciphers"),
    [
        ("aes_cbc", True, []),
        ("aes_gcm", True, []),
        ("null", False, ["ENCR_NULL"]),
        ("null_unchecked", False, ["ENCR_NULL"]),
    ],
)
def test_esp_over_ip(name, encrypted, ciphers):
    path = CAPTURES / "esp" / f"{name}.pcap"
    found = sessions(path)[0]
    assert (found["encrypted"], found["ciphers"]) == (encrypted, ciphers)
    result, understood = understand_capture(path)
    assert set(understood.spoken.values()) == {("esp",), ("modbus",)} if ciphers else {("esp",)}
    sealed = next(at for at, names in understood.spoken.items() if names == ("esp",))
    assert result.sights["unread"][sealed].sum() == 0


def test_an_exchange_for_a_tunnel_names_the_packets_that_it_is_for():
    marked = [one for one in payloads(FOLDER / "v2.pcap") if one[1][:4] == bytes(4)]
    found = [row for side, data in marked for row in rows(data, from_client=side)]
    assert Related("ip-50", 0, None, ("esp", ""), within=3600, proves_itself=True) in found


def test_who_made_it_is_told_by_vendor_ids():
    data = payloads(FOLDER / "v1_main.pcap")[0][1]
    body = bytes.fromhex("12f5f28c457168a9702d9fe274cc0100")
    at, kind = 28, data[16]
    while data[at]:
        at += int.from_bytes(data[at + 2 : at + 4], "big")
    data = data[:at] + b"\x0d" + data[at + 1 :] + b"\0\0" + (4 + len(body)).to_bytes(2, "big") + body
    data = data[:24] + len(data).to_bytes(4, "big") + data[28:]
    assert kind == 1
    assert [row for row in rows(data) if isinstance(row, Identity)] == [Identity("vendor", "Cisco")]


@pytest.mark.parametrize("name", ["v2_nat", "v1_main", "v1_aggressive", "v2_nat_null"])
def test_on_any_port(name, tmp_path):
    talk = payloads(FOLDER / f"{name}.pcap")
    plain_ones = [one for one in talk if one[1][17] in (0x10, 0x20) and any(one[1][:4]) and len(one[1]) > 180]
    plain_ones = plain_ones[: 2 if name != "v1_main" else 4]
    for port, part in ((10500, plain_ones), (14500, talk[len(plain_ones) :])):
        _, understood = understand_capture(written(tmp_path / f"{port}.pcap", part, port))
        assert understood.spoken == {0: ("ike",)}
    found = sessions(tmp_path / "14500.pcap")[14500]
    assert found["encrypted"] is (name != "v2_nat_null")


def test_esp_alone_on_its_port_is_a_guess(tmp_path):
    talk = [one for one in payloads(FOLDER / "v2_nat.pcap") if any(one[1][:4]) and one[1][17] not in (16, 32)]
    _, understood = understand_capture(written(tmp_path / "a.pcap", talk, 4500))
    assert (understood.spoken, understood.suggested) == ({}, {0: ("ike",)})


def test_one_direction_alone(tmp_path):
    talk = payloads(FOLDER / "v2_weak.pcap")
    asked = sessions(written(tmp_path / "a.pcap", [one for one in talk[:2] if one[0]], 500))[500]
    assert (asked["ciphers"], asked.get("encrypted")) == ([], None)
    answered = sessions(written(tmp_path / "b.pcap", [one for one in talk[:2] if not one[0]], 500))[500]
    assert answered["ciphers"][0] == "ENCR_3DES"


def test_cut_short_nothing_is_said_of_what_is_missing():
    data = payloads(FOLDER / "v2_weak.pcap")[1][1]
    for size in range(28, len(data), 7):
        message = sent(data[:size], length=len(data), from_client=False)
        assert IKE.probe(message)
        chosen = [row.cipher for row in IKE.dissect(message) if isinstance(row, Session) and row.cipher]
        assert chosen in ([], ["ENCR_3DES", "AUTH_HMAC_SHA1_96", "PRF_HMAC_SHA1", "group 2 (MODP 1024)"])


@pytest.mark.parametrize("size", [12, 40, 64, 200, 1400])
def test_random_packets_are_never_clear_and_clear_ones_never_encrypted(size):
    chance = random.Random(size)  # noqa: S311 - no key is made of it
    seen = [esp.content(bytes.fromhex("00001001 00000001") + chance.randbytes(size), size + 8) for _ in range(400)]
    assert esp.Content.CLEAR not in seen
    if size >= 64:
        assert seen.count(esp.Content.ENCRYPTED) > 380
    readings = b'{"temperature": 21.5, "unit": "C"}' * 40
    for text in (b"measured value " * 100, bytes(1400), readings):
        body = text[:size]
        assert esp.content(bytes.fromhex("00001001 00000001") + body, len(body) + 8) is not esp.Content.ENCRYPTED


def test_a_packet_that_was_cut_proves_nothing():
    for name in ("aes_cbc", "null"):
        packet = next(frames(CAPTURES / "esp" / f"{name}.pcap"))[34:]
        assert esp.content(packet[:60], len(packet)) is esp.Content.UNKNOWN
    message = Message(packet[:60], len(packet), True, "ip-50", 0)
    told = [row for row in ESP.dissect(message) if isinstance(row, Session)]
    assert [(row.encrypted, row.cipher) for row in told] == [(None, "")]


def test_random_bytes_are_none(tmp_path):
    chance = random.Random(4)  # noqa: S311
    for port in (500, 4500, 4999):
        talk = [(n % 2 == 0, chance.randbytes(chance.randrange(28, 600))) for n in range(200)]
        _, understood = understand_capture(written(tmp_path / f"{port}.pcap", talk, port))
        assert understood.spoken == {}
    with Wire(tmp_path / "esp.pcap") as wire:
        for _ in range(50):
            wire.ip(*ENDS, 50, b"\0\0\0" + chance.randbytes(chance.randrange(28, 600)))
    _, understood = understand_capture(tmp_path / "esp.pcap")
    assert understood.spoken == {}


@pytest.mark.parametrize(
    ("at", "value"),
    [(17, 0x30), (17, 0x21), (18, 99), (27, 1), (30, 0xFF), (31, 3)],
    ids=["version", "minor version", "exchange", "length", "payload too long", "payload too short"],
)
def test_what_contradicts_itself_is_malformed(at, value):
    data = bytearray(payloads(FOLDER / "v2.pcap")[0][1])
    data[at] = value
    with pytest.raises(Malformed):
        list(IKE.dissect(sent(bytes(data))))


def test_operations_have_their_exchange():
    first = payloads(FOLDER / "v1_main.pcap")[:4]
    found = [row for side, data in first for row in rows(data, from_client=side) if isinstance(row, Operation)]
    assert [(row.function, row.code) for row in found] == [("Main Mode", "2")] * 4
