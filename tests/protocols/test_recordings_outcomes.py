"""Recorded sessions of PROFINET, TLS, HTTP, FTP and Telnet through the whole capture stage: outcomes and sessions."""

from __future__ import annotations

from typing import Any

import pytest

from scanner.facts.sessions import session_rows
from scanner.wording import plain
from tests.protocols.recordings import CAPTURES
from tests.protocols.understanding import operation_rows, understand_capture


def capture(name: str) -> tuple:
    return understand_capture(CAPTURES / name)


def operations(name: str) -> list[dict[str, Any]]:
    return [{"protocol": protocol, **columns} for _, protocol, _, columns in operation_rows(*capture(name))]


def sessions(name: str) -> list[dict[str, Any]]:
    return [{"protocol": protocol, **columns} for _, protocol, columns in session_rows(*capture(name))]


# capture, columns that pick one row of requests -> count, accepted, refused, unanswered, refusals
DCP_VLAN = "profinet/dcp_commissioning_vlan.pcap"
DCP = "profinet/dcp_commissioning.pcap"
OUTCOMES = [
    (DCP, {"object": "Name of Station", "detail": '"press-io-2", permanent'}, (1, 1, 0, 0), []),
    (DCP, {"object": "IP parameter", "verb": "configure"}, (1, 1, 0, 0), []),
    (DCP, {"object": "End Transaction"}, (1, 1, 0, 0), []),
    (DCP, {"object": "Device Instance"}, (1, 0, 1, 0), ["Suboption not supported or no data set available"]),
    (DCP, {"detail": '"hijacked", permanent'}, (1, 0, 1, 0), ["In operation, set not possible"]),
    (DCP, {"object": "DHCP for address resolution"}, (1, 0, 1, 0), ["Request not supported"]),
    (DCP, {"verb": "restart", "detail": "communication parameters"}, (1, 1, 0, 0), []),
    (DCP, {"verb": "restart", "detail": "all stored data to factory values"}, (1, 0, 0, 1), []),
    (DCP_VLAN, {"detail": '"hijacked", permanent'}, (1, 0, 1, 0), ["In operation, set not possible"]),
    ("profinet/dcp_discovery.pcap", {"object": "all devices"}, (2, 6, 0, 0), []),
    ("tls/tls12.pcap", {"function": "ClientHello"}, (1, 1, 0, 0), []),
    ("tls/tls12_resumed.pcap", {"function": "ClientHello"}, (3, 3, 0, 0), []),
    ("tls/tls13_hello_retry.pcap", {"function": "ClientHello"}, (2, 2, 0, 0), []),
    ("tls/tls11_refused.pcap", {"function": "ClientHello"}, (1, 0, 1, 0), ["protocol_version"]),
    ("http/browse.pcap", {"object": "/missing"}, (1, 0, 1, 0), ["404 Not Found"]),
    ("http/browse.pcap", {"object": "/firmware"}, (1, 0, 1, 0), ["403 Forbidden"]),
    ("http/browse.pcap", {"verb": "file-delete"}, (1, 1, 0, 0), []),
    ("http/credentials.pcap", {"object": "/config", "detail": ""}, (1, 0, 1, 0), ["401 Unauthorized"]),
    ("http/credentials_port_18080.pcap", {"object": "/login"}, (1, 1, 0, 0), []),
    ("http/post_first_port_18080.pcap", {"object": "/recipes"}, (1, 1, 0, 0), []),
    ("http/poll.pcap", {"object": "/values"}, (50, 50, 0, 0), []),
    ("ftp/engineer.pcap", {"function": "STOR", "object": "line2.prg"}, (1, 1, 0, 0), []),
    ("ftp/engineer.pcap", {"function": "RETR", "object": "missing.prg"}, (1, 0, 1, 0), ["550 File unavailable"]),
    ("ftp/engineer.pcap", {"function": "FEAT"}, (1, 1, 0, 0), []),
    ("ftp/port_2100.pcap", {"function": "FEAT"}, (1, 1, 0, 0), []),
    ("ftp/port_2100.pcap", {"verb": "file-delete"}, (1, 1, 0, 0), []),
    ("ftp/wrong_password.pcap", {"function": "PASS"}, (2, 0, 2, 0), ["530 Not logged in"]),
    ("ftp/anonymous_active.pcap", {"verb": "file-write"}, (1, 0, 1, 0), ["550 File unavailable"]),
]  # fmt: skip


