"""Where nobody sees what is done, no limit of a conduit to verbs can be checked."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from scanner.engine.obstacles import Obstacle
from scanner.engine.verdict.recording_files import Files
from scanner.engine.verdict.sealed import beyond_verbs
from scanner.engine.verdict.subset import Subset
from scanner.facts.enrich import enrich
from scanner.facts.frames import Facts, frame
from scanner.facts.schema import TABLES
from scanner.inputs import Input, InputKind
from scanner.policy.document import parse_policy
from scanner.provenance import Provenance
from scanner.results.model import Cause
from scanner.scan import read_inputs
from tests.protocols.recordings import CAPTURES

CLIENT, SERVER = "10.20.0.10", "10.20.0.61"
POLICY = """
otaudit_policy: 1
zones:
  - {id: dmz, level: 3.5, members: {subnets: [10.20.0.10/32, 10.20.1.10/32]}}
  - {id: cell, level: 1, members: {subnets: [10.20.0.61/32, 10.20.1.61/32]}}
conduits:
"""
ONLY_READ = (
    "  - {id: archive, from: dmz, to: cell, protocols: [opcua, ftp, opc-classic, tls, tcp/9999], verbs: [read]}\n"
)
ANYTHING = ONLY_READ.replace("archive", "all").replace(", verbs: [read]", "")
UNKNOWN = ONLY_READ.replace("[read]", "[read, unknown]")
ELSEWHERE = ONLY_READ.replace("from: dmz, to: cell", "from: cell, to: dmz")
OPCUA = {"protocol": "opcua", "protocols": ["opcua"], "server_port": 4840}
TLS = {"protocol": "tls", "protocols": ["tls"], "server_port": 4840, "secured": True}
BARE = {"protocol": "", "protocols": [], "recognised_by": "", "server_port": 9999}


def flows(conduits: str, flow: dict[str, Any], *, encrypted: bool | None = None) -> pl.DataFrame:
    usual: dict[str, Any] = {"capture": "c", "transport": "tcp", "client": CLIENT, "server": SERVER, "vlan": -1}
    usual |= {"tunnel_id": 0, "recognised_by": "content", "established": True, "client_bytes": 9}
    usual |= {"server_bytes": 9}
    row = usual | {"client_packets": 5, "server_packets": 5, "connections": 1} | flow
    session = {
        k: row[k] for k in (*usual, "protocol", "server_port") if k in {c.name for c in TABLES["sessions"].columns}
    }
    policy = parse_policy(POLICY + conduits, "p", {"opcua", "ftp", "tls", "opc-classic", "coap"})
    tables = {name: frame(TABLES[name], rows) for name, rows in policy.tables().items() if rows}
    tables["flows"] = frame(TABLES["flows"], [row])
    tables["sessions"] = frame(TABLES["sessions"], [session | {"encrypted": encrypted}])
    inputs = (Provenance("c", "capture", 0, ""), Provenance("p", "policy", 0, ""))
    return enrich(Facts(tables, inputs))["flows"]


@pytest.mark.parametrize(
    ("conduits", "flow", "encrypted", "expected"),
    [
        (ONLY_READ, OPCUA, True, (None, "archive")),
        (ONLY_READ, OPCUA, False, (True, "archive")),  # its operations are judged one by one
        (ONLY_READ, OPCUA, None, (True, "archive")),
        (ONLY_READ, TLS, None, (None, "archive")),
        (ONLY_READ, TLS | {"protocol": "s7comm-plus", "protocols": ["s7comm-plus", "tls"], "server_port": 9999}, None,
         (None, "archive")),
        (ONLY_READ, BARE, None, (None, "archive")),
        (ONLY_READ, BARE | {"client_bytes": 0, "server_bytes": 0}, None, (True, "archive")),  # nothing was done
        (ANYTHING, OPCUA, True, (True, "all")),
        (UNKNOWN, OPCUA, True, (True, "archive")),
        (ONLY_READ + ANYTHING, OPCUA, True, (True, "all")),
        (ELSEWHERE, OPCUA, True, (False, "")),
        (ONLY_READ, OPCUA | {"server": "10.20.0.10", "client": "10.20.1.10"}, True, (True, "")),  # inside one zone
    ],
)  # fmt: skip
def test_verbs_inside_encryption(conduits: str, flow: dict[str, Any], encrypted: Any, expected: Any) -> None:
    assert flows(conduits, flow, encrypted=encrypted).select("allowed", "conduit").row(0) == expected


NO_FILES = Files.of(frame(TABLES["captures"], ()), frame(TABLES["files"], ()))


def doubts(rows: pl.DataFrame) -> list[Obstacle]:
    return beyond_verbs(Subset.of(rows, rows.select(pl.repeat(pl.lit(value=True), pl.len())).to_series()), NO_FILES)


def test_the_doubt_names_conversation_and_conduit() -> None:
    told = doubts(flows(ONLY_READ, OPCUA, encrypted=True))
    assert [d.cause for d in told] == [Cause.UNRECOGNISED]
    assert f"{CLIENT} → {SERVER} tcp/4840 opcua" in told[0].text
    assert "archive" in told[0].text


@pytest.mark.parametrize(
    ("conduits", "flow"),
    [(ANYTHING, OPCUA), (ELSEWHERE, OPCUA), (ONLY_READ, OPCUA | {"server": "192.0.2.9"})],  # the last is in no zone
)
def test_what_no_conduit_limits_to_verbs_is_in_no_such_doubt(conduits: str, flow: dict[str, Any]) -> None:
    assert doubts(flows(conduits, flow, encrypted=True)) == []


@pytest.mark.parametrize(("recording", "expected"), [("signandencrypt", True), ("sign", False), ("none", False)])
def test_a_recorded_session(recording: str, *, expected: bool) -> None:
    path = CAPTURES / "opcua" / f"{recording}.pcap"
    facts = read_inputs([Input(InputKind.CAPTURE, path.name, path)]).facts
    assert enrich(facts)["flows"]["sealed"].to_list() == [expected] * facts["flows"].height


@pytest.mark.parametrize(
    ("lost", "allowed"),
    [
        ({}, False),
        ({"client_missing": 4}, False),
        ({"client_missing": 5}, None),
        ({"client_cut": 9}, False),
        ({"transport": "udp", "client_cut": 2}, False),
        ({"transport": "udp", "server_cut": 3}, None),
        ({"transport": "ip-6", "server_port": 0, "client_cut": 9}, None),
        ({"transport": "ip-17", "server_port": 0, "client_cut": 9}, None),
        ({"transport": "ip-1", "server_port": 0, "client_cut": 9}, False),
        ({"transport": "ethernet", "server_port": 0x0800, "client_cut": 9}, None),
        ({"transport": "ethernet", "server_port": 0x88CC, "client_cut": 9}, False),
    ],
)
@pytest.mark.parametrize("port", [4840, 9998])
def test_what_is_too_short_to_be_recognised_may_be_allowed(
    port: int, lost: dict[str, Any], *, allowed: bool | None
) -> None:
    short = BARE | {"server_port": port} | lost
    named = ANYTHING.replace("tcp/9999", "coap")
    assert flows(named, short)["allowed"].to_list() == [allowed]
    assert flows(ELSEWHERE, short)["allowed"].to_list() == [False]
