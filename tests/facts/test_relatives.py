"""FTP data connections and the like have the permission of what agreed on them, and nothing else has."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from scanner.facts.enrich import enrich
from scanner.facts.frames import Facts, frame
from scanner.facts.schema import TABLES
from scanner.framing.language import Framing
from scanner.inputs import Input, InputKind
from scanner.policy.document import parse_policy
from scanner.protocols.base import Message, Related, Sender
from scanner.protocols.internet import ftp, tftp
from scanner.provenance import Provenance
from scanner.scan import read_inputs

POLICY = """
otaudit_policy: 1
zones:
  - {id: cell, level: 1, members: {subnets: [10.1.0.0/24, "2001:db8:1::/64"]}}
  - {id: super, level: 3, members: {subnets: [10.3.0.0/24, "2001:db8:3::/64"]}}
conduits:
  - {id: files, from: super, to: cell, protocols: [ftp], clients: [10.3.0.10, "2001:db8:3::10"]}
"""
START = datetime(2026, 1, 1, 8, tzinfo=UTC)
CLIENT, SERVER, OTHER = "10.3.0.10", "10.1.0.5", "10.1.0.6"
CONTROL = {"client": CLIENT, "server": SERVER, "server_port": 21, "protocol": "ftp", "protocols": ["ftp"]}
PASSIVE = CONTROL | {"to_transport": "tcp", "to_port": 40000, "opener": "client", "spoken": [""], "within": 60}
ACTIVE = PASSIVE | {"opener": "server"}
DATA = {"client": CLIENT, "server": SERVER, "server_port": 40000}
BACK = {"client": SERVER, "server": CLIENT, "server_port": 40000}


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def row(**columns: Any) -> dict[str, Any]:
    usual: dict[str, Any] = {"capture": "c", "transport": "tcp", "vlan": -1, "tunnel_id": 0, "recognised_by": "content"}
    usual |= {"connections": 1, "client_bytes": 9, "server_bytes": 9, "client_packets": 5, "server_packets": 5}
    usual |= {"established": True, "first_time": at(0), "last_time": at(1), "agreed": 1}
    return usual | columns


def allowed(
    stated: dict[str, Any], data: dict[str, Any], control: dict[str, Any] = CONTROL, policy: str = POLICY
) -> tuple[bool | None, str]:
    """Whether the data connection is allowed, and as what."""
    return flows(stated, data, control, policy).select("allowed", "related_protocol").row(1)


def flows(stated: dict[str, Any], data: dict[str, Any], control: dict[str, Any], policy: str) -> pl.DataFrame:
    """The conversation that agrees on another, and that one."""
    both = [
        row(**control),
        row(first_time=at(2), last_time=at(3), **data) if "first_time" not in data else row(**data),
    ]
    read = parse_policy(policy, "p", {"ftp", "modbus"})
    rows = {"flows": both, "related": [row(**stated)]}
    tables = {}
    for name, given in rows.items():
        known = {c.name for c in TABLES[name].columns}
        tables[name] = frame(TABLES[name], [{k: v for k, v in one.items() if k in known} for one in given])
    tables |= {name: frame(TABLES[name], given) for name, given in read.tables().items() if given}
    inputs = (Provenance("c", "capture", 0, ""), Provenance("p", "policy", 0, ""))
    return enrich(Facts(tables, inputs))["flows"]


V6 = {"client": "2001:db8:3::10", "server": "2001:db8:1::5"}


@pytest.mark.parametrize(
    ("stated", "data", "control"),
    [
        (PASSIVE, DATA, CONTROL),
        (ACTIVE, BACK, CONTROL),
        (PASSIVE | V6, DATA | V6, CONTROL | V6),
        (PASSIVE | {"agreed": 3}, DATA | {"connections": 3}, CONTROL),
        (PASSIVE, DATA | {"established": False, "server_packets": 0, "client_bytes": 0, "server_bytes": 0}, CONTROL),
    ],
)
def test_what_was_agreed_has_the_permission(stated: Any, data: Any, control: Any) -> None:
    assert allowed(stated, data, control) == (True, "ftp")


LEAVING = """
otaudit_policy: 1
zones:
  - {id: super, level: 3, members: {subnets: [10.3.0.0/24]}}
  - {id: cloud, level: 5, members: {subnets: [20.49.0.0/16]}}
