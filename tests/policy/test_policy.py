from __future__ import annotations

import contextlib
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.errors import DefinitionError
from scanner.facts import schema
from scanner.facts.frames import frame
from scanner.policy import read_policy, recognises
from scanner.policy.document import parse_policy
from scanner.policy.forms import canonical_member
from scanner.policy.services import Service, parse_service
from scanner.protocols.base import Verb
from scanner.vocabulary import ROLES

PROTOCOLS = {"modbus", "s7comm", "iec104", "profinet-dcp", "tls"}

GOOD = """\
otaudit_policy: 1
site: Bottling plant
zones:
  - id: control
    name: Control cells
    level: 1
    sl_t: 2
    members: {subnets: [10.20.1.0/24], vlans: [20, 100-102], macs: [00-1B-1B-00-00-01], devices: [PLC Filler]}
  - {id: operations, level: 3, members: {subnets: [10.20.3.0/24, 10.20.4.7]}}
conduits:
  - id: scada
    from: operations
    to: control
    protocols: [Modbus, tcp/102, ethertype/34962, ICMP]
    verbs: [read, write]
    clients: [10.20.3.5, scada-1, 001b.1b00.0002]
    owner: OT team
    reason: supervision
roles:
  engineering_station: [10.20.3.9, ews-1]
time_zone: Asia/Shanghai
change_windows:
  - {id: weekend, zones: [control], days: [sat, sun], from: 06:00, to: 14:00}
waivers:
  - {rule: cleartext-telnet, match: {server: 10.20.1.4}, reason: replaced in May, approved_by: CISO, until: 2026-12-31}
"""

HEAD = "otaudit_policy: 1\nzones:\n"
ZONE = "  - {id: a, level: 1, members: {subnets: [10.0.0.0/24]}}\n"
ZONES = HEAD + ZONE + "  - {id: bottling, level: 2, members: {subnets: [10.0.1.0/24]}}\n"
WINDOW = ZONES + "time_zone: UTC\nchange_windows:\n  - {id: w, "


def mistakes(text: str) -> list[str]:
    with pytest.raises(DefinitionError) as caught:
        parse_policy(text, "p.yaml", PROTOCOLS)
    return [str(p) for p in caught.value.problems]


NO_SESSIONS: dict[str, list[str]] = {"slices": [], "dnns": [], "teids": []}


def test_sessions_of_a_mobile_network_are_members() -> None:
    members = "slices: [1, 2-00000A, 3-ffffff], dnns: [Plant.X, internet.mnc001.mcc001.gprs], teids: [0x100-0x1ff, 7]"
    (zone, _) = parse_policy(ZONES.replace("subnets: [10.0.1.0/24]", members), "p.yaml", PROTOCOLS).zones[::-1]
    assert zone["slices"] == ["1", "2-00000a", "3"]
    assert zone["dnns"] == ["plant.x", "internet"]
    assert zone["teids"] == ["256-511", "7"]


