"""QUIC: vectors of the specifications, recorded handshakes of aioquic, and what attackers and losses make of them."""

from __future__ import annotations

import random
import struct
from collections.abc import Iterable
from pathlib import Path

import pytest

from fixtures.record.wire import Wire
from scanner.facts.sessions import session_rows
from scanner.protocols.base import Kind, Malformed, Message, Operation, Row, Session
from scanner.protocols.tls import _quic_packets as quic
from scanner.protocols.tls import _quic_reader
from scanner.protocols.tls.quic import PROTOCOL
from scanner.wording import plain
from tests.protocols.recordings import CAPTURES, frames, written
from tests.protocols.understanding import told, understand_capture

FOLDER = CAPTURES / "quic"
TARGET = bytes.fromhex("8394c8f03e515708")
ANSWERS = {
    quic.VERSION_1: (
        "cf000000010008f067a5502a4262b5004075c0d95a482cd0991cd25b0aac406a5816b6394100f37a1c69797554780bb38cc5"
        "a99f5ede4cf73c3ec2493a1839b3dbcba3f6ea46c5b7684df3548e7ddeb9c3bf9c73cc3f3bded74b562bfb19fb84022f8ef4"
        "cdd93795d77d06edbb7aaf2f58891850abbdca3d20398c276456cbc42158407dd074ee"
    ),
    quic.VERSION_2: (
        "dc6b3343cf0008f067a5502a4262b5004075d92faaf16f05d8a4398c47089698baeea26b91eb761d9b89237bbf8726301791"
        "5358230035f7fd3945d88965cf17f9af6e16886c61bfc703106fbaf3cb4cfa52382dd16a393e42757507698075b2c984c707"
        "f0a0812d8cd5a6881eaf21ceda98f4bd23f6fe1a3e2c43edd9ce7ca84bed8521e2e140"
    ),
}


def datagrams(name: str) -> list[tuple[bool, bytes]]:
    """(from the client, payload) of a recording."""
    found = []
    for frame in frames(FOLDER / name):
        (source, size) = struct.unpack_from(">H", frame, 34)[0], struct.unpack_from(">H", frame, 38)[0]
        found.append((source >= 49152, frame[42 : 34 + size]))
    return found


def sent(data: bytes, *, from_client: bool = True, length: int | None = None, connection: int = 1) -> Message:
    whole = len(data) if length is None else length
    return Message(data, whole, from_client, "udp", 443, connection=connection)


def functions(rows: Iterable[Row]) -> list[str]:
    return [row.function for row in rows if isinstance(row, Operation)]


def session(path: Path) -> dict[str, object]:
    """The one session of a capture."""
    result, understood = understand_capture(path)
    assert not understood.defects
    ((_, protocol, columns),) = session_rows(result, understood)
    assert protocol == "quic"
    return columns


def test_keys_are_those_of_the_specifications():
    for version, number, *expected in (
        (
            quic.VERSION_1,
            0,
            "1f369613dd76d5467730efcbe3b1a22d",
            "fa044b2f42a3fd3b46fb255c",
            "9f50449e04a0e810283a1e9933adedd2",
        ),
        (
            quic.VERSION_1,
            1,
            "cf3a5331653c364c88f0f379b6067e37",
            "0ac1493ca1905853b0bba03e",
            "c206b8d9b9f0f37644430b490eeaa314",
        ),
        (
            quic.VERSION_2,
            0,
            "8b1a0bc121284290a29e0971b5cd045d",
            "91f73e2351d8fa91660e909f",
            "45b95e15235d6f45a6b19cbcb0294ba9",
        ),
        (
            quic.VERSION_2,
            1,
            "82db637861d55e1d011f19ea71d5d2a7",
            "dd13c276499c0249d3310652",
            "edf6d05c83121201b436e16877593c3a",
        ),
    ):
        keys = quic.initial_keys(version, TARGET)[number]
        assert [keys.key.hex(), keys.iv.hex(), keys.mask_key.hex()] == expected
        assert keys.client is (number == 0)