export:
  - {id: files, destinations: [cloud], protocols: [ftp]}
"""


@pytest.mark.parametrize(
    ("stated", "data", "wanted"),
    [
        ({}, {}, True),
        ({"confirmed": False}, {}, None),
        ({}, {"server_port": 40001}, False),
        ({}, {"protocols": ["modbus"], "protocol": "modbus"}, False),
    ],
)
def test_what_was_agreed_may_leave_with_it(stated: Any, data: Any, wanted: bool | None) -> None:
    away = {"server": "20.49.1.1"}
    found = flows(PASSIVE | away | stated, DATA | away | data, CONTROL | away, LEAVING)
    assert found["export_permitted"].to_list() == [True, wanted]


@pytest.mark.parametrize(
    ("stated", "data"),
    [
        (PASSIVE, DATA | {"server_port": 40001}),  # another port
        (PASSIVE, DATA | {"server": OTHER}),  # another server
        (ACTIVE, BACK | {"server": "10.3.0.11"}),  # another client: a bounce
        (PASSIVE, BACK),  # opened by the wrong end
        (ACTIVE, DATA),
        (PASSIVE, DATA | {"transport": "udp"}),
        (PASSIVE, DATA | {"protocol": "modbus", "protocols": ["modbus"]}),  # no file
        (PASSIVE, DATA | {"first_time": at(300), "last_time": at(301)}),  # too late
        (PASSIVE, DATA | {"first_time": at(-60), "last_time": at(301)}),  # before
        (PASSIVE, DATA | {"connections": 2}),  # oftener than agreed
        (PASSIVE | {"recognised_by": "port"}, DATA),  # a guess agrees on nothing
    ],
)
def test_nobody_opens_a_hole(stated: Any, data: Any) -> None:
    assert allowed(stated, data) == (False, "")


CALLBACK = ACTIVE | {"to_port": 0, "spoken": ["opc-classic", "dcerpc"], "protocol": "opc-classic", "within": 300}


@pytest.mark.parametrize(
    ("protocols", "port", "wanted"),
    [
        (["dcerpc", "opc-classic"], 49811, True),
        (["opc-classic"], 49811, True),
        (["dcerpc"], 49811, False),  # any remote procedure
        ([], 49811, False),
        (["modbus", "opc-classic"], 49811, False),
        (["opc-classic"], 135, False),
    ],
)
def test_what_calls_back_must_be_what_was_asked(protocols: list[str], port: int, wanted: bool) -> None:
    data = BACK | {"server_port": port, "protocols": protocols, "protocol": protocols[0] if protocols else ""}
    assert bool(allowed(CALLBACK, data)[1]) is wanted


def test_who_was_told_a_port_may_open_some_connections_to_it_and_nobody_else_any() -> None:
    announced = PASSIVE | {"spoken": ["dcerpc", "opc-classic"], "agreed": 16, "within": 300}
    calls = DATA | {"protocol": "dcerpc", "protocols": ["dcerpc"]}
    assert allowed(announced, calls | {"connections": 16}) == (True, "ftp")
    for stranger in ({"connections": 17}, {"client": "10.3.0.66"}, {"server": OTHER}, {"protocols": []}):
        assert allowed(announced, calls | stranger)[0] is False


def test_it_has_no_more_than_the_permission_of_what_agreed() -> None:
    stranger = {"client": "10.3.0.66"}
    assert allowed(PASSIVE | stranger, DATA | stranger, CONTROL | stranger) == (False, "ftp")


@pytest.mark.parametrize(
    ("data", "wanted"),
    [
        ({"protocol": "dcerpc", "protocols": ["dcerpc"]}, True),
        ({"protocol": "dcerpc", "protocols": ["dcerpc"], "secured": True}, None),
        ({"protocol": "", "protocols": []}, True),  # a file, of which the other conversation told
    ],
)
def test_where_only_some_verbs_are_permitted_encryption_leaves_it_open(data: Any, *, wanted: bool | None) -> None:
    told = PASSIVE | {"spoken": ["dcerpc"] if data["protocol"] else [""]}
    reading = POLICY.replace("protocols: [ftp]", "protocols: [ftp], verbs: [read]")
    assert allowed(told, DATA | data, policy=reading) == (wanted, "ftp")


def said(line: bytes, from_client: bool, source: str) -> list[tuple[int, Sender | None]]:
    message = Message(line, len(line), from_client, "tcp", 21, source, "192.0.2.9")
    return [(r.port, r.opened_by) for r in ftp.dissect(message) if isinstance(r, Related)]


@pytest.mark.parametrize(
    ("line", "source", "wanted"),
    [
        (b"PORT 10,3,0,10,156,64\r\n", CLIENT, [(40000, Sender.RECEIVER)]),
        (b"EPRT |1|10.3.0.10|40000|\r\n", CLIENT, [(40000, Sender.RECEIVER)]),
        (b"EPRT |2|2001:DB8::10|40000|\r\n", "2001:db8::10", [(40000, Sender.RECEIVER)]),
        (b"PORT 10,1,0,6,156,64\r\n", CLIENT, []),  # a bounce
        (b"PORT 10,3,0,10,0,23\r\n", CLIENT, []),  # a service
        (b"PORT 10,3,0,10,999,999\r\n", CLIENT, []),
        (b"EPRT |1|nobody|40000|\r\n", CLIENT, []),
        (b"EPRT \r\n", CLIENT, []),
    ],
)
def test_ftp_commands(line: bytes, source: str, wanted: list[Any]) -> None:
    assert said(line, True, source) == wanted


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        (b"227 Entering Passive Mode (10,1,0,5,156,64).\r\n", [(40000, Sender.RECEIVER)]),
        (b"227 =192,168,0,5,156,64\r\n", [(40000, Sender.RECEIVER)]),  # behind NAT
        (b"229 Entering Extended Passive Mode (|||40000|)\r\n", [(40000, Sender.RECEIVER)]),
        (b"227 Entering Passive Mode\r\n", []),
        (b"229 (|||99999|)\r\n", []),
        (b"226 (10,1,0,5,156,64)\r\n", []),
    ],
)
def test_ftp_replies(line: bytes, wanted: list[Any]) -> None:
    assert said(line, False, SERVER) == wanted


@pytest.mark.parametrize(
    ("data", "is_one"),
    [
        (b"\0\3\0\1" + b"x" * 512, True),
        (b"\0\4\0\1", True),
        (b"\0\4\0\1\0", False),
        (b"\0\5\0\1not found\0", True),
        (b"\0\5\0\x63not found\0", False),
        (b"\0\6blksize\0001024\0", True),
        (b"\0\6nothing\0001024\0", False),
        (b"\0\3", False),
    ],
)
def test_tftp_transfers(data: bytes, is_one: bool) -> None:
    framing: Framing = tftp.TRANSFER
    assert tftp.probe(Message(data, len(data), True, "udp", 40000, framing=framing.name)) is is_one


@pytest.mark.parametrize(
    ("capture", "protocol", "count"),
    [
        ("tftp/built", "tftp", 2),
        ("profinet_io/startup", "profinet-io", 2),
        ("opc_classic/open", "opc-classic", 1),
        ("dcerpc/announced", "dcerpc", 2),
    ],
)
def test_recordings(capture: str, protocol: str, count: int) -> None:
    path = Path("fixtures/captures") / f"{capture}.pcap"
    flows = enrich(read_inputs([Input(InputKind.CAPTURE, path.name, path)]).facts)["flows"]
    assert flows["related_protocol"].to_list().count(protocol) == count


def test_what_one_end_alone_says_neither_allows_nor_forbids() -> None:
    asked = ACTIVE | {"confirmed": False}
    assert allowed(asked, BACK) == (None, "ftp")
    assert allowed(asked, BACK | {"server_port": 40001})[0] is False
    forbidden = POLICY.replace("protocols: [ftp]", "protocols: [modbus]")
    assert allowed(asked, BACK, policy=forbidden)[0] is False