def test_rows() -> None:
    policy = parse_policy(GOOD, "p.yaml", PROTOCOLS)
    assert policy.site == "Bottling plant"
    assert policy.zones == (
        {
            "source": "p.yaml",
            "line": 4,
            "zone": "control",
            "name": "Control cells",
            "level": 1.0,
            "sl_t": 2,
            "sl_t_vector": [],
            "data_grade": "",
            "site": "Bottling plant",
            "subnets": ["10.20.1.0/24"],
            "vlans": [20, 100, 101, 102],
            "macs": ["00:1b:1b:00:00:01"],
            "devices": ["PLC Filler"],
            **NO_SESSIONS,
        },
        {
            "source": "p.yaml",
            "line": 9,
            "zone": "operations",
            "name": "operations",
            "level": 3.0,
            "sl_t": None,
            "sl_t_vector": [],
            "data_grade": "",
            "site": "Bottling plant",
            "subnets": ["10.20.3.0/24", "10.20.4.7/32"],
            "vlans": [],
            "macs": [],
            "devices": [],
            **NO_SESSIONS,
        },
    )
    conduit = policy.conduits[0]
    assert conduit["line"] == 11
    assert (conduit["from_zone"], conduit["to_zone"], conduit["both_ways"]) == ("operations", "control", False)
    assert conduit["protocols"] == ["modbus", "tcp/102", "ethertype/0x8892", "icmp"]
    assert conduit["clients"] == ["10.20.3.5", "scada-1", "00:1b:1b:00:00:02"]
    assert [(r["role"], r["member"], r["line"]) for r in policy.roles] == [
        ("engineering_station", "10.20.3.9", 20),
        ("engineering_station", "ews-1", 20),
    ]
    assert policy.change_windows == (
        {
            "source": "p.yaml",
            "line": 23,
            "window": "weekend",
            "zones": ["control"],
            "days": ["sat", "sun"],
            "start": "06:00",
            "end": "14:00",
            "reason": "",
            "time_zone": "Asia/Shanghai",
        },
    )
    assert policy.waivers[0]["match"] == '{"server": "10.20.1.4"}'
    assert policy.waivers[0]["until"] == "2026-12-31"


def test_rows_fit_the_schema() -> None:
    for name, rows in parse_policy(GOOD, "p.yaml", PROTOCOLS).tables().items():
        assert frame(schema.TABLES[name], rows).height == len(rows)


def test_the_least_policy() -> None:
    policy = parse_policy(HEAD + ZONE, "p.yaml", PROTOCOLS)
    assert (policy.site, policy.conduits, policy.roles, policy.waivers) == ("", (), (), ())