@pytest.mark.parametrize("case", OUTCOMES, ids=[f"{c[0]} {' '.join(c[1].values())}" for c in OUTCOMES])
def test_requests_have_their_outcomes(case):
    name, wanted, counts, refusals = case
    (row,) = [o for o in operations(name) if o["seen_as"] == "request" and wanted.items() <= o.items()]
    assert tuple(row[c] for c in ("count", "accepted", "refused", "unanswered")) == counts
    assert row["refusals"] == refusals


# capture, protocol -> columns of its one session
SESSIONS = [
    ("tls/tls10_expired_weak.pcap", "tls", {"certificate_expired": True, "certificate_key_bits": 1024}),
    ("tls/tls10_expired_weak.pcap", "tls", {"versions": ["TLS 1.0"]}),
    ("tls/tls12.pcap", "tls", {"certificate_expired": False, "certificate_self_signed": False}),
    ("tls/tls12_self_signed_odd_port.pcap", "tls", {"certificate_self_signed": True, "encrypted": True}),
    ("tls/tls12_client_certificate.pcap", "tls", {"client_certificate_subject": "CN=operator.example,O=Example Works"}),
    ("tls/tls12_null_suite.pcap", "tls", {"encrypted": False}),
    ("tls/tls13.pcap", "tls", {"versions": ["TLS 1.3"], "server_names": ["plc.example"]}),
    ("ftp/auth_tls.pcap", "tls", {"versions": ["TLS 1.3"], "encrypted": True}),
    ("ftp/auth_tls.pcap", "ftp", {"detail": "upgraded by AUTH"}),
    ("ftp/engineer.pcap", "ftp", {"credentials": ["user-password"], "authenticated": True, "encrypted": False}),
    ("ftp/anonymous_active.pcap", "ftp", {"credentials": ["anonymous"]}),
    ("http/browse.pcap", "http", {"credentials": ["none"], "versions": ["HTTP/1.1"]}),
    ("http/credentials.pcap", "http", {"credentials": ["none", "basic", "digest", "bearer", "form", "cookie"]}),
    ("http/http2_preface.pcap", "http", {"versions": ["HTTP/2"]}),
    ("telnet/login.pcap", "telnet", {"credentials": ["prompt", "user-password"], "authenticated": True}),
    ("telnet/console_without_options.pcap", "telnet", {"credentials": ["prompt", "user-password"]}),
    ("telnet/login_port_2323.pcap", "telnet", {"encrypted": False}),
]  # fmt: skip


@pytest.mark.parametrize("case", SESSIONS, ids=[f"{c[0]} {c[1]}" for c in SESSIONS])
def test_sessions_show_their_security(case):
    name, protocol, wanted = case
    (row,) = [s for s in sessions(name) if s["protocol"] == protocol]
    assert {column: plain(value) if isinstance(value := row.get(column), str) else value for column in wanted} == wanted


@pytest.mark.parametrize(
    ("name", "protocol", "most"),
    [
        ("profinet/rt.pcap", "profinet-rt", 8),  # 209 frames with changing data
        ("profinet/dcp_discovery.pcap", "profinet-dcp", 6),
        ("tls/tls12_resumed.pcap", "tls", 20),
        ("telnet/console_without_options.pcap", "telnet", 5),
    ],
)
def test_what_changes_without_meaning_makes_no_message_distinct(name, protocol, most):
    result, understood = capture(name)
    assert protocol in {p for spoken in understood.spoken.values() for p in spoken}
    assert len([m for m in result.messages if m.protocol == protocol]) <= most


FOLDERS = {
    "profinet": {"profinet-dcp", "profinet-rt"},
    "tls": {"tls"},
    "http": {"http"},
    "ftp": {"ftp", "tls"},
    "telnet": {"telnet"},
}
FILES = sorted(path for folder in FOLDERS for path in (CAPTURES / folder).glob("*.pcap"))


@pytest.mark.parametrize("path", FILES, ids=[f"{p.parent.name}/{p.name}" for p in FILES])
def test_every_conversation_is_recognised_and_nothing_is_malformed(path):
    result, understood = capture(f"{path.parent.name}/{path.name}")
    assert set(understood.spoken) == set(range(len(result.conversations)))
    assert {p for spoken in understood.spoken.values() for p in spoken} <= FOLDERS[path.parent.name]
    assert not understood.malformed
    assert understood.defects == ()


@pytest.mark.parametrize("path", FILES, ids=[f"{p.parent.name}/{p.name}" for p in FILES])
def test_no_secret_of_a_recording_reaches_a_table(path):
    name = f"{path.parent.name}/{path.name}"
    assert "real-secret" not in str(operations(name)) + str(sessions(name))
