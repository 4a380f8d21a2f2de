"""The common services beside control protocols: SSH, SNMP, SMB, RDP, VNC, DNS, DHCP, NTP, TFTP, syslog, DTLS."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from fixtures.record.wire import Wire
from scanner.facts.sessions import session_rows
from scanner.protocols import protocols
from scanner.protocols.base import Identity, Message, Operation, Session
from scanner.protocols.internet.rtsp import PROTOCOL as RTSP
from scanner.protocols.internet.snmp import PROTOCOL as SNMP
from scanner.protocols.internet.ssh import WEAK
from scanner.protocols.internet.vnc import PROTOCOL as VNC
from scanner.wording import plain
from tests.protocols.recordings import CAPTURES
from tests.protocols.understanding import operation_rows, understand_capture

SERVICES = ("ssh", "snmp", "smb", "rdp", "vnc", "dns", "dhcp", "ntp", "tftp", "syslog", "dtls")
FILES = sorted(p for name in SERVICES for p in (CAPTURES / name).glob("*.pcap"))


def capture(name: str) -> tuple:
    return understand_capture(CAPTURES / name)


def operations(name: str) -> list[dict[str, Any]]:
    return [columns for _, _, _, columns in operation_rows(*capture(name))]


def sessions(name: str) -> list[dict[str, Any]]:
    return [columns for _, _, columns in session_rows(*capture(name))]


def identities(name: str) -> set[tuple[str, str]]:
    _, understood = capture(name)
    return {(r.field, r.value) for rows in understood.rows.values() for r in rows if isinstance(r, Identity)}


@pytest.mark.parametrize("path", FILES, ids=[f"{p.parent.name}/{p.name}" for p in FILES])
def test_recorded_conversations_are_recognised_and_keep_their_secrets(path):
    name = f"{path.parent.name}/{path.name}"
    _, understood = capture(name)
    assert {p for spoken in understood.spoken.values() for p in spoken} == {path.parent.name}
    assert not understood.malformed
    assert understood.defects == ()
    shown = str(operations(name)) + str(sessions(name)) + str(identities(name))
    assert "real-secret" not in shown
    assert "operator" not in shown


# capture, columns that pick one row -> count, accepted, refused, unobserved, refusals
OUTCOMES = [
    ("smb/built.pcap", {"function": "SESSION_SETUP"}, (2, 1, 1, 0), ["STATUS_LOGON_FAILURE"]),
    ("smb/built.pcap", {"refusals": ["STATUS_ACCESS_DENIED"]}, (1, 0, 1, 0), ["STATUS_ACCESS_DENIED"]),
    ("smb/built.pcap", {"verb": "file-write"}, (1, 1, 0, 0), []),
    ("smb/built.pcap", {"verb": "file-read"}, (1, 1, 0, 0), []),
    ("dns/scapy.pcap", {"function": "Query", "refused": 1}, (2, 1, 1, 0), ["NXDomain"]),
    ("ntp/scapy.pcap", {"function": "NTP client"}, (3, 3, 0, 0), []),
    ("ntp/scapy.pcap", {"function": "NTP broadcast"}, (1, 0, 0, 1), []),
    ("ntp/scapy.pcap", {"verb": "diagnose"}, (1, 0, 0, 1), []),
    ("tftp/built.pcap", {"object": "startup-config", "verb": "file-read"}, (1, 0, 0, 1), []),
    ("tftp/built.pcap", {"object": "firmware/plc_v3.bin", "verb": "file-write"}, (1, 0, 0, 1), []),
    ("smb/built.pcap", {"function": "TREE_CONNECT_ANDX"}, (2, 1, 1, 0), ["ERRDOS ERRnoaccess"]),
    ("smb/built.pcap", {"function": "NEGOTIATE", "refused": 1}, (1, 0, 1, 0), ["none of the dialects offered"]),
    ("smb/built.pcap", {"refusals": ["ERRSRV ERRbadpw"]}, (1, 0, 1, 0), ["ERRSRV ERRbadpw"]),
    ("smb/impacket_smb1.pcap", {"function": "SESSION_SETUP_ANDX"}, (4, 3, 1, 0), ["STATUS_LOGON_FAILURE"]),
    (
        "smb/impacket_smb1.pcap",
        {"function": "NT_CREATE_ANDX", "verb": "session"},
        (2, 1, 1, 0),
        ["STATUS_NO_SUCH_FILE"],
    ),
    ("smb/impacket_smb1.pcap", {"verb": "file-delete"}, (1, 1, 0, 0), []),
    ("smb/impacket_smb2.pcap", {"function": "NEGOTIATE"}, (2, 2, 0, 0), []),
    ("smb/impacket_smb2.pcap", {"function": "SESSION_SETUP"}, (4, 3, 1, 0), ["STATUS_LOGON_FAILURE"]),
    ("smb/impacket_smb2.pcap", {"function": "CREATE", "verb": "session"}, (3, 2, 1, 0), ["STATUS_NO_SUCH_FILE"]),
    ("smb/impacket_smb2.pcap", {"verb": "file-delete", "object": "LINE2\\new.csv"}, (1, 1, 0, 0), []),
    (
        "smb/impacket_smb2.pcap",
        {"function": "TREE_CONNECT", "object": "NOWHERE"},
        (1, 0, 1, 0),
        ["STATUS_OBJECT_PATH_NOT_FOUND"],
    ),
    ("smb/impacket_smb2.pcap", {"function": "READ", "object": "LINE2\\recipe.csv"}, (1, 1, 0, 0), []),
    ("smb/impacket_smb2.pcap", {"function": "WRITE", "object": "LINE2\\new.csv"}, (1, 1, 0, 0), []),
    ("snmp/built.pcap", {"function": "GetRequest", "verb": "read"}, (5, 5, 0, 0), []),
    ("snmp/built.pcap", {"function": "SetRequest", "object": "OID 1.3.6.1.2.1.2.2.1.7.3"}, (1, 0, 0, 0), []),
    (
        "snmp/built.pcap",
        {"function": "SetRequest", "object": "OID 1.3.6.1.2.1.1.5.0"},
        (3, 1, 2, 0),
        ["noAccess", "notWritable"],
    ),
    ("snmp/pysnmp.pcap", {"function": "GetBulkRequest"}, (3, 2, 0, 0), []),
    ("snmp/pysnmp.pcap", {"refusals": ["noSuchName"], "verb": "write"}, (1, 0, 1, 0), ["noSuchName"]),
    ("snmp/pysnmp.pcap", {"refusals": ["notWritable"], "verb": "write"}, (3, 0, 2, 0), ["notWritable"]),
    ("snmp/pysnmp.pcap", {"detail": "engine discovery"}, (7, 0, 0, 7), []),  # and reports
    ("snmp/pysnmp.pcap", {"detail": "noAuthNoPriv", "verb": "session"}, (8, 0, 0, 8), []),
    ("snmp/pysnmp.pcap", {"detail": "noAuthNoPriv", "object": "OID 1.3.6.1.2.1.1.5.0"}, (1, 0, 0, 1), []),
    ("snmp/pysnmp.pcap", {"detail": "authNoPriv", "verb": "session"}, (11, 0, 0, 11), []),
    ("snmp/pysnmp.pcap", {"detail": "authNoPriv", "object": "OID 1.3.6.1.2.1.1.5.0"}, (2, 0, 0, 2), []),
    ("snmp/pysnmp.pcap", {"detail": "authPriv"}, (10, 0, 0, 10), []),
    ("syslog/udp.pcap", {"code": "131", "detail": "facility 16, error"}, (2, 0, 0, 2), []),
    ("syslog/udp.pcap", {"code": "132", "detail": "facility 16, warning"}, (1, 0, 0, 1), []),
    ("dhcp/scapy.pcap", {"function": "DHCP Request"}, (1, 0, 0, 1), []),
    ("dtls/built.pcap", {"function": "ClientHello"}, (2, 1, 0, 0), []),
]


@pytest.mark.parametrize("case", OUTCOMES, ids=[f"{c[0]} {' '.join(map(str, c[1].values()))}" for c in OUTCOMES])
def test_operations_have_their_outcomes(case):
    name, wanted, counts, refusals = case
    (row,) = [o for o in operations(name) if wanted.items() <= o.items()]
    assert tuple(row[c] for c in ("count", "accepted", "refused", "unobserved")) == counts
    assert row["refusals"] == refusals


def test_rdp_negotiations_have_their_outcomes():
    rows = operations("rdp/built.pcap")
    refused = ["HYBRID_REQUIRED_BY_SERVER"]
    assert [(r["accepted"], r["refusals"]) for r in rows] == [(1, []), (1, []), (0, refused), (3, []), (1, [])]


SESSIONS = [
    ("ssh/paramiko.pcap", {"versions": ["SSH 2.0"], "encrypted": True}),
    ("ssh/port_2222.pcap", {"versions": ["SSH 2.0"], "encrypted": True}),
    ("smb/built.pcap", {"versions": ["SMB 3.1.1"], "detail": "signing not required", "encrypted": True}),
    ("smb/built.pcap", {"versions_offered": ["SMB 1"], "versions": ["SMB 1"], "encrypted": False}),
    ("rdp/built.pcap", {"versions_offered": ["RDP standard security", "TLS", "CredSSP"], "versions": ["CredSSP"]}),
    ("rdp/built.pcap", {"versions": ["RDP standard security"], "server_names": [], "count": 2}),
    ("rdp/built.pcap", {"versions": ["TLS"], "encrypted": True, "count": 6}),
    ("vnc/built.pcap", {"versions_offered": ["RFB 3.8"], "versions": ["RFB 3.8"]}),
    ("vnc/built.pcap", {"versions": ["RFB 3.3"], "detail": "security types offered: VNC Authentication", "unread": []}),
    ("vnc/built.pcap", {"credentials": ["none"], "detail": "security types offered: None, VNC Authentication"}),
    (
        "vnc/built.pcap",
        {"detail": "security types offered: VeNCrypt; security type taken: VeNCrypt", "unread": ["credentials"]},
    ),
    ("ntp/scapy.pcap", {"versions": ["NTPv4", "NTPv3"], "encrypted": False}),
    ("tftp/built.pcap", {"credentials": ["none"], "encrypted": False}),
    ("smb/impacket_smb1.pcap", {"versions_offered": ["SMB 1"], "versions": ["SMB 1"], "encrypted": False}),
    ("smb/impacket_smb2.pcap", {"versions_offered": ["SMB 1", "SMB 2"], "versions": ["SMB 2.0.2"], "encrypted": False}),
    ("snmp/pysnmp.pcap", {"versions": ["SNMPv1", "SNMPv2c", "SNMPv3"], "credentials": ["community"]}),
    ("snmp/built.pcap", {"versions": ["SNMPv2c", "SNMPv1", "SNMPv3"], "credentials": ["community"]}),
    ("snmp/built.pcap", {"detail": "well-known community; noAuthNoPriv; authNoPriv; authPriv"}),
    ("dtls/built.pcap", {"versions": ["DTLS 1.2"], "server_names": ["plc.example"]}),
    ("dtls/built.pcap", {"ciphers": ["TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"]}),
]  # fmt: skip


@pytest.mark.parametrize("case", SESSIONS, ids=[f"{c[0]} {c[1]}" for c in SESSIONS])
def test_sessions_show_versions_and_protection(case):
    name, wanted = case
    shown = [row | {"detail": plain(row.get("detail", ""))} for row in sessions(name)]
    assert any(all(row.get(column) == value for column, value in wanted.items()) for row in shown)


def test_devices_are_named_by_their_services():
    assert {("software", "ExampleSSH_3.2"), ("os", "Ubuntu"), ("software", "ExampleClient_1.0")} <= identities(
        "ssh/paramiko.pcap"
    )
    assert identities("dhcp/scapy.pcap") == {("hostname", "hmi-4"), ("os", "Windows"), ("ip", "10.20.0.10")}


@pytest.mark.parametrize(
    ("name", "protocol", "most"),
    [
        ("snmp/built.pcap", "snmp", 10),
        ("ntp/scapy.pcap", "ntp", 4),
        ("dtls/built.pcap", "dtls", 8),
        ("vnc/built.pcap", "vnc", 26),  # six in each of four connections, whatever is typed in them
        ("rdp/built.pcap", "rdp", 11),
    ],
)
def test_what_changes_without_meaning_makes_no_message_distinct(name, protocol, most):
    result, _ = capture(name)
    assert len([m for m in result.messages if m.protocol == protocol]) <= most


@pytest.mark.parametrize(
    ("algorithm", "weak"),
    [
        ("diffie-hellman-group1-sha1", True),
        ("ssh-rsa", True),
        ("aes128-cbc", True),
        ("rijndael-cbc@lysator.liu.se", True),
        ("hmac-md5-96", True),
        ("none", True),
        ("rsa-sha2-256", False),
        ("curve25519-sha256", False),
        ("aes128-ctr", False),
        ("hmac-sha1", False),
        ("diffie-hellman-group14-sha256", False),
    ],
)
def test_weak_algorithms_of_ssh(algorithm, weak):
    assert (WEAK.fullmatch(algorithm) is not None) == weak


@pytest.mark.parametrize(
    ("protocol", "transport", "data"),
    [
        ("ssh", "tcp", b"SSH-server ready\r\n"),
        ("ssh", "tcp", b"\0\0\0\x20\4\x14" + bytes(40)),
        ("smb", "tcp", b"\0\0\0\x20\xfeSMX" + bytes(28)),
        ("smb", "tcp", b"\0\0\0\x21\xfeSMB" + bytes(28)),
        ("rdp", "tcp", bytes.fromhex("0300001611e00000000100c1020100c2020102c0010a")),  # S7comm
        ("vnc", "tcp", b"RFB 003.8\n"),
        ("dns", "udp", b"\0\1\1\0\0\1\0\0\0\0\0\0\x7fabc\0\0\1\0\1"),
        ("dns", "udp", b"\0\1\x48\0\0\1\0\0\0\0\0\0\0\0\1\0\1"),
        ("dhcp", "udp", b"\1\1\6\0" + bytes(240)),
        ("ntp", "udp", b"\x3b" + bytes(47)),
        ("ntp", "udp", b"\x23" + bytes(20)),
        ("tftp", "udp", b"\0\1name\0binary\0"),
        ("tftp", "udp", b"\0\3\0\1hello wor\0"),
        ("syslog", "udp", b"<192>x"),
        ("syslog", "udp", b"<html>"),
        ("snmp", "udp", b"\x30\x0c\2\1\1\x60\7\2\1\3\4\0\x80\0"),  # LDAP bind
        ("dtls", "udp", b"\x16\xfe\xfd" + bytes(8) + b"\0\x05abc"),
    ],
)
def test_probes_refuse_what_is_something_else(protocol, transport, data):
    assert not protocols()[protocol].probe(Message(data, len(data), True, transport, 0))


@pytest.mark.parametrize(
    ("community", "detail"),
    [(b"public", "well-known community"), (b"PRIVATE", "well-known community"), (b"f00tball", "")],
)
def test_a_community_is_judged_and_not_shown(community, detail):
    body = b"\2\1\0\4" + bytes((len(community),)) + community + b"\xa0\2\5\0"
    data = b"\x30" + bytes((len(body),)) + body
    rows = list(SNMP.dissect(Message(data, len(data), True, "udp", 161)))
    assert [r.detail for r in rows if isinstance(r, Session)] == [detail]
    assert community.decode() not in str(rows)
    assert [r.function for r in rows if isinstance(r, Operation)] == ["GetRequest"]


@pytest.mark.parametrize(("size", "form"), [(40, b""), (140, b"\x81"), (300, b"\x82")])
def test_snmp_is_recognised_with_every_form_of_length(size, form):
    body = b"\2\1\1\4\6public\xa2\4\2\2\0\1" + bytes(size)
    data = b"\x30" + form + len(body).to_bytes(max(1, len(form) and form[0] - 0x80), "big") + body
    assert SNMP.probe(Message(data, len(data), True, "udp", 161))
    assert all(data[t.at] in t.among for t in SNMP.framing.sync[:-1])
    assert SNMP.framing.anywhere


@pytest.mark.parametrize("transport", ["udp", "tcp"])
@pytest.mark.parametrize("width", range(5))
@pytest.mark.parametrize("port", [161, 40161])
def test_snmp_is_read_over_either_transport_with_any_length(tmp_path, transport, width, port):
    def said(pdu: int, number: int) -> bytes:
        fields = b"\2\1" + bytes((number,)) + b"\2\1\0\2\1\0\x30\x0b\x30\x09\6\5\x2b\6\1\2\1\5\0"
        body = b"\2\1\1\4\6public" + bytes((pdu, len(fields))) + fields
        return b"\x30" + (bytes((0x80 | width,)) if width else b"") + len(body).to_bytes(max(1, width), "big") + body

    path = tmp_path / "x.pcap"
    with Wire(path) as wire:
        talk = getattr(wire, transport)("10.20.0.1", "10.20.0.2", port)
        for number in range(3):
            talk.client(said(0xA0, number))
            talk.server(said(0xA2, number))
    result, meaning = understand_capture(path)
    (row,) = [row for _, protocol, row in session_rows(result, meaning) if protocol == "snmp"]
    assert plain(row["detail"]) == "well-known community"


@pytest.mark.parametrize("number", [0x0101, 0x2801, 0xFFFF])
def test_dns_over_tcp(tmp_path, number):
    def said(flags: int, name: bytes, number: int) -> bytes:
        question = b"".join(bytes((len(part),)) + part for part in name.split(b".")) + b"\0\0\x10\0\1"
        body = number.to_bytes(2, "big") + flags.to_bytes(2, "big") + b"\0\1" + bytes(6) + question
        return len(body).to_bytes(2, "big") + body

    path, names = tmp_path / "x.pcap", (b"www.plant.example", b"x" * 50 + b".y" * 10 + b".evil.example", b"a.b.example")
    with Wire(path) as wire:
        talk = wire.tcp("10.20.0.1", "10.20.0.2", 53)
        for more, name in enumerate(names):
            talk.client(said(0x0100, name, number - more))
            talk.server(said(0x8180, name, number - more))
    rows = operation_rows(*understand_capture(path))
    found = {
        (row["object"], row["count"], row["accepted"])
        for _, protocol, _, row in rows
        if protocol == "dns" and row["seen_as"] == "request"
    }
    assert found == {("plant.example", 1, 1), ("evil.example", 1, 1), ("b.example", 1, 1)}


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("rtsp://10.1.0.5/1", "none"),
        ("rtsp://admin:never-shown@10.1.0.5/1", "basic"),
        ("rtsp://10.1.0.5:554/cam?channel=1&user=a&password=never-shown", "form"),
        ("rtsp://10.1.0.5:554/user=admin_password=never-shown_channel=1.sdp", "form"),
        ("rtsp://10.1.0.5/cam?compass=3&channel=1", "none"),
        ("rtsp://10.1.0.5:8554/a@b", "none"),
    ],
)
def test_rtsp_credentials_in_the_address(address, kind):
    data = f"DESCRIBE {address} RTSP/1.0\r\nCSeq: 3\r\n\r\n".encode()
    rows = list(RTSP.dissect(Message(data, len(data), True, "tcp", 554)))
    assert [r.credentials for r in rows if isinstance(r, Session)] == [kind]
    assert "never-shown" not in str(rows)


@pytest.mark.parametrize("name", ["ssh/paramiko.pcap", "vnc/built.pcap", "rdp/built.pcap", "snmp/built.pcap"])
def test_what_follows_a_handshake_is_not_counted_as_lost(name):
    result, _ = capture(name)
    assert not any(c.skipped_bytes for c in result.conversations)


def test_rows_of_access_tables_are_not_told():
    """SNMP-COMMUNITY-MIB has the community in the name of its rows."""
    name = bytes((0x2B, 6, 1, 6, 3, 18, 1, 1, 1, 8, *b"real-secret"))
    binding = b"\x06" + bytes((len(name),)) + name + b"\2\1\6"
    inner = b"\x30" + bytes((len(binding),)) + binding
    fields = b"\2\1\7\2\1\0\2\1\0\x30" + bytes((len(inner),)) + inner
    body = b"\2\1\1\4\6public\xa3" + bytes((len(fields),)) + fields
    data = b"\x30" + bytes((len(body),)) + body
    (set_,) = [r for r in SNMP.dissect(Message(data, len(data), True, "udp", 161)) if isinstance(r, Operation)]
    assert set_.object == "OID 1.3.6.1.6.3.18.1.1.1.8"


@pytest.mark.parametrize(("chosen", "unread"), [(1, False), (2, False), (6, False), (16, True), (19, True), (30, True)])
def test_what_a_screen_asks_for_when_its_log_in_is_not_read(chosen: int, unread: bool) -> None:
    choice = Message(bytes((chosen,)), 1, True, "tcp", 5900, framing="rfb-session")
    assert [row.unread for row in VNC.dissect(choice)] == [("credentials",) if unread else ()] * (chosen > 1)
    assert not list(VNC.dissect(replace(choice, from_client=False)))
