"""Who may write what: what the policy says, and what follows for the operations of a small plant."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from scanner.errors import DefinitionError
from scanner.facts.enrich import enrich
from scanner.facts.frames import Facts, frame
from scanner.facts.schema import TABLES
from scanner.policy.document import parse_policy
from scanner.provenance import Provenance

PROTOCOLS = {"modbus", "s7comm", "tls"}
ZONES = """\
zones:
  - {id: filling, level: 1, members: {subnets: [10.1.0.0/24]}}
  - {id: super, level: 3, members: {subnets: [10.3.0.0/24]}}
"""
WINDOWS = """\
time_zone: UTC
change_windows:
  - {id: weekend, days: [sat, sun]}
"""
SATURDAY, MONDAY = datetime(2026, 11, 28, 12, tzinfo=UTC), datetime(2026, 11, 30, 12, tzinfo=UTC)
INVENTORY = [
    {"source": "i.csv", "row": 2, "name": "PLC-1", "ips": ["10.1.0.1"], "type": "plc"},
    {"source": "i.csv", "row": 3, "name": "SCADA-1", "ips": ["10.3.0.10"]},
    {"source": "i.csv", "row": 4, "name": "ENG-1", "ips": ["10.3.0.20"], "type": "engineering_station"},
    {"source": "i.csv", "row": 5, "name": "GHOST-1"},
]


def policy(text: str) -> str:
    return "otaudit_policy: 1\n" + text


def operation(client: str = "10.3.0.10", server: str = "10.1.0.1", **more: Any) -> dict[str, Any]:
    return {
        "capture": "c",
        "transport": "tcp",
        "client": client,
        "server": server,
        "vlan": -1,
        "server_port": 502,
        "protocol": "modbus",
        "industrial": True,
        "verb": "write",
        "object": "holding register 105",
        "count": 1,
        "accepted": 1,
        "first_time": MONDAY,
        "last_time": MONDAY,
    } | more


def judged(text: str, *operations: dict[str, Any], listed: list[dict[str, Any]] = INVENTORY, **rows: Any) -> Any:
    clients = {o[end] for o in operations for end in ("client", "server")}
    sightings = [{"capture": "c", "mac": "", "ip": ip, "vlan": -1, "proof": "ip", "packets": 1} for ip in clients]
    tables: dict[str, Any] = {"sightings": sightings, "operations": operations, "inventory": listed, **rows}
    tables |= parse_policy(policy(text), "p.yaml", PROTOCOLS).tables()
    facts = Facts(
        {name: frame(TABLES[name], given) for name, given in tables.items()},
        tuple(Provenance(k, k, 1, "") for k in ("capture", "inventory", "policy")),
    )
    return enrich(facts, {})["flows" if "flows" in rows else "operations"]


def permitted(text: str, **changed: Any) -> bool | None:
    answer: bool | None = judged(text, operation(**changed))["permitted"][0]
    return answer


WRITERS = ZONES + WINDOWS + "writers:\n  - "
RECIPES = WRITERS + '{targets: [filling], clients: [SCADA-1], objects: ["holding register 100-199"]}\n'


@pytest.mark.parametrize(
    ("text", "changed", "answer"),
    [
        (RECIPES, {}, True),
        (RECIPES, {"verb": "operate"}, True),
        (RECIPES, {"verb": "stop"}, None),
        (RECIPES, {"verb": "read"}, None),
        (RECIPES, {"server": "10.3.0.1"}, None),
        (RECIPES, {"client": "10.3.0.66"}, False),
        (RECIPES, {"object": "holding register 205"}, False),
        (RECIPES, {"object": "holding register 190-205"}, False),
        (RECIPES, {"object": ""}, None),
        (RECIPES, {"object": "", "client": "10.3.0.66"}, False),
        (WRITERS + "{targets: [PLC-1], clients: [10.3.0.0/28]}", {}, True),
        (WRITERS + "{targets: [plc-1], clients: [10.3.0.0/28]}", {"client": "10.3.0.20"}, False),
        (WRITERS + "{targets: [10.1.0.1], clients: [scada-1]}", {}, True),
        (WRITERS + "{targets: [10.1.0.0/30], clients: [10.3.0.10], verbs: [stop]}", {"verb": "stop"}, True),
        (WRITERS + "{targets: [10.1.0.0/30], clients: [10.3.0.10], verbs: [stop]}", {}, None),
        (WRITERS + "{targets: [filling], clients: [SCADA-1], protocols: [s7comm]}", {}, None),
        (WRITERS + "{targets: [filling], clients: [engineering_station]}", {"client": "10.3.0.20"}, True),
        (WRITERS + "{targets: [filling], clients: [engineering_station]}", {}, False),
        (WRITERS + "{targets: [filling], clients: [SCADA-1], change_windows: [weekend]}", {}, False),
        (
            WRITERS + "{targets: [filling], clients: [SCADA-1], change_windows: [weekend]}",
            {"first_time": SATURDAY, "last_time": SATURDAY},
            True,
        ),
        (
            WRITERS + "{targets: [filling], clients: [SCADA-1], change_windows: [weekend]}",
            {"first_time": None, "last_time": None},
            None,
        ),
        # what nobody can tell may be what an entry is about
        (RECIPES, {"verb": "unknown", "client": "10.3.0.66"}, None),
        (RECIPES, {"verb": "unknown-function", "client": "10.3.0.66"}, None),
        (RECIPES.replace("objects", "verbs: [unknown], objects"), {"verb": "unknown", "client": "10.3.0.66"}, False),
        # several entries unite
        (RECIPES + "  - {targets: [PLC-1], clients: [10.3.0.66]}\n", {"client": "10.3.0.66"}, True),
        (RECIPES + "  - {targets: [PLC-1], clients: [10.3.0.66]}\n", {"object": "coil 1"}, False),
        (RECIPES + "  - {targets: [PLC-1], clients: [SCADA-1]}\n", {"object": "coil 1"}, True),
        # nobody knows who is meant
        (WRITERS + "{targets: [filling], clients: [GHOST-1]}", {"client": "10.3.0.66"}, None),
        (WRITERS + "{targets: [filling], clients: [historian]}", {"client": "10.3.0.66"}, None),
        # it is not the one whom somebody knows
        (WRITERS + "{targets: [filling], clients: [GHOST-1]}", {}, False),
        (WRITERS + "{targets: [filling], clients: [historian]}", {}, False),
        (WRITERS + "{targets: [filling], clients: [GHOST-1, 10.3.0.20]}", {}, False),
        # of a zone
        (
            ZONES.replace("[10.1.0.0/24]}}", "[10.1.0.0/24]}, writers: [{clients: [SCADA-1]}]}"),
            {},
            True,
        ),
        (
            ZONES.replace("[10.1.0.0/24]}}", "[10.1.0.0/24]}, writers: [{clients: [ENG-1]}]}"),
            {},
            False,
        ),
        # without zones
        ("writers:\n  - {targets: [10.1.0.1], clients: [10.3.0.10]}", {}, True),
        ("writers:\n  - {targets: [10.1.0.1], clients: [10.3.0.10]}", {"client": "10.3.0.66"}, False),
        ("roles:\n  hmi: [10.3.0.10]", {}, None),
    ],
)
def test_who_may_write(text: str, changed: dict[str, Any], answer: bool | None) -> None:
    assert permitted(text, **changed) is answer


def test_a_name_or_serial_number_said_on_the_wire_permits_nothing() -> None:
    said = [
        {"capture": "c", "ip": "10.3.0.66", "field": field, "value": value, "protocol": "modbus", "count": 1}
        for field, value in (("hostname", "SCADA-1"), ("serial", "S-4711"))
    ]
    text = WRITERS + "{targets: [filling], clients: [SCADA-1, 10.3.0.99]}"
    asked = operation("10.3.0.66")
    listed: list[dict[str, Any]]
    for listed in ([], [INVENTORY[1]], [{"source": "i", "row": 2, "name": "SCADA-1", "serial": "S-4711"}]):
        assert judged(text, asked, listed=listed, identities=said)["permitted"].to_list() == [False]


def test_a_device_named_like_a_role_is_that_device() -> None:
    text = WRITERS + "{targets: [filling], clients: [engineering_station]}"
    named = {"source": "i.csv", "row": 9, "name": "Engineering_Station", "ips": ["10.3.0.30"]}
    found = judged(text, operation("10.3.0.20"), operation("10.3.0.30"), listed=[*INVENTORY, named])
    assert found["permitted"].to_list() == [False, True]


def test_an_entry_covers_an_operation_whoever_its_clients_are() -> None:
    asked = [operation(), operation(verb="read"), operation(server="10.1.0.2")]
    found = judged(WRITERS + "{targets: [10.1.0.1], clients: [historian]}", *asked)
    assert found["covered"].to_list() == [True, False, False]
    assert judged(ZONES, *asked)["covered"].to_list() == [False] * 3


def test_many_operations_keep_their_order() -> None:
    asked = [operation(object=f"holding register {n}", verb=("write", "read")[n % 2]) for n in range(95, 205)]
    found = judged(RECIPES, *asked)["permitted"].to_list()
    assert found == [None if n % 2 else 100 <= n <= 199 for n in range(95, 205)]


def test_what_nobody_has_decided_about() -> None:
    text = ZONES + (
        "undecided:\n"
        "  - {client: 10.3.0.10, server: PLC-1, protocol: modbus, verbs: [stop, write]}\n"
        "  - {client: 10.3.0.20, server: 10.1.0.1, verbs: [write]}\n"
    )
    asked = [
        operation(),
        operation(verb="operate"),
        operation(protocol="s7comm"),
        operation("10.3.0.20", protocol="s7comm"),
        operation(server="10.1.0.2"),
    ]
    assert judged(text, *asked)["undecided"].to_list() == [True, False, False, True, False]
    assert judged(ZONES, *asked)["undecided"].to_list() == [False] * 5


def test_roles_that_somebody_has() -> None:
    roles = "roles:\n  historian: [GHOST-1, nobody]\n  hmi: [10.3.0.0/24]\n  scada_server: [SCADA-1]\n"
    found = judged(ZONES + roles, operation(), operation(verb="read"))
    assert found["roles_given"].to_list() == [["controller", "engineering_station", "hmi", "scada_server"]] * 2
    assert judged(ZONES, operation(), listed=[])["roles_given"].to_list() == [[]]


def test_zones_are_an_input_of_their_own() -> None:
    def read(text: str) -> Facts:
        tables = parse_policy(policy(text), "p.yaml", PROTOCOLS).tables()
        rows = {name: frame(TABLES[name], given) for name, given in tables.items()}
        return Facts(rows, (Provenance("p.yaml", "policy", 1, ""),))

    with_zones, without = read(ZONES), read("roles:\n  hmi: [10.3.0.10]")
    assert [facts.has(kind) for facts in (with_zones, without) for kind in ("policy", "zones")] == [
        *(True, True),
        *(True, False),
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{targets: [filling]}", "line 9, column 5: required key 'clients' is missing"),
        ("{targets: [filling], clients: []}", "clients: must not be empty"),
        ("{targets: [filling], clients: [10.0.0.256]}", "line 9, column 36: '10.0.0.256' is not an IP address"),
        ("{targets: [10.0.0.1/8], clients: [a]}", "'10.0.0.1/8' has host bits set; did you mean '10.0.0.0/8'?"),
        (
            "{targets: [a], clients: [a], verbs: [wriet]}",
            "line 9, column 42: unknown verb 'wriet'; did you mean 'write'?",
        ),
        ("{targets: [a], clients: [a], protocols: [modbuss]}", "unknown protocol 'modbuss'; did you mean 'modbus'?"),
        (
            "{targets: [a], clients: [a], objects: [coil 9-3]}",
            "'9-3' ends before it begins; write the lower number first",
        ),
        (
            "{targets: [a], clients: [a], change_windows: [weekday]}",
            "there is no change window 'weekday'; did you mean 'weekend'?",
        ),
        (
            "{id: a, targets: [a], clients: [a]}\n  - {id: a, targets: [b], clients: [a]}",
            "line 10, column 10: duplicate writer id 'a'; first given in line 9",
        ),
        ("{targets: [a], client: [a]}", "unknown key 'client'; did you mean 'clients'?"),
        ("{targets: [a], clients: [a]}\nundecided: [{client: a, server: b}]", "required key 'verbs' is missing"),
        (
            "{targets: [a], clients: [a]}\nundecided: [{client: a, server: 1.2.3.400, verbs: [x]}]",
            "'1.2.3.400' is not an IP address",
        ),
    ],
)
def test_mistakes(text: str, message: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        parse_policy(policy(WRITERS + text + "\n"), "p.yaml", PROTOCOLS)
    assert any(message in str(p) for p in caught.value.problems), [str(p) for p in caught.value.problems]


@pytest.mark.parametrize(
    ("client", "verb", "covered"),
    [
        ("10.3.0.66", "write", True),
        ("10.3.0.66", "unknown", True),
        ("10.3.0.66", "unknown-function", True),
        ("10.3.0.66", "read", False),
        ("10.3.0.10", "unknown", False),
    ],
)
def test_what_may_be_forbidden_is_covered(client: str, verb: str, covered: bool) -> None:
    text = WRITERS + "{targets: [filling], clients: [SCADA-1]}\n"
    assert judged(text, operation(client, verb=verb))["covered"].to_list() == [covered]


def test_a_conduit_needs_zones() -> None:
    with pytest.raises(DefinitionError, match="there is no zone 'a'; no zones are declared"):
        parse_policy(policy("conduits:\n  - {id: c, from: a, to: b, protocols: [modbus]}\n"), "p.yaml", PROTOCOLS)


@pytest.mark.parametrize(
    ("entry", "trusted"),
    [
        ("{targets: [filling], clients: [SCADA-1], verbs: [write, unknown]}", True),
        ("{targets: [PLC-1], clients: [scada_server, 10.3.0.10], protocols: [tls], verbs: [unknown]}", True),
        ("{targets: [filling], clients: [ENG-1], verbs: [unknown]}", False),
        ("{targets: [filling], clients: [SCADA-1]}", None),
        ("{targets: [filling], clients: [SCADA-1], verbs: [unknown], protocols: [s7comm]}", None),
        ("{targets: [super], clients: [SCADA-1], verbs: [unknown]}", None),
        ('{targets: [filling], clients: [SCADA-1], verbs: [unknown], objects: ["DB10*"]}', None),
        ("{targets: [filling], clients: [SCADA-1], verbs: [unknown], change_windows: [weekend]}", False),
    ],
)
def test_who_is_trusted_with_what_it_says_encrypted(entry: str, trusted: bool | None) -> None:
    flow = operation(server_port=802, protocol="tls", secured=True, client_packets=9, server_packets=9)
    flow |= {"established": True, "client_bytes": 400, "server_bytes": 900}
    known = {column.name for column in TABLES["flows"].columns}
    flow = {name: value for name, value in flow.items() if name in known}
    found = judged(WRITERS + entry + "\n", operation(), flows=[flow])
    assert found["trusted"].to_list() == [trusted]