@pytest.mark.parametrize("version", ANSWERS)
def test_the_servers_packet_of_the_specification_is_opened(version):
    data = bytes.fromhex(ANSWERS[version])
    (packet,) = quic.packets(data, len(data))
    assert (packet.kind, packet.version, packet.source.hex()) == (quic.Kind.INITIAL, version, "f067a5502a4262b5")
    client, server = quic.initial_keys(version, TARGET)
    assert quic.opened(packet, data, client) is None
    payload = quic.opened(packet, data, server)
    assert payload is not None
    ((offset, part),) = quic.frames(payload).handshake
    assert (offset, part[0]) == (0, 2)


@pytest.mark.parametrize(
    ("name", "version", "asked", "agreed"),
    [
        ("v1.pcap", "QUIC 1", "hist.example", "h3"),
        ("v2_port_18443.pcap", "QUIC 2", "hist.example", "h3"),
        ("dns_port_853.pcap", "QUIC 1", "hist.example", "doq"),
        ("early_data.pcap", "QUIC 1", "hist.example", "h3"),
        ("retry.pcap", "QUIC 1", "retry.example", "h3"),
        ("hello_in_pieces.pcap", "QUIC 1", "api.openai.com", "h3"),
    ],
)
def test_recorded_handshakes_say_what_was_asked_for_and_chosen(name, version, asked, agreed):
    found = session(FOLDER / name)
    assert found["versions"] == ["TLS 1.3", version]
    assert found["versions_offered"] == ["TLS 1.3", version]
    assert found["server_names"] == [asked]
    assert found["ciphers"] == ["TLS_AES_256_GCM_SHA384"]
    assert found["encrypted"] is True
    assert f"ALPN offered {agreed}" in plain(found["detail"])
    result, understood = understand_capture(FOLDER / name)
    assert set(understood.spoken.values()) == {("quic",)}
    assert result.sights["unread"].sum() == 0


def test_retry_and_negotiation_are_told():
    rows = [row for _, _, row in told(FOLDER / "retry.pcap") if isinstance(row, Operation)]
    first = next(row for _, _, row in told(FOLDER / "negotiation.pcap") if isinstance(row, Operation))
    assert [(row.function, row.kind) for row in rows] == [
        ("ClientHello", Kind.REQUEST),
        ("Retry", Kind.RESPONSE),
        ("ClientHello", Kind.REQUEST),
        ("ServerHello", Kind.RESPONSE),
        ("Initial", Kind.NOTICE),
    ]
    assert (first.function, first.kind, first.object) == ("Version Negotiation", Kind.REFUSAL, "QUIC 1, QUIC 2")


@pytest.mark.parametrize("order", [(0, 1, 2), (1, 2, 0), (2, 0, 1), (0, 0, 2, 1, 1)])
def test_a_hello_is_read_whatever_the_order_of_its_parts(order, tmp_path):
    talk = datagrams("hello_in_pieces.pcap")
    first = [data for side, data in talk if side][:3]
    path = written(tmp_path / "a.pcap", [*((True, first[at]) for at in order), *talk[3:]], 12443)
    found = session(path)
    assert found["server_names"] == ["api.openai.com"]


def test_a_hello_of_which_a_part_is_lost_names_nobody(tmp_path):
    talk = datagrams("hello_in_pieces.pcap")
    found = session(written(tmp_path / "a.pcap", talk[1:], 443))
    assert found["server_names"] == []
    alone = session(written(tmp_path / "b.pcap", [talk[0]], 443))
    assert (alone["server_names"], alone.get("encrypted")) == ([], None)
    assert plain(alone["detail"]) == "handshake not captured"


def test_one_direction_alone(tmp_path):
    talk = datagrams("v1.pcap")
    asked = session(written(tmp_path / "a.pcap", [t for t in talk if t[0]], 443))
    assert (asked["server_names"], asked["ciphers"], asked.get("encrypted")) == (["hist.example"], [], None)
    answered = session(written(tmp_path / "b.pcap", [t for t in talk if not t[0]], 443))
    assert (answered["server_names"], answered["versions"]) == ([], [])  # keys come from what the client sent


def test_the_middle_of_a_connection_is_nothing(tmp_path):
    talk = datagrams("v1.pcap")
    _, understood = understand_capture(written(tmp_path / "a.pcap", talk[3:], 443))
    assert understood.spoken == understood.suggested == {}


def test_cut_short_nothing_is_read():
    data = datagrams("v1.pcap")[0][1]
    read = PROTOCOL.reader()
    for size in (60, 400, 500):
        cut = sent(data[:size], length=len(data))
        assert PROTOCOL.probe(cut)
        assert functions(read(cut)) == ["Initial"]