def test_json_is_a_policy_too(tmp_path: Path) -> None:
    file = tmp_path / "p.json"
    file.write_text(
        json.dumps({"otaudit_policy": 1, "zones": [{"id": "a", "level": 1, "members": {"vlans": [1]}}]}), "utf-8"
    )
    assert read_policy(file, PROTOCOLS).zones[0]["vlans"] == [1]
    assert recognises("x", file.read_bytes())


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "p.yaml: line 1, column 1: an empty value is not a mapping (key: value)"),
        ("- a\n", "p.yaml: line 1, column 1: a list is not a mapping"),
        (ZONES.replace("otaudit_policy: 1", "otaudit_policy: 2"), "line 1, column 17: otaudit_policy: '2' is not '1'"),
        (ZONES + "condiuts: []\n", "p.yaml: line 5, column 1: unknown key 'condiuts'; did you mean 'conduits'?"),
        (ZONES.replace("level: 2", "level: 6"), "p.yaml: line 4, column 27: level: '6' is not one of: 0, 1, 2, 3, 3.5"),
        (ZONES.replace("level: 2, ", ""), "line 4, column 5: required key 'level' is missing"),
        (ZONES.replace("id: a", "id: 7"), "line 3, column 10: id: '7' is not text; letters, digits, '_', '.' and '-'"),
        (ZONES.replace("10.0.1.0/24", "10.0.0.0/24"), "line 4, column 50: network 10.0.0.0/24 is in zone 'a' too"),
        (ZONES.replace("10.0.1.0/24", "10.0.1.5/24"), "'10.0.1.5/24' has host bits set; did you mean '10.0.1.0/24'?"),
        (ZONES.replace("10.0.1.0/24", "10.0.1.300"), "p.yaml: line 4, column 50: '10.0.1.300' is not an IP network"),
        (ZONES.replace("id: bottling", "id: a"), "line 4, column 10: duplicate zone id 'a'; first given in line 3"),
        (ZONES.replace("subnets: [10.0.1.0/24]", "vlans: [0]"), "'0' is not a VLAN identifier from 1 to 4094"),
        (ZONES.replace("subnets: [10.0.1.0/24]", "vlans: [9-3]"), "'9-3' is not a VLAN identifier"),
        (ZONES.replace("subnets: [10.0.1.0/24]", "slices: [256]"), "'256' is no slice"),
        (ZONES.replace("subnets: [10.0.1.0/24]", "slices: [1-0a]"), "'1-0a' is no slice"),
        (ZONES.replace("subnets: [10.0.1.0/24]", "dnns: ['a b']"), "'a b' is no name of a data network"),
        (ZONES.replace("subnets: [10.0.1.0/24]", "teids: [9-3]"), "'9-3' is no tunnel endpoint identifier"),
        (ZONES.replace("subnets: [10.0.1.0/24]", "teids: [0]"), "'0' is no tunnel endpoint identifier"),
        (
            ZONES.replace("subnets: [10.0.1.0/24]", "teids: [0x10]").replace(
                "10.0.0.0/24]", "10.0.0.0/24], teids: [9-16]"
            ),
            "tunnel 16 is in zone 'a' too",
        ),
        (ZONES.replace("subnets: [10.0.1.0/24]", "macs: [00:1b]"), "'00:1b' is not a MAC address"),
        (ZONES.replace("subnets: [10.0.1.0/24]", "devices: [10.0.1.5]"), "not a device name; put it under subnets"),
        (ZONES.replace("subnets: [10.0.1.0/24]", ""), "line 4, column 39: members: must not be empty"),
        (
            ZONES + "conduits:\n  - {id: c, from: a, to: botling, protocols: [modbus]}\n",
            "p.yaml: line 6, column 26: to: there is no zone 'botling'; did you mean 'bottling'?",
        ),
        (
            ZONES + "conduits:\n  - {id: c, from: a, to: a, protocols: [modbus]}\n",
            "line 6, column 26: from and to are the same zone; traffic inside one zone is always allowed",
        ),
        (
            ZONES + "conduits:\n  - {id: c, from: a, to: bottling, protocols: [modbuss]}\n",
            "line 6, column 48: unknown protocol 'modbuss'; did you mean 'modbus'?",
        ),
        *(
            (
                ZONES + f"conduits:\n  - {{id: c, from: a, to: bottling, protocols: [{word}]}}\n",
                f"unknown protocol '{word}'; did you mean '{meant}'?",
            )
            for word, meant in (("CIP", "enip"), ("S7", "s7comm"), ("IEC 60870-5-104", "iec104"), ("ping", "icmp"))
        ),
        (
            "otaudit_policy: 1\nzones:\n  - {id: a, name: A, level: 1,members: {vlans: [7]}, subnets: [10.0.1.0/24]}\n",
            "line 3, column 54: unknown key 'subnets'; it stands under 'members'",
        ),
        (
            ZONES + "conduits:\n  - {id: c, from: a, to: bottling, protocols: [opcua]}\n",
            "unknown protocol 'opcua'; or give the port, for example tcp/502",
        ),
        (
            ZONES + "conduits:\n  - {id: c, from: a, to: bottling, protocols: [tcp/70000]}\n",
            "'tcp/70000' is not a protocol or port; its number is out of range",
        ),
        (
            ZONES + "conduits:\n  - {id: c, from: a, to: bottling, protocols: [tcp/9010-8990]}\n",
            "'tcp/9010-8990' is not a protocol or port; the lower number comes first: tcp/8990-9010",
        ),
        (
            ZONES + "conduits:\n  - {id: c, from: a, to: bottling, protocols: [modbus], verbs: [progam-download]}\n",
            "unknown verb 'progam-download'; did you mean 'program-download'?",
        ),
        (
            ZONES + "conduits:\n  - {id: c, from: a, to: bottling, protocols: [modbus], clients: [10.0.0.256]}\n",
            "line 6, column 67: '10.0.0.256' is not an IP address",
        ),
        (
            ZONES + "conduits:\n  - {id: c, from: a, to: bottling, protocols: []}\n",
            "line 6, column 47: protocols: must not be empty; a list, for example [plc-1, 10.20.1.5]",
        ),
        (
            ZONES + "roles:\n  enginering_station: [x]\n",
            "p.yaml: line 6, column 3: unknown role 'enginering_station'; did you mean 'engineering_station'?",
        ),
        (
            ZONES + "waivers:\n  - {rule: r, reason: x, approved_by: y, until: 2026-02-30}\n",
            "line 6, column 49: '2026-02-30' is not a date; write it as 2026-12-31",
        ),
        (ZONES + "waivers:\n  - {rule: r, reason: x}\n", "required key 'approved_by' is missing"),
        (
            ZONES + "change_windows:\n  - {id: w, days: [sat]}\n",
            "p.yaml: line 6, column 5: change windows need a time_zone; for example time_zone: Asia/Shanghai",
        ),
        (
            ZONES + "time_zone: Berlin\n",
            "line 5, column 12: unknown time zone 'Berlin'; write it as Europe",
        ),
        (WINDOW + "zones: [botling]}\n", "line 7, column 21: there is no zone 'botling'; did you mean 'bottling'?"),
        (WINDOW + "days: [sunday]}\n", "'sunday' is not one of: mon, tue, wed, thu, fri, sat, sun"),
        (
            WINDOW + "from: 6am, to: 14:00}\n",
            "line 7, column 19: '6am' is not a time; write it as 06:00 or",
        ),
        (WINDOW + "from: 25:00, to: 14:00}\n", "'25:00' is not a time"),
        (
            WINDOW + "from: 06:00}\n",
            "line 7, column 5: from and to belong together; give both, or neither",
        ),
        (
            WINDOW + "from: 06:00, to: 2026-11-21T06:00}\n",
            "from and to are of different kinds; give two times of day",
        ),
        (WINDOW + "from: 2026-11-21T06:00, to: 2026-11-21T06:00}\n", "the window ends before it begins"),
        (
            WINDOW + "days: [sat], from: 2026-11-21T06:00, to: 2026-11-21T07:00}\n",
            "line 7, column 19: a window between two dates has no days; remove days",
        ),
        (
            WINDOW + "days: [sat]}\n  - {id: w}\n",
            "line 8, column 10: duplicate change window id 'w'; first given",
        ),
        (ZONES + "zones: []\n", "p.yaml: line 5, column 1: duplicate key 'zones'; first given in line 2"),
    ],
)
def test_each_mistake_has_its_line(text: str, message: str) -> None:
    told = mistakes(text)
    assert len(told) == 1, told
    assert message in told[0]


