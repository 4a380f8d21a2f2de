"""IPMI over LAN: algorithms of sessions, straight passwords, cipher suite 0, outcomes; never a secret."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from scanner.facts.build import capture_facts
from scanner.protocols import protocols
from scanner.protocols.authentication.ipmi import PROTOCOL as IPMI
from scanner.protocols.base import Malformed, Message, Operation, Session
from tests.protocols.recordings import CAPTURES
from tests.protocols.understanding import told, understand_capture

WEAK = {"RAKP-none", "integrity-none", "confidentiality-none", "IPMI MD5", "IPMI password"}
STRONG = {"RAKP-HMAC-SHA1", "HMAC-SHA1-96", "AES-CBC-128"}


@pytest.mark.parametrize(
    ("capture", "used", "credentials", "versions"),
    [
        ("weak", WEAK, {"none", "digest", "user-password"}, {"IPMI 1.5", "IPMI 2.0"}),
        ("weak_port_10623", WEAK, {"none", "digest", "user-password"}, {"IPMI 1.5", "IPMI 2.0"}),
        ("lanplus", STRONG, {"digest"}, {"IPMI 2.0"}),
    ],
)
def test_how_sessions_are_protected(capture, used, credentials, versions):
    rows = [row for _, _, row in told(CAPTURES / "ipmi" / f"{capture}.pcap") if isinstance(row, Session)]
    assert {r.cipher for r in rows if r.cipher} == used
    assert {r.credentials for r in rows if r.credentials} == credentials
    assert {r.version for r in rows if r.version} == versions
    result, understood = understand_capture(CAPTURES / "ipmi" / f"{capture}.pcap")
    assert set(understood.spoken.values()) == {("ipmi",)}
    found = capture_facts(result, protocols())
    assert {(f["recognised_by"], f["skipped_bytes"]) for f in found["flows"].to_dicts()} == {("content", 0)}
    everything = str([table.to_dicts() for table in found.tables.values()])
    assert "real-secret" not in everything
    assert "admin" not in everything


def test_outcomes():
    result, _ = understand_capture(CAPTURES / "ipmi" / "weak.pcap")
    rows = capture_facts(result, protocols())["operations"].to_dicts()
    found = {
        r["function"]: (r["verb"], r["count"], r["accepted"], r["refused"]) for r in rows if r["seen_as"] == "request"
    }
    assert found["Open Session"] == ("authenticate", 1, 1, 0)
    assert found["Activate Session"] == ("authenticate", 2, 2, 0)
    assert found["Get Device ID"] == ("identify", 6, 6, 0)
    assert found["network function 0x2C, command 0x3E"][2:] == (0, 3)


def test_the_power_of_a_machine_is_told():
    result, _ = understand_capture(CAPTURES / "ipmi" / "built.pcap")
    rows = [r for r in capture_facts(result, protocols())["operations"].to_dicts() if r["seen_as"] == "request"]
    power = {r["object"]: (r["count"], r["accepted"]) for r in rows if r["function"] == "Chassis Control"}
    assert power == {"hard reset": (1, 1), "soft shutdown": (1, 1), "power up": (1, 1)}
    resets = {r["function"]: (r["verb"], r["accepted"], r["refused"]) for r in rows if r["verb"] == "restart"}
    assert resets == {"Cold Reset": ("restart", 0, 1), "Warm Reset": ("restart", 1, 0)}


def packet(body: bytes) -> Message:
    data = b"\6\0\xff\7" + body
    return Message(data, len(data), True, "udp", 623)


def commanded(function: int, command: int) -> Message:
    """A command in clear, outside any session."""
    body = bytes((0x20, function << 2, 0, 0x81, 4, command, 0))
    return packet(bytes(9) + bytes((len(body),)) + body)


@pytest.mark.parametrize(("code", "credentials"), [(0, set()), (20, {"digest"}), (16, {"digest"}), (32, {"digest"})])
def test_what_a_client_sends_shows_a_digest_without_the_answers(code, credentials):
    """RAKP 3: a code made of the password and of challenges, unless there is none (cipher suite 0)."""
    rakp = packet(b"\6\x14" + bytes(8) + (8 + code).to_bytes(2, "little") + bytes(8 + code))
    assert {r.credentials for r in IPMI.dissect(rakp) if isinstance(r, Session)} == credentials


@pytest.mark.parametrize(
    ("function", "command", "verb"),
    [(0, 2, "operate"), (6, 2, "restart"), (6, 0x47, "configure"), (4, 0x2D, "read"), (0x2E, 1, "unknown")],
)
def test_what_commands_do(function, command, verb):
    (row,) = [r for r in IPMI.dissect(commanded(function, command)) if isinstance(r, Operation)]
    assert row.verb.value == verb


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\6\0\xff\7",
        b"\6\1\xff\7" + bytes(20),
        b"\6\0\xff\7\3" + bytes(20),
        b"\6\0\xff\7\6\0" + bytes(8) + b"\x20\0",
        b"\6\0\xff\6" + bytes(8),
    ],
)
def test_others_are_not_taken_for_it(data):
    message = Message(data, len(data), True, "udp", 623)
    assert not IPMI.probe(message)
    with pytest.raises(Malformed):
        list(IPMI.dissect(message))


@given(st.integers(0, 7), st.integers(0, 255), st.binary(max_size=60))
@example(kind=1, payload=0, body=bytes(16))  # a code, and no command behind it
def test_any_payload_is_read(kind, payload, body):
    size = len(body).to_bytes(2, "little")
    head = bytes((6, payload)) + bytes(8) + size if kind == 6 else bytes((kind,)) + bytes(8) + size[:1]
    message = packet(head + body)
    if IPMI.probe(message):
        assert list(IPMI.dissect(message)) or len(body) < 7
