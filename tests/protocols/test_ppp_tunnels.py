"""L2TP and PPTP: tunnels that encrypt nothing, how their links log in, and what goes through them; on any port."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from fixtures.record import ppp_tunnels as made
from fixtures.record.wire import Wire
from scanner.facts.sessions import session_rows
from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation
from scanner.protocols.vpn.l2tp import PROTOCOL as L2TP
from scanner.protocols.vpn.pptp import PROTOCOL as PPTP
from scanner.wording import plain
from tests.protocols.recordings import CAPTURES
from tests.protocols.understanding import told, understand_capture


def session(path: Path, protocol: str) -> dict[str, object]:
    result, understood = understand_capture(path)
    assert not understood.defects
    (found,) = [columns for _, name, columns in session_rows(result, understood) if name == protocol]
    return found


@pytest.mark.parametrize(
    ("name", "credentials", "says"),
    [("pap", ["password"], "PAP"), ("chap", ["digest"], "CHAP"), ("ms_chap_port_11701", ["digest"], "MS-CHAPv2")],
)
def test_how_a_link_logs_in(name, credentials, says):
    path = CAPTURES / "l2tp" / f"{name}.pcap"
    found = session(path, "l2tp")
    assert (found["credentials"], found["encrypted"], found["versions"]) == (credentials, False, ["L2TPv2"])
    assert f"PPP log-in by {says}" in plain(str(found["detail"]))
    assert not [row for _, _, row in told(path) if made.PASSWORD.decode() in repr(row)]
    result, _ = understand_capture(path)
    assert result.sights["unread"].sum() == 0


def test_what_goes_through_is_read_as_what_it_is():
    result, understood = understand_capture(CAPTURES / "l2tp" / "pap.pcap")
    spoken = {names for at, names in understood.spoken.items() if result.conversations[at].tunnel == "l2tp"}
    assert spoken == {("modbus",)}


def test_who_the_ends_are_and_what_they_say():
    rows = [row for _, message, row in told(CAPTURES / "l2tp" / "chap.pcap") if message.protocol == "l2tp"]
    names = [(row.field, row.value) for row in rows if isinstance(row, Identity)]
    assert names == [("hostname", "lac.example"), ("software", "example 1"), ("hostname", "lns.example")]
    functions = [row.function for row in rows if isinstance(row, Operation)]
    assert functions == ["SCCRQ", "SCCRP", "SCCCN", "ICRQ", "ICRP", "ICCN", "CHAP Response", "CHAP accepted", "CDN"]


def test_a_log_in_without_its_tunnel_is_a_guess_on_its_port(tmp_path):
    for port, suggested in ((1701, {0: ("l2tp",)}), (5151, {})):
        with Wire(tmp_path / f"{port}.pcap") as wire:
            made.log_in(wire.udp(made.CLIENT, made.SERVER, port), "pap")
        _, understood = understand_capture(tmp_path / f"{port}.pcap")
        assert (understood.spoken, understood.suggested) == ({}, suggested)


@pytest.mark.parametrize("port", [1723, 11723])
def test_a_control_connection(port):
    path = CAPTURES / "pptp" / f"port_{port}.pcap"
    found = session(path, "pptp")
    assert (found["versions"], found["encrypted"]) == (["PPTP 1"], False)
    rows = [row for _, message, row in told(path) if message.protocol == "pptp"]
    assert [row.value for row in rows if isinstance(row, Identity)] == ["pac", "example", "pns", "example"]
    refused = [(r.function, r.refusal) for r in rows if isinstance(r, Operation) and r.kind is Kind.REFUSAL]
    assert refused == [("Outgoing-Call-Reply", "result 4")]


@pytest.mark.parametrize(
    ("protocol", "transport", "data"),
    [
        (L2TP, "udp", b""),
        (L2TP, "udp", b"\xc8\2\0\x15" + bytes(17)),
        (L2TP, "udp", made.control(5, 0, 0, 0, 0)),
        (L2TP, "udp", b"\x40\3" + bytes(30)),
        (PPTP, "tcp", made.message(1, 150, b"")),
        (PPTP, "tcp", b"\0\x10\0\1\x1a\x2b\x3c\x4e\0\5" + bytes(6)),
    ],
)
def test_what_is_none(protocol, transport, data):
    message = Message(data, len(data), True, transport, 1701)
    assert not protocol.probe(message)
    with pytest.raises(Malformed):
        list(protocol.dissect(message))


def test_an_attribute_shorter_than_its_header_is_malformed():
    data = bytearray(made.control(1, 0, 0, 0, 0, made.attribute(7, b"x")))
    data[21] = 3
    with pytest.raises(Malformed):
        list(L2TP.dissect(Message(bytes(data), len(data), True, "udp", 1701)))


def test_random_bytes_are_none(tmp_path):
    chance = random.Random(8)  # noqa: S311 - no key is made of it
    for port in (1701, 5151):
        with Wire(tmp_path / f"{port}.pcap") as wire:
            way = wire.udp(made.CLIENT, made.SERVER, port)
            for _ in range(200):
                way.client(b"\xc8\2" + chance.randbytes(60))
        _, understood = understand_capture(tmp_path / f"{port}.pcap")
        assert (understood.spoken, understood.suggested) == ({}, {})
