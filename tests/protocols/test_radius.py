"""RADIUS and TACACS+: methods of log-ins, what protects them, outcomes; never a name or a secret."""

from __future__ import annotations

import struct
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixtures.record import tacacs as made
from fixtures.record.wire import Wire
from scanner.facts.build import capture_facts
from scanner.protocols import protocols
from scanner.protocols.authentication.radius import PROTOCOL as RADIUS
from scanner.protocols.authentication.tacacs import PROTOCOL as TACACS
from scanner.protocols.base import Kind, Malformed, Message, Operation, Session
from scanner.wording import plain
from tests.protocols.recordings import CAPTURES
from tests.protocols.understanding import told, understand_capture

FORGEABLE = "answers without Message-Authenticator"
AUTHENTICATED = (80, bytes(16))
WHO = (1, b"engineer")


def packet(code: int, *attributes: tuple[int, bytes]) -> Message:
    body = b"".join(bytes((kind, len(value) + 2)) + value for kind, value in attributes)
    data = struct.pack(">BBH", code, 7, 20 + len(body)) + bytes(16) + body
    return Message(data, len(data), True, "udp", 1812)


def sessions(message: Message) -> list[Session]:
    return [row for row in RADIUS.dissect(message) if isinstance(row, Session)]


def methods(folder: str, capture: str) -> tuple[set[str], set[str]]:
    rows = [row for _, _, row in told(CAPTURES / folder / f"{capture}.pcap") if isinstance(row, Session)]
    return {r.cipher for r in rows if r.cipher}, {r.credentials for r in rows if r.credentials}


def test_changes_of_authorisation_and_their_outcomes():
    result, _ = understand_capture(CAPTURES / "radius" / "changes.pcap")
    rows = capture_facts(result, protocols())["operations"].to_dicts()
    found = {r["function"]: (r["verb"], r["accepted"], r["refused"]) for r in rows if r["seen_as"] == "request"}
    assert found == {"CoA-Request": ("configure", 1, 0), "Disconnect-Request": ("configure", 1, 1)}


@pytest.mark.parametrize(
    ("folder", "capture", "used", "credentials"),
    [
        ("radius", "freeradius", {"PAP", "CHAP", "MS-CHAP"}, {"hidden-password", "digest"}),
        ("radius", "freeradius_port_11812", {"PAP", "CHAP", "MS-CHAP"}, {"hidden-password", "digest"}),
        ("radius", "eap_tls", {"EAP-TLS"}, {"challenge"}),
        ("radius", "eap_md5", {"EAP-MD5"}, {"digest"}),
        ("tacacs", "hidden", {"TACACS+ MD5"}, {"hidden-password"}),
        ("tacacs", "clear", {"ASCII", "PAP"}, {"user-password"}),
        ("tacacs", "clear_port_10049", {"ASCII", "PAP"}, {"user-password"}),
    ],
)
def test_methods_and_kinds_of_credentials(folder, capture, used, credentials):
    assert methods(folder, capture) == (used, credentials)
    result, understood = understand_capture(CAPTURES / folder / f"{capture}.pcap")
    assert set(understood.spoken.values()) == {(folder,)}
    found = capture_facts(result, protocols())
    assert {(f["recognised_by"], f["skipped_bytes"]) for f in found["flows"].to_dicts()} == {("content", 0)}
    everything = str([table.to_dicts() for table in found.tables.values()])
    assert "engineer" not in everything
    assert "real-secret" not in everything


@pytest.mark.parametrize(
    ("folder", "capture", "function", "outcome"),
    [
        ("radius", "freeradius", "Access-Request", (4, 3, 1)),
        ("radius", "freeradius", "Accounting-Request", (1, 1, 0)),
        ("tacacs", "clear", "Authentication", (4, 3, 1)),
        ("tacacs", "clear", "Authorization", (1, 1, 0)),
        ("tacacs", "hidden", "Accounting", (1, 1, 0)),
    ],
)
def test_outcomes(folder, capture, function, outcome):
    result, _ = understand_capture(CAPTURES / folder / f"{capture}.pcap")
    rows = capture_facts(result, protocols())["operations"]
    rows = rows.filter((rows["function"] == function) & (rows["seen_as"] == "request"))
    assert tuple(rows.select("count", "accepted", "refused").sum().row(0)) == outcome