def test_a_damaged_packet_is_not_opened():
    data = bytearray(datagrams("v1.pcap")[0][1])
    data[300] ^= 1
    assert functions(PROTOCOL.dissect(sent(bytes(data)))) == ["Initial"]


def test_connections_that_share_their_ports_are_kept_apart():
    read = PROTOCOL.reader()
    rows = []
    for one, two in zip(datagrams("v1.pcap")[:2], datagrams("retry.pcap")[2:4], strict=True):
        for side, data in (one, two):
            rows += read(sent(data, from_client=side))
    asked = [row.server_name for row in rows if isinstance(row, Session) and row.server_name]
    assert asked == ["hist.example", "retry.example"]
    assert len([row for row in rows if isinstance(row, Session) and row.cipher]) == 2


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (bytes.fromhex("c3ff00001d08") + bytes(range(8)) + b"\0\0" + bytes(1200), "QUIC draft-29"),
        (bytes.fromhex("c3") + b"Q046" + b"\x50" + bytes(1200), "gQUIC Q046"),
        (bytes.fromhex("c3") + b"T051" + b"\x08" + bytes(1200), "gQUIC T051"),
        (bytes.fromhex("0d") + bytes(range(8)) + b"Q043" + bytes(1200), "gQUIC Q043"),
        (bytes.fromhex("c3faceb00108") + bytes(1200), "QUIC mvfst-01"),
    ],
)
def test_other_versions_are_named_and_not_read(data, name, tmp_path):
    found = session(written(tmp_path / "a.pcap", [(True, data)] * 2, 8801))
    assert (found["versions"], found["versions_offered"]) == ([], [name])
    assert found["unread"] == ["server_names"]
    assert found["server_names"] == []


def test_random_bytes_are_none(tmp_path):
    chance = random.Random(9)  # noqa: S311 - no key is made of it
    talk = [(n % 2 == 0, chance.randbytes(chance.randrange(21, 1300))) for n in range(300)]
    _, understood = understand_capture(written(tmp_path / "a.pcap", talk, 443))
    assert "quic" not in {
        name for names in (*understood.spoken.values(), *understood.suggested.values()) for name in names
    }


def test_other_traffic_beside_it_keeps_its_name(tmp_path):
    dtls = [frame[42:] for frame in frames(CAPTURES / "dtls" / "built.pcap")]
    with Wire(tmp_path / "a.pcap") as wire:
        way = wire.udp("10.20.0.10", "10.20.0.20", 443)
        for side, data in datagrams("v1.pcap"):
            (way.client if side else way.server)(data)
        way = wire.udp("10.20.0.10", "10.20.0.20", 443)
        for data in dtls:
            way.client(data)
    _, understood = understand_capture(tmp_path / "a.pcap")
    assert set(understood.spoken[0]) == {"quic", "dtls"}


def test_state_is_bounded():
    data = datagrams("v1.pcap")[0][1]
    read = _quic_reader.Reader()
    for number in range(_quic_reader.MOST_CONNECTIONS + 5):
        list(
            read.read(
                sent(data, connection=number) if number % 64 == 0 else sent(data[:40] + bytes(1160), connection=number)
            )
        )
    assert len(read._connections) == _quic_reader.MOST_CONNECTIONS
    stream = _quic_reader._Stream()
    for at in range(1, 3 * _quic_reader.MOST_PARTS):
        stream.add(8 * at, b"x")
    assert len(stream.parts) == _quic_reader.MOST_PARTS
    stream.add(_quic_reader.MOST_HANDSHAKE, b"x")
    assert not stream.data


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xc0\0\0\0\1",
        b"\xc0\0\0\0\1\x15" + bytes(40),
        b"\xc0\0\0\0\1\0\0\x7f\xff" + bytes(40),
        b"\xc0\0\0\0\1\0\0\0\x05" + bytes(40),
        b"\xf0\0\0\0\1\0\0" + bytes(15),
        b"\xc0\x0a\x1a\x2a\x3a\0\0" + bytes(40),
    ],
)
def test_what_contradicts_itself_is_none(data):
    assert not PROTOCOL.probe(sent(data))
    with pytest.raises(Malformed):
        list(PROTOCOL.dissect(sent(data)))