def test_every_mistake_is_told_in_the_order_of_the_text() -> None:
    text = (
        "otaudit_policy: 1\nsit: x\nzones:\n"
        "  - {id: a, level: 9, members: {subnets: [10.0.0.1/24]}}\n"
        "  - {id: a, level: 2, members: {vlans: [5000]}}\n"
        "conduits:\n"
        "  - {id: c, from: b, to: a, protocols: [modbus], verbs: [reed]}\n"
    )
    told = mistakes(text)
    assert [m.split(",")[0] for m in told] == [f"p.yaml: line {n}" for n in (2, 4, 4, 5, 5, 7, 7)]


def test_nested_networks_of_two_zones_are_allowed() -> None:
    assert len(parse_policy(ZONES.replace("10.0.1.0/24", "10.0.0.128/25"), "p", PROTOCOLS).zones) == 2


def test_an_unreadable_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(DefinitionError, match=r"missing\.yaml: cannot be read"):
        read_policy(tmp_path / "missing.yaml", PROTOCOLS)


@pytest.mark.parametrize(
    ("head", "is_policy"),
    [
        (GOOD.encode(), True),
        (b"\xef\xbb\xbf# ours\notaudit_policy: 1\n", True),
        ("otaudit_policy: 1\n".encode("utf-16"), True),
        (b'{"otaudit_policy": 1}', True),
        (b"site: x\nzones:\n - id: a\nconduits: []\n", True),
        (b"assets:\n - name: otaudit_policy\n", False),
        (b"name,ip,zone\n", False),
        (b"id: rule\ntitle: zones\nexamples:\n  - zones: []\n    conduits: []\n", False),
        (b"\xd4\xc3\xb2\xa1", False),
        (b"", False),
    ],
)
def test_recognised_by_content(head: bytes, *, is_policy: bool) -> None:
    assert recognises("anything.txt", head) is is_policy


