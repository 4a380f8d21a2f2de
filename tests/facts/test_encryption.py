"""Conduits that must be encrypted: what proves that a conversation was, what shows that it can be read."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from scanner.facts.enrich import enrich
from scanner.facts.frames import Facts, frame
from scanner.facts.schema import PATH, TABLES
from scanner.inputs import Input, InputKind
from scanner.policy.document import parse_policy
from scanner.provenance import Provenance
from scanner.scan import read_inputs
from tests.protocols.recordings import CAPTURES

ZONES = """
otaudit_policy: 1
zones:
  - {id: dmz, level: 3.5, members: {subnets: [10.1.0.0/24, "fd00:1::/64"]}}
  - {id: cell, level: 1, members: {subnets: [10.2.0.0/24, "fd00:2::/64"]}}
conduits:
"""
STRICT = "  - {id: strict, from: dmz, to: cell, protocols: [any], encrypted: true}\n"
LAX = "  - {id: lax, from: dmz, to: cell, protocols: [any]}\n"
NAMED = "  - {id: named, from: dmz, to: cell, protocols: [tls], encrypted: true}\n"
KNOWN = {"tls", "modbus", "esp"}
SUITE = {"versions": ["TLS 1.2"], "ciphers": ["TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"]}
READ = {"verb": "read", "protocol": "modbus"}
HELLO = {"verb": "session", "protocol": "smtp"}
ESP = {"protocol": "esp", "transport": "ip-50", "server_port": 0}

Row = dict[str, Any]


def judged(conduits: str, *conversations: tuple[Row, list[Row], list[Row]]) -> pl.DataFrame:
    """The flows, each with its sessions and operations."""
    rows: dict[str, list[Row]] = {"flows": [], "sessions": [], "operations": []}
    for flow, sessions, operations in conversations:
        usual: Row = {"capture": "c", "transport": "tcp", "client": "10.1.0.5", "server": "10.2.0.5", "vlan": -1}
        usual |= {"client_mac": "", "server_mac": "", "tunnel": "", "tunnel_client": "", "tunnel_server": ""}
        usual |= {"tunnel_id": 0, "server_port": 802, "protocol": "tls", "recognised_by": "content"}
        usual |= {"established": True, "client_bytes": 90, "server_bytes": 90, "client_packets": 9}
        row = usual | {"server_packets": 9, "copy": False} | flow
        row.setdefault("protocols", [row["protocol"]] if row["protocol"] else [])
        path = {name: row[name] for name in PATH} | {"protocol": row["protocol"], "recognised_by": "content"}
        rows["flows"].append(row)
        rows["sessions"] += [path | session for session in sessions]
        rows["operations"] += [path | operation for operation in operations]
    policy = parse_policy(ZONES + conduits, "p", KNOWN)
    tables = {name: frame(TABLES[name], found) for name, found in policy.tables().items() if found}
    tables |= {name: frame(TABLES[name], found) for name, found in rows.items()}
    inputs = (Provenance("c", "capture", 0, ""), Provenance("p", "policy", 0, ""))
    return enrich(Facts(tables, inputs))["flows"]


@pytest.mark.parametrize(
    ("flow", "sessions", "operations", "expected"),
    [
        ({}, [SUITE], [], "proved"),
        ({"server_port": 9999}, [SUITE], [], "proved"),
        ({"client": "fd00:1::5", "server": "fd00:2::5"}, [SUITE], [], "proved"),
        ({"tunnel": "gre", "tunnel_id": 7}, [SUITE], [], "proved"),
        ({}, [], [], "unproved"),  # no handshake
        ({"midway": 1}, [SUITE], [], "unproved"),  # of one of the connections
        ({"client_packets": 0, "client_bytes": 0}, [SUITE], [], "unproved"),
        ({"server_unread": 400}, [SUITE], [], "unproved"),  # a decoy, and what follows fits no record
        ({"client_contradictory": 1}, [SUITE], [], "unproved"),
        ({"server_cut": 1}, [SUITE], [], "unproved"),
        ({"recognised_by": "port"}, [SUITE], [], "unproved"),
        ({"protocol": ""}, [], [], "unproved"),
        ({}, [SUITE | {"ciphers": [*SUITE["ciphers"], "TLS_RSA_WITH_NULL_SHA"]}], [], "readable"),
        ({}, [SUITE | {"ciphers": ["TLS_SHA384_SHA384"]}], [], "readable"),
        ({}, [SUITE | {"ciphers": ["TLS_DH_anon_WITH_AES_128_CBC_SHA"]}], [], "unproved"),
        ({"protocol": "ssh"}, [{"ciphers": ["none"], "encrypted": True}], [], "readable"),
        ({"protocol": "ssh"}, [{"ciphers": ["aes128-ctr"], "encrypted": True}], [], "unproved"),  # lists alone
        ({"protocol": "ssh"}, [{"ciphers": ["aes128-ctr"], "encrypted": True, "host_keys": ["EC 256"]}], [], "proved"),
        ({"protocols": ["tls", "modbus"]}, [SUITE], [READ], "readable"),  # another connection, in clear
        ({"protocol": "modbus"}, [], [READ], "readable"),
        ({"protocol": "modbus", "client_packets": 0, "midway": 1, "server_unread": 50}, [], [READ], "readable"),
        ({"protocol": "modbus", "recognised_by": "port"}, [], [READ | {"recognised_by": "port"}], "unproved"),
        ({"protocol": "modbus", "client_bytes": 0, "server_bytes": 0}, [], [], ""),
        ({"protocol": "modbus", "copy": True}, [], [READ], ""),
        ({"protocol": "modbus", "client": "10.2.0.9"}, [], [READ], ""),  # inside the zone
        ({"protocols": ["tls", "smtp"]}, [SUITE, {"protocol": "smtp", "in_clear": True, "encrypted": False}], [HELLO],
         "unproved"),  # STARTTLS
        ({"protocols": ["tls", "smtp"]},
         [SUITE, {"protocol": "smtp", "in_clear": True, "encrypted": False, "credentials": ["user-password"]}], [HELLO],
         "readable"),
        (ESP, [{"encrypted": True}], [], "proved"),
        (ESP, [{"encrypted": True, "in_clear": True, "ciphers": ["ENCR_NULL"]}], [], "readable"),
        (ESP, [{}], [], "unproved"),
        ({"protocol": "opcua"}, [{"encrypted": True, "in_clear": True}], [{"verb": "identify"}], "proved"),
        ({"protocol": "opcua"}, [{"encrypted": True, "in_clear": True}], [{"verb": "write"}], "readable"),
        ({"protocol": "dlms"}, [{"encrypted": True}], [{"verb": "read"}], "unproved"),
        ({"protocol": "rdp"}, [{"encrypted": True, "versions": ["TLS"]}], [], "unproved"),  # agreed, and not seen
    ],
)  # fmt: skip
def test_a_conversation(flow: Row, sessions: list[Row], operations: list[Row], expected: str) -> None:
    assert judged(STRICT, (flow, sessions, operations))["encryption"].to_list() == [expected]


@pytest.mark.parametrize(
    ("conduits", "flow", "expected"),
    [
        (STRICT + LAX, {}, ""),  # what another conduit allows as it is need not be encrypted
        (LAX + NAMED, {}, ""),
        (NAMED, {"protocol": "modbus"}, ""),  # no conduit allows it, which is another rule's finding
        (NAMED, {"protocol": "tls", "recognised_by": "port"}, "unproved"),  # nobody knows whether it is of the conduit
        (NAMED, {}, "proved"),
        (NAMED.replace("from: dmz, to: cell", "from: cell, to: dmz"), {}, ""),
        (NAMED.replace("from: dmz, to: cell", "from: cell, to: dmz, both_ways: true"), {}, "proved"),
    ],
)
def test_what_a_conduit_speaks_of(conduits: str, flow: Row, expected: str) -> None:
    assert judged(conduits, (flow, [SUITE], []))["encryption"].to_list() == [expected]


@pytest.mark.parametrize(
    ("tunnel", "expected"),
    [
        ({"client": "10.1.0.1", "server": "10.2.0.1"}, "unproved"),
        ({"client": "192.0.2.1", "server": "192.0.2.2"}, "unproved"),  # gateways in no zone
        ({"client": "10.1.0.1", "server": "10.1.0.2"}, "readable"),  # a tunnel within the zone
        ({"client": "10.1.0.5", "server": "10.2.0.5"}, "readable"),  # beside the tunnel of the same hosts
    ],
)
def test_in_clear_before_a_gateway(tunnel: Row, expected: str) -> None:
    clear: tuple[Row, list[Row], list[Row]] = ({"protocol": "modbus"}, [], [READ])
    found = judged(STRICT, clear, (ESP | tunnel, [{"encrypted": True}], []))
    assert found["encryption"].to_list()[0] == expected
    inside: tuple[Row, list[Row], list[Row]] = ({"protocol": "modbus", "tunnel": "gre"}, [], [READ])
    assert judged(STRICT, inside, (ESP | tunnel, [{"encrypted": True}], []))["encryption"].to_list()[0] == "readable"


@pytest.mark.parametrize(
    ("recording", "expected", "by"),
    [
        ("opcua/signandencrypt", "proved", "opcua: Basic256Sha256"),
        ("opcua/sign", "readable", "opcua: Basic256Sha256"),
        ("s7comm_plus/library_tls", "unproved", "s7comm-plus TLS 1.3: TLS_AES_256_GCM_SHA384"),  # or more in COTP
        ("tls/tls12_null_suite", "readable", "tls TLS 1.2: TLS_RSA_WITH_NULL_SHA256"),
        ("wireguard/port_4999", "proved", "wireguard WireGuard 1: ENCR_CHACHA20_POLY1305"),
        ("quic/v1", "proved", "quic TLS 1.3, QUIC 1: TLS_AES_256_GCM_SHA384"),
    ],
)
def test_recordings(recording: str, expected: str, by: str, tmp_path: Any) -> None:
    path = CAPTURES / f"{recording}.pcap"
    captured = read_inputs([Input(InputKind.CAPTURE, path.name, path)]).facts
    client = captured["flows"]["client"][0]
    policy = tmp_path / "policy.yaml"
    cell = ZONES.replace("10.1.0.0/24", f"{client}/32").replace("10.2.0.0/24", "0.0.0.0/0")
    policy.write_text(cell + STRICT, encoding="utf-8")
    both = [Input(InputKind.CAPTURE, path.name, path), Input(InputKind.POLICY, "p", policy)]
    found = enrich(read_inputs(both).facts)["flows"].select("encryption", "encrypted_by").row(0)
    assert found[0] == expected
    assert by in found[1]