def test_an_answer_that_anybody_can_forge():
    assert [plain(s.detail) for s in sessions(packet(2, (18, b"welcome")))] == [FORGEABLE]
    assert [s.detail for s in sessions(packet(2, AUTHENTICATED))] == [""]
    asked = sessions(packet(1, WHO, (3, bytes(17))))
    assert [(s.credentials, s.cipher) for s in asked if s.cipher] == [("digest", "CHAP")]
    assert plain(asked[-1].detail) == "requests without Message-Authenticator"
    assert [s.detail for s in sessions(packet(4, WHO, (40, b"\0\0\0\1")))] == [""]


@pytest.mark.parametrize(("code", "whose"), [(1, "requests"), (2, "answers")])
def test_a_packet_cut_short_may_have_had_an_authenticator(code, whose):
    whole = packet(code, WHO, (79, b"\2\1\0\6\x0d\0"), AUTHENTICATED)
    for end in range(20, whole.length):
        assert {s.detail for s in sessions(replace(whole, data=whole.data[:end]))} == {""}
    (said,) = {s.detail for s in sessions(packet(code, WHO)) if s.detail}
    assert plain(said) == f"{whose} without Message-Authenticator"


@pytest.mark.parametrize("identifier", [0, 4, 7])
def test_any_identifier_is_recognised_on_another_port(tmp_path, identifier):
    path = tmp_path / "other.pcap"
    with Wire(path) as wire:
        link = wire.udp("10.20.99.2", "10.20.20.5", 21812)
        for code, attributes in ((1, (WHO, (79, b"\2\1\0\x16\4\x10" + bytes(16)))), (2, ())):
            data = packet(code, *attributes, AUTHENTICATED).data
            (link.client if code == 1 else link.server)(
                data[:1] + bytes((identifier,)) + data[2:4] + bytes(range(16)) + data[20:]
            )
    result, understood = understand_capture(path)
    assert set(understood.spoken.values()) == {("radius",)}
    assert capture_facts(result, protocols())["sessions"]["ciphers"].to_list() == [["EAP-MD5"]]


@pytest.mark.parametrize(
    ("attributes", "method"),
    [
        ([(26, struct.pack(">IBB", 311, 25, 52) + bytes(50))], "MS-CHAPv2"),
        ([(26, struct.pack(">IBB", 9, 1, 6) + b"cisc")], ""),
        ([(79, b"\2\1\0\6\x0d\0")], "EAP-TLS"),
        ([(79, b"\2\1\0\x08\1eng")], ""),  # who it is, before any method
        ([(79, b"\2\1\0\6\3\x0d")], ""),  # another method is wanted
        ([(79, b"\2\1\0\6\xf0\0")], "EAP method 240"),
    ],
)
def test_methods_of_requests(attributes, method):
    found = [s.cipher for s in sessions(packet(1, WHO, *attributes, AUTHENTICATED)) if s.cipher]
    assert found == ([method] if method else [])


def test_a_door_opened_for_an_address():
    (asked,) = [r for r in RADIUS.dissect(packet(1, WHO, (6, b"\0\0\0\x0a"))) if isinstance(r, Operation)]
    assert (asked.kind, asked.object) == (Kind.REQUEST, "Call Check")


@pytest.mark.parametrize("end", [-1, 21, 19])
def test_no_radius(end):
    data = packet(1, WHO).data[:end]
    assert not RADIUS.probe(Message(data, len(data), True, "udp", 1812))


def test_what_proves_radius():
    assert RADIUS.proof is not None
    assert RADIUS.proof(packet(1, WHO, (2, bytes(16))))
    assert not RADIUS.proof(packet(1, (200, b"x")))
    assert not RADIUS.proof(packet(5))


@given(st.binary(max_size=80), st.integers(0, 255))
def test_any_attributes_and_bodies_are_read(data, code):
    whole = struct.pack(">BBH", code, 7, 20 + len(data)) + bytes(16) + data
    tacacs = made.packet(code % 4, 1 + code % 3, 7, data, clear=True)
    for protocol, bytes_, transport in ((RADIUS, whole, "udp"), (TACACS, tacacs, "tcp")):
        message = Message(bytes_, len(bytes_), True, transport, 49)
        if protocol.probe(message):
            list(protocol.dissect(message))
        else:
            with pytest.raises(Malformed):
                list(protocol.dissect(message))


@pytest.mark.parametrize(("at", "value"), [(0, 0xB0), (1, 4), (2, 0), (3, 2), (11, 200), (17, 99)])
def test_no_tacacs(at, value):
    data = bytearray(made.packet(1, 1, 7, made.start(2, made.SECRET), clear=True))
    assert TACACS.probe(Message(bytes(data), len(data), True, "tcp", 49))
    data[at] = value
    assert not TACACS.probe(Message(bytes(data), len(data), True, "tcp", 49))