@pytest.mark.parametrize(
    ("text", "service"),
    [
        ("tcp/502", Service("tcp", 502, 502)),
        ("TCP/5000-5010", Service("tcp", 5000, 5010)),
        ("ethertype/0x8892", Service("ethernet", 0x8892, 0x8892)),
        ("ip/47", Service("ip-47", 0, 65535)),
        ("ip/1", Service("icmp", 0, 65535)),
        ("ip/6", Service("tcp", 0, 65535)),
        ("ip/17", Service("udp", 0, 65535)),
        ("ip/132", Service("sctp", 0, 65535)),
        ("udp", Service("udp", 0, 65535)),
        ("modbus", None),
    ],
)
def test_services(text: str, service: Service | None) -> None:
    assert parse_service(text) == service
    if service:
        assert parse_service(str(service)) == service


@pytest.mark.parametrize(
    ("text", "member"),
    [
        ("::ffff:10.1.1.5", "10.1.1.5"),
        ("::FFFF:10.1.1.0/120", "10.1.1.0/24"),
        ("::ffff:0:0/96", "0.0.0.0/0"),
        ("::10.1.1.5", "::a01:105"),
        ("2001:DB8::/32", "2001:db8::/32"),
        ("PLC:1", "PLC:1"),
    ],
)
def test_addresses_have_one_form(text: str, member: str) -> None:
    """IPv4 that is written as IPv6 (RFC 4291, section 2.5.5.2) is IPv4."""
    assert canonical_member(text) == member


@pytest.mark.parametrize("text", ["tcp/", "tcp/0x1ffff", "tcp/10-5", "foo/1", "ethertype/1-2", "ip/300"])
def test_wrong_services(text: str) -> None:
    with pytest.raises(ValueError, match=r"expected|out of range|lower number"):
        parse_service(text)


_KEYS = (
    "id",
    "level",
    "members",
    "subnets",
    "vlans",
    "macs",
    "devices",
    "slices",
    "dnns",
    "teids",
    "from",
    "to",
    "protocols",
    "verbs",
    "clients",
    "rule",
    "until",
    "zones",
    "days",
)
_values = st.recursive(
    st.none() | st.booleans() | st.integers(-10, 5000) | st.sampled_from(["a", "10.0.0.0/24", "00:1b:1b:00:00:01", ""]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(_KEYS),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(
    st.fixed_dictionaries(
        {},
        optional=dict.fromkeys(
            ("zones", "conduits", "roles", "change_windows", "time_zone", "waivers", "site"), _values
        ),
    )
)
def test_any_shape_raises_nothing_else(data: dict[str, object]) -> None:
    with contextlib.suppress(DefinitionError):
        parse_policy(json.dumps({"otaudit_policy": 1, **data}), "p", PROTOCOLS)


@given(st.binary(max_size=200))
def test_random_bytes_raise_nothing_else(content: bytes) -> None:
    recognises("x", content)
    with contextlib.suppress(DefinitionError):
        parse_policy(content, "p", PROTOCOLS)


def test_the_documented_policy_is_right() -> None:
    text = (Path(__file__).parents[2] / "docs" / "policy.md").read_text("utf-8")
    example = text.split("```yaml\n")[1].split("```")[0]
    policy = parse_policy(example, "docs", PROTOCOLS)
    assert (len(policy.zones), len(policy.conduits), len(policy.roles), len(policy.waivers)) == (3, 1, 3, 1)
    assert [w["window"] for w in policy.change_windows] == ["weekend", "request-4711"]


def test_the_documented_words_are_the_vocabulary() -> None:
    text = " ".join((Path(__file__).parents[2] / "docs" / "policy.md").read_text("utf-8").split())
    assert f"`{', '.join(Verb)}`" in text
    assert set(text.split("The words: `")[1].split("`")[0].split(", ")) == set(ROLES)
