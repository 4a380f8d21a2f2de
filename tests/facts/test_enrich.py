"""A small plant, told in rows: who is who, in which zone, listed or not, allowed or not."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import polars as pl
import pytest

from scanner.facts.enrich import enrich
from scanner.facts.frames import Facts, frame, polars_schema
from scanner.facts.homes import HomePorts
from scanner.facts.schema import TABLES
from scanner.policy.document import parse_policy
from scanner.provenance import Provenance
from scanner.wording import plain, term

PLC, SCADA, ENG, ROUTER, IO = (
    "00:1b:1b:00:00:01",
    "d0:8e:79:00:00:02",
    "3c:52:82:00:00:03",
    "54:8a:ba:00:00:04",
    "00:a0:45:00:00:05",
)
POLICY = """\
otaudit_policy: 1
site: Plant
zones:
  - {id: cell, level: 1, members: {subnets: [10.1.0.0/24], vlans: [10]}}
  - {id: super, level: 3, members: {subnets: [10.3.0.0/24]}}
  - {id: radio, level: 1, members: {subnets: [10.45.0.0/24]}}
conduits:
  - {id: poll, from: super, to: cell, protocols: [modbus], verbs: [read], clients: [SCADA-1]}
  - {id: eng, from: super, to: cell, protocols: [s7comm], clients: [10.3.0.20]}
  - {id: never, from: radio, to: super, protocols: [tls]}
roles:
  scada_server: [SCADA-1]
"""
INVENTORY = [
    {
        "source": "i.csv",
        "row": 2,
        "name": "PLC-1",
        "ips": ["10.1.0.1"],
        "macs": [PLC],
        "type": "plc",
        "vendor": "Siemens",
    },
    {"source": "i.csv", "row": 3, "name": "SCADA-1", "ips": ["10.3.0.10"], "type": "server", "firmware": "1.0"},
    {"source": "i.csv", "row": 4, "name": "SPARE", "ips": ["10.1.0.99"], "type": "plc"},
    {"source": "i.csv", "row": 5, "name": "FAR", "ips": ["10.77.0.1"], "type": "plc"},
    {"source": "i.csv", "row": 6, "name": "IO-1", "macs": [IO], "ips": ["10.1.0.50"], "type": "io_device"},
]


def sighting(mac: str, ip: str, vlan: int = -1, proof: str = "arp", **more: Any) -> dict[str, Any]:
    return {"capture": "c", "mac": mac, "ip": ip, "vlan": vlan, "proof": proof, "packets": 5, "first_frame": 7} | more


SIGHTINGS = [
    sighting(PLC, "10.1.0.1", 10),
    sighting(SCADA, "10.3.0.10", 30),
    sighting(ENG, "10.3.0.20", 30),
    sighting(IO, "", 10, "ip"),
    sighting(ROUTER, "10.3.0.10", 10, "ip", packets=900),
    sighting(ROUTER, "10.3.0.20", 10, "ip"),
    sighting(ROUTER, "10.3.0.66", 10, "ip"),
    sighting(ROUTER, "8.8.4.4", 10, "ip"),
    sighting("", "10.45.0.7", 10, "ip"),
]


def path(client: str, server: str, protocol: str = "modbus", **more: Any) -> dict[str, Any]:
    l2 = ":" in client
    return {
        "capture": "c",
        "transport": "ethernet" if l2 else "tcp",
        "client": client,
        "server": server,
        "client_mac": client if l2 else ROUTER,
        "server_mac": server if l2 else PLC,
        "server_port": 0x8892 if l2 else 502,
        "vlan": 10,
        "protocol": protocol,
        "industrial": protocol in ("modbus", "s7comm", "profinet-dcp"),
    } | more


def flow(client: str, server: str, protocol: str = "modbus", **more: Any) -> dict[str, Any]:
    return (
        path(client, server, protocol)
        | {
            "client_packets": 3,
            "server_packets": 3,
            "client_bytes": 9,
            "server_bytes": 9,
            "established": True,
        }
        | more
    )


def operation(client: str, server: str, protocol: str, verb: str, **more: Any) -> dict[str, Any]:
    return path(client, server, protocol) | {"verb": verb, "count": 4, "accepted": 4, "refused": 0} | more


def identity(field: str, value: str, protocol: str = "modbus", **who: str) -> dict[str, Any]:
    return {"capture": "c", "field": field, "value": value, "protocol": protocol, "count": 1} | who


def plant(
    *,
    inventory: bool = True,
    policy: bool = True,
    written: str = POLICY,
    capture: bool = True,
    listed: list[dict[str, Any]] = INVENTORY,
    **rows: Any,
) -> dict[str, pl.DataFrame]:
    tables: dict[str, Any] = {"sightings": SIGHTINGS, **rows} if capture else {}
    kinds = ["capture"] if capture else []
    if inventory:
        tables["inventory"] = listed
        kinds.append("inventory")
    if policy:
        tables |= parse_policy(written, "p.yaml", set()).tables()
        kinds.append("policy")
    facts = Facts(
        {name: frame(TABLES[name], r) for name, r in tables.items()}, tuple(Provenance(k, k, 1, "") for k in kinds)
    )
    return enrich(facts, {"modbus": {("tcp", 502)}})


def by(table: pl.DataFrame, key: str) -> dict[str, dict[str, Any]]:
    return {row[key]: {name: in_english(value) for name, value in row.items()} for row in table.to_dicts()}


def in_english(value: Any) -> Any:
    if isinstance(value, list):
        return [in_english(each) for each in value]
    return plain(value) if isinstance(value, str) else value


def test_every_table_has_its_whole_schema() -> None:
    for tables in (plant(), enrich(Facts())):
        assert list(tables) == list(TABLES)
        for name, table in tables.items():
            assert dict(table.schema) == polars_schema(TABLES[name], derived=True)


def test_devices() -> None:
    devices = by(plant(flows=[flow("10.3.0.10", "10.1.0.1")])["devices"], "device")
    assert devices.keys() == {PLC, SCADA, ENG, ROUTER, IO, "10.3.0.66", "8.8.4.4", "10.45.0.7"}
    plc = devices[PLC]
    assert (plc["name"], plc["zone"], plc["level"], plc["listed"], plc["ips"]) == (
        "PLC-1",
        "cell",
        1.0,
        True,
        ["10.1.0.1"],
    )
    assert (plc["oui_vendor"], plc["roles"], plc["serves"]) == ("Siemens AG", ["controller"], ["modbus"])
    assert plc["inventory_row"] == "i.csv row 2"
    assert (plc["frames"], plc["captures"], plc["filter"]) == ([7], ["c"], f"eth.addr == {PLC}")
    scada = devices[SCADA]
    assert scada["packets"] == 900, "what the router forwarded counts"
    assert (scada["zone"], scada["vlans"], scada["roles"][0]) == ("super", [30], "scada_server")
    assert scada["role_reasons"][0] == "scada_server: policy line 12"
    router = devices[ROUTER]
    assert (router["roles"], router["ips"], router["zone"], router["listed"]) == (["router"], [], "", False)
    stranger = devices["10.3.0.66"]
    assert (stranger["mac"], stranger["zone"], stranger["listed"], stranger["filter"]) == (
        "",
        "super",
        False,
        "ip.addr == 10.3.0.66",
    )
    assert [d for d, row in devices.items() if row["public"]] == ["8.8.4.4"]
    assert devices["10.45.0.7"]["zone"] == "radio", "an address inside a tunnel is not in the tunnel's VLAN"


def test_a_layer_2_device_is_in_the_zone_of_its_vlan() -> None:
    devices = by(plant(inventory=False)["devices"], "device")
    assert devices[IO]["zone"] == "cell"
    assert devices[IO]["listed"] is None


@pytest.mark.parametrize(
    ("row", "crosses", "conduit", "allowed"),
    [
        (flow("10.3.0.10", "10.1.0.1"), True, "poll", True),
        (flow("10.3.0.20", "10.1.0.1"), True, "", False),
        (flow("10.3.0.20", "10.1.0.1", "s7comm"), True, "eng", True),
        (flow("10.3.0.20", "10.3.0.10", "http"), False, "", True),
        (flow("10.1.0.1", "8.8.4.4", "tls"), None, "", None),
        (flow("10.3.0.10", "10.1.0.1", "", client_bytes=0, server_bytes=0), True, "poll", True),
        (flow("10.3.0.10", "10.1.0.1", ""), True, "", False),
        (flow("10.45.0.7", "10.1.0.1"), True, "", False),
        (flow("10.1.0.1", "239.1.1.1", "", client_mac=PLC), False, "", True),
        (flow("10.1.0.1", "239.1.1.1", ""), None, "", None),  # a router passed it on
        (flow("10.1.0.1", "224.0.0.1", ""), False, "", True),
        (flow("10.1.0.1", "10.1.0.255", ""), False, "", True),
        (flow("10.3.0.20", "10.1.0.255", "bacnet"), True, "", False),
        (flow("10.1.0.1", "10.1.255.255", ""), False, "", True),
        (flow("10.1.0.1", "255.255.255.255", ""), False, "", True),
        (flow("10.1.0.1", "fe80::99", ""), False, "", True),
        (flow(PLC, IO, "profinet-rt"), False, "", True),
        (flow(IO, "01:0e:cf:00:00:00", "profinet-dcp"), False, "", True),
        (flow("0.0.0.0", "255.255.255.255", "", client_mac=PLC), False, "", True),  # noqa: S104
    ],
)
def test_flows_are_judged(row: dict[str, Any], crosses: bool | None, conduit: str, allowed: bool | None) -> None:
    (judged,) = plant(flows=[row])["flows"].to_dicts()
    assert (judged["crosses_zones"], judged["conduit"], judged["allowed"]) == (crosses, conduit, allowed)


@pytest.mark.parametrize(
    ("client", "broadcast", "crosses"),
    [
        ("10.20.0.5", "10.20.0.255", False),
        ("10.20.0.5", "10.20.1.255", True),  # next door: a mask of 23 bits would fit, but the policy knows the network
        ("10.20.1.5", "10.20.255.255", False),  # a mask of 16 bits, of a network that the policy does not know
        ("10.30.1.5", "10.30.255.255", False),  # inside the wider network of its zone
    ],
)
def test_a_directed_broadcast_reaches_the_network_that_it_names(client: str, broadcast: str, crosses: bool) -> None:
    zones = [
        {"zone": "office", "level": 4.0, "subnets": ["10.20.0.0/24"]},
        {"zone": "cell", "level": 1.0, "subnets": ["10.20.1.0/24"]},
        {"zone": "site", "level": 3.0, "subnets": ["10.30.0.0/16"]},
    ]
    rows = {"zones": zones, "flows": [flow(client, broadcast, "bacnet")]}
    inputs = tuple(Provenance(kind, kind, 1, "00") for kind in ("capture", "policy"))
    tables = enrich(Facts({name: frame(TABLES[name], given) for name, given in rows.items()}, inputs))
    assert tables["flows"]["crosses_zones"].to_list() == [crosses]


def test_operations_are_judged_by_their_verb() -> None:
    rows = [operation("10.3.0.10", "10.1.0.1", "modbus", verb) for verb in ("read", "write", "session")]
    assert plant(operations=rows)["operations"]["allowed"].to_list() == [True, False, True]


def test_who_the_ends_are() -> None:
    rows = [
        flow("10.3.0.10", "10.1.0.1"),
        flow("10.3.0.66", "10.1.0.99"),
        flow("10.1.0.1", "8.8.4.4"),
        flow("10.1.0.1", "224.0.0.5"),
    ]
    first, second, third, fourth = plant(flows=rows)["flows"].to_dicts()
    assert (first["client_device"], first["client_name"], first["client_zone"]) == (SCADA, "SCADA-1", "super")
    assert (first["client_level"], first["server_level"]) == (3.0, 1.0)
    assert first["client_assigned_roles"] == ["scada_server", "server"]
    assert first["client_listed"] is True
    assert (second["client_device"], second["client_name"], second["client_listed"]) == (
        "10.3.0.66",
        "10.3.0.66",
        False,
    )
    assert (second["server_device"], second["server_name"], second["server_listed"]) == ("", "SPARE", True)
    assert second["server_assigned_roles"] == ["controller"], "listed though it never answered"
    assert (third["server_public"], third["server_zone"], third["client_public"]) == (True, "", False)
    assert (fourth["server_device"], fourth["server_zone"], fourth["server_listed"]) == ("", "cell", None)


def test_without_policy_and_inventory_nothing_is_claimed() -> None:
    row = plant(inventory=False, policy=False, flows=[flow("10.3.0.10", "10.1.0.1")])["flows"].to_dicts()[0]
    assert (row["crosses_zones"], row["allowed"], row["conduit"], row["client_zone"]) == (None, None, "", "")
    assert (row["client_listed"], row["client_level"]) == (None, None)
    assert row["client_name"] == "10.3.0.10"


def test_a_name_said_on_the_wire_opens_no_conduit() -> None:
    said = [identity("hostname", "SCADA-1", ip="10.3.0.66")]
    (row,) = plant(flows=[flow("10.3.0.66", "10.1.0.1")], identities=said)["flows"].to_dicts()
    assert (row["allowed"], row["client_assigned_roles"]) == (False, [])
    (row,) = plant(inventory=False, flows=[flow("10.3.0.66", "10.1.0.1")], identities=said)["flows"].to_dicts()
    assert (row["allowed"], row["client_assigned_roles"]) == (False, []), "without an inventory no name is believed"


@pytest.mark.parametrize("where", [{}, {"ips": ["10.3.0.77"]}, {"serial": "S-4711"}])
def test_an_inventory_entry_without_the_device_s_address_authorises_nothing(where: dict[str, Any]) -> None:
    listed = [{"source": "i.csv", "row": 2, "name": "SCADA-1", "type": "engineering_station", **where}]
    said = [identity("hostname", "SCADA-1", ip="10.3.0.66"), identity("serial", "S-4711", ip="10.3.0.66")]
    facts = plant(flows=[flow("10.3.0.66", "10.1.0.1")], identities=said, listed=listed)["flows"].to_dicts()
    assert [(r["allowed"], r["client_assigned_roles"]) for r in facts] == [(False, [])]


def test_an_address_that_a_device_only_states_authorises_nothing() -> None:
    mallory = "02:00:00:00:00:66"
    sightings = [*SIGHTINGS[3:4], sighting(mallory, "10.3.0.66", 30), sighting(PLC, "10.1.0.1", 10)]
    said = [identity("ip", "10.3.0.10", "profinet-dcp", mac=mallory)]
    asked = flow("10.3.0.66", "10.1.0.1", client_mac=mallory, vlan=30)
    (row,) = plant(sightings=sightings, flows=[asked], identities=said)["flows"].to_dicts()
    assert (row["client_device"], row["allowed"], row["client_assigned_roles"]) == (mallory, False, [])
    honest = [identity("ip", "10.1.0.50", "profinet-dcp", mac=IO)]
    listed = [{"source": "i.csv", "row": 2, "name": "IO-1", "ips": ["10.1.0.50"], "type": "io_device"}]
    (row,) = plant(listed=listed, flows=[flow(IO, PLC, "profinet-dcp")], identities=honest)["flows"].to_dicts()
    assert row["client_assigned_roles"] == ["io_device"], "it sends from no address, and nobody else has this one"


def test_observed_roles_do_not_become_assigned_ones() -> None:
    tables = plant(
        flows=[flow("10.3.0.66", "10.1.0.1", "s7comm")],
        operations=[operation("10.3.0.66", "10.1.0.1", "s7comm", "program-download")],
    )
    (row,) = tables["operations"].to_dicts()
    assert (row["client_roles"], row["client_assigned_roles"]) == (["engineering_station"], [])
    assert by(tables["devices"], "device")["10.3.0.66"]["role_reasons"] == [
        "engineering_station: asked for S7comm program download to 1 device"
    ]


def test_it_protocols_make_no_controller() -> None:
    devices = by(plant(operations=[operation("10.3.0.10", "10.3.0.66", "http", "read")])["devices"], "device")
    assert devices["10.3.0.66"]["roles"] == []


def test_names_in_full_width_letters_are_the_same_names() -> None:
    written = POLICY.replace("SCADA-1", "ＳＣＡＤＡ－１")
    (row,) = plant(written=written, flows=[flow("10.3.0.10", "10.1.0.1")])["flows"].to_dicts()
    assert (row["conduit"], row["allowed"], row["client_assigned_roles"]) == ("poll", True, ["scada_server", "server"])


def test_inventory_columns() -> None:
    entries = by(plant(flows=[])["inventory"], "name")
    assert {n: (r["seen"], r["device"], r["zone_by_policy"], r["expected"]) for n, r in entries.items()} == {
        "PLC-1": (True, PLC, "cell", True),
        "SCADA-1": (True, SCADA, "super", True),
        "SPARE": (False, "", "cell", True),
        "FAR": (False, "", "", False),
        "IO-1": (True, IO, "cell", True),
    }


@pytest.mark.parametrize(
    ("listed", "zone"),
    [
        ({"name": "notebook", "macs": [ENG]}, "super"),  # DHCP gives it an address
        ({"name": "notebook", "macs": [ENG], "ips": ["10.77.0.9"]}, ""),  # the list gives it one that it has not
        ({"name": "notebook", "macs": [ENG[:-1] + "9"]}, ""),  # not seen
        ({"name": "ENG-X"}, ""),  # a name that somebody claims is nobody
    ],
)
def test_the_zone_of_an_entry_without_an_ip_address(listed: dict[str, Any], zone: str) -> None:
    claims = [identity("hostname", "ENG-X", "dhcp", mac=ENG)]
    (entry,) = plant(listed=[{"source": "i.csv", "row": 2, **listed}], identities=claims)["inventory"].to_dicts()
    assert entry["zone_by_policy"] == zone


def test_when_a_device_was_seen_though_its_first_packet_has_no_time() -> None:
    first, last = datetime(2026, 1, 1, 8, tzinfo=UTC), datetime(2026, 1, 1, 9, tzinfo=UTC)
    seen = [
        sighting(PLC, "10.1.0.1", first_time=None, last_time=first, first_frame=3),
        sighting(PLC, "10.1.0.1", 10, first_time=last, last_time=last, first_frame=9),
    ]
    (device,) = enrich(Facts({"sightings": frame(TABLES["sightings"], seen)}))["devices"].to_dicts()
    assert (device["first_time"], device["last_time"], device["frames"]) == (first, last, [3, 9])


def test_inventory_alone() -> None:
    entries = plant(capture=False)["inventory"]
    assert entries["seen"].to_list() == [None] * 5
    assert entries["expected"].to_list() == [None] * 5
    assert entries["zone_by_policy"].to_list() == ["cell", "super", "cell", "", "cell"]


def entry(row: int, **columns: Any) -> dict[str, Any]:
    return {"source": "i.csv", "row": row, "name": f"n{row}"} | columns


@pytest.mark.parametrize(
    ("listed", "said", "conflicts"),
    [
        ({"ips": ["10.1.0.1"], "macs": [PLC]}, {}, []),
        ({"ips": ["10.1.0.1"], "macs": [SCADA[:-1] + "9"]}, {}, ["mac"]),
        ({"ips": ["10.1.0.2"], "macs": [PLC]}, {}, ["address"]),
        ({"ips": ["10.1.0.2", "10.1.0.1"], "macs": [PLC]}, {}, []),
        ({"macs": [PLC], "vendor": "SIEMENS"}, {"vendor": "Siemens AG"}, []),
        ({"macs": [PLC], "vendor": "WAGO"}, {"vendor": "Siemens AG"}, ["vendor"]),
        ({"macs": [PLC], "model": "CPU 1512C-1 PN"}, {"model": "S7-1500"}, []),
        ({"macs": [PLC], "model": "M340"}, {"model": "S7-1500"}, ["model"]),
        ({"macs": [PLC], "model": "6ES7 512-1CK01"}, {"model": "S7-1500", "order_number": "6ES7 512-1CK01-0AB0"}, []),
        ({"macs": [PLC], "firmware": "2.9.4"}, {"firmware": "V2.9.4"}, []),
        ({"macs": [PLC], "firmware": "2.9.4"}, {"firmware": "V3.0"}, ["firmware"]),
        ({"macs": [PLC], "serial": "AB-123"}, {"serial": "AB123"}, []),
        ({"macs": [PLC], "serial": "AB-123"}, {"serial": "AB124"}, ["serial"]),
        ({"macs": [PLC], "vendor": "WAGO"}, {}, []),
    ],
)
def test_conflicts(listed: dict[str, Any], said: dict[str, str], conflicts: list[str]) -> None:
    identities = [identity(f, v, mac=PLC) for f, v in said.items()]
    device = by(plant(policy=False, listed=[entry(2, **listed)], identities=identities)["devices"], "device")[PLC]
    assert device["listed"] is True
    assert device["conflicts"] == conflicts
    fields = [term(f"field.{name}") for name in conflicts]
    assert [d.split(":")[0] for d in device["conflict_details"]] == fields


def test_a_taken_address_is_an_unknown_device() -> None:
    rows = [sighting(PLC, "10.1.0.7", 10), sighting(ENG, "10.1.0.1", 10)]
    devices = by(plant(policy=False, sightings=rows)["devices"], "device")
    assert devices[PLC]["conflict_details"] == ["IP address: listed 10.1.0.1, seen 10.1.0.7"]
    assert devices[ENG]["listed"] is False


def test_match_by_serial_or_name_when_there_is_no_address() -> None:
    said = [identity("serial", "S-4711", mac=PLC), identity("profinet_name", "io-7", "profinet-dcp", mac=IO)]
    listed = [entry(2, serial="s4711"), entry(3, profinet_name="IO-7"), entry(4, name="io-7", ips=["10.9.9.9"])]
    tables = plant(policy=False, identities=said, listed=listed)
    assert tables["inventory"]["device"].to_list() == [PLC, IO, ""]


def test_duplicates() -> None:
    listed = [
        entry(2, macs=[PLC], ips=["10.1.0.1"], zone="a"),
        entry(3, macs=[PLC]),
        entry(4, ips=["10.1.0.1"], zone="a"),
        entry(5, ips=["10.1.0.1"], zone="b"),
        entry(6, serial="S1234") | {"source": "j.csv", "name": "x"},
        entry(7, serial="s-1234", name="X"),
        entry(8, serial="1"),
        entry(9, serial="1"),
        *(entry(n, serial="S-7777", name="plc-7", ips=[f"10.7.{n}.1"]) for n in (10, 11)),  # two interfaces
    ]
    tables = plant(capture=False, policy=False, listed=listed)
    assert in_english(tables["inventory"]["duplicates"].to_list()) == [
        ["i.csv row 3 (MAC address)", "i.csv row 4 (IP address)"],
        ["i.csv row 2 (MAC address)"],
        ["i.csv row 2 (IP address)"],
        [],
        [],  # the same asset by name in another file
        [],
        [],
        [],
        [],
        [],
    ]


def test_one_address_in_two_cells_goes_by_zone_and_mac() -> None:
    rows = [sighting(PLC, "192.168.0.1", 10), sighting(SCADA, "192.168.0.1", 20, packets=99)]
    listed = [entry(2, name="A", ips=["192.168.0.1"], vlans=[10]), entry(3, name="B", ips=["192.168.0.1"], vlans=[20])]
    facts = Facts(
        {
            "sightings": frame(TABLES["sightings"], rows),
            "inventory": frame(TABLES["inventory"], listed),
            "flows": frame(TABLES["flows"], [flow("192.168.0.1", "10.9.0.1", client_mac=PLC)]),
        }
    )
    tables = enrich(facts)
    assert tables["inventory"]["device"].to_list() == [PLC, SCADA]
    assert tables["flows"]["client_name"].to_list() == ["A"]


def test_identity_takes_the_most_specific_value_and_tells_disagreement() -> None:
    said = [
        identity("firmware", "V2.9", "s7comm", mac=PLC),
        identity("firmware", "V2.9.4", "s7comm", mac=PLC),
        identity("vendor", "Siemens", "s7comm", ip="10.1.0.1"),
        identity("vendor", "WAGO", "modbus", ip="10.1.0.1"),
        identity("model", "CPU 1512C", "s7comm", mac=PLC),
        identity("model", "S7-1500", "profinet-dcp", mac=PLC),
        identity("name", "filler", "s7comm", mac=PLC),
    ]
    device = by(plant(inventory=False, identities=said)["devices"], "device")[PLC]
    assert (device["firmware"], device["name"], device["names"]) == ("V2.9.4", "filler", ["filler"])
    assert device["disagreements"] == ["vendor: modbus says WAGO; s7comm says Siemens"]


def test_dcp_states_addresses_and_roles() -> None:
    said = [identity("ip", "10.1.0.50", "profinet-dcp", mac=IO), identity("role", "io_device", "profinet-dcp", mac=IO)]
    device = by(plant(inventory=False, identities=said)["devices"], "device")[IO]
    assert (device["ips"], device["roles"], device["zone"]) == (["10.1.0.50"], ["io_device"], "cell")


def test_tunnel_ends_are_gateways() -> None:
    row = flow("10.45.0.7", "10.1.0.1", tunnel="gtp-u", tunnel_client="10.3.0.20", tunnel_server="10.3.0.10")
    devices = by(plant(inventory=False, policy=False, flows=[row])["devices"], "device")
    assert devices[ENG]["role_reasons"] == ["gateway: end of gtp-u tunnels"]


def test_used_conduits() -> None:
    tables = plant(flows=[flow("10.3.0.10", "10.1.0.1")])
    assert dict(tables["conduits"].select("conduit", "used").iter_rows()) == {
        "poll": True,
        "eng": False,
        "never": False,
    }
    assert plant(capture=False)["conduits"]["used"].to_list() == [None] * 3


def test_order_of_rows_is_kept_and_changes_nothing() -> None:
    rows = [flow(f"10.3.0.{n}", "10.1.0.1") for n in (66, 10, 20, 10)]
    tables = plant(flows=rows)
    assert tables["flows"]["client"].to_list() == [r["client"] for r in rows]
    assert plant(flows=rows, sightings=SIGHTINGS[::-1])["devices"].equals(tables["devices"])


def test_home_ports_come_from_the_protocol_files() -> None:
    assert ("tcp", 502) in HomePorts()["modbus"]


def test_an_end_without_an_address_is_nobody() -> None:
    """Some link types have none; the row stays, unknown."""
    facts = Facts({"flows": frame(TABLES["flows"], [{"client": "", "server": "10.0.0.1", "transport": "tcp"}])})
    (flow,) = enrich(facts)["flows"].to_dicts()
    assert (flow["client_device"], flow["client_zone"], flow["allowed"]) == ("", "", None)


CHASSIS, PORT, OTHER_PORT = "02:00:00:00:00:20", "02:00:00:00:00:21", "02:00:00:00:00:22"


def said_by(mac: str, *facts: tuple[str, str]) -> list[dict[str, Any]]:
    return [identity(field, value, "lldp", mac=mac) for field, value in facts]


def test_what_a_port_says_is_said_of_its_device_when_that_was_seen() -> None:
    facts = ("mac", CHASSIS), ("name", "cell-switch-1"), ("role", "switch"), ("ip", "10.1.0.2")
    seen = [sighting(PORT, ""), sighting(OTHER_PORT, "")]
    alone = by(plant(inventory=False, sightings=seen, identities=said_by(PORT, *facts))["devices"], "device")
    assert (alone[PORT]["names"], alone[PORT]["roles"]) == (["cell-switch-1"], ["switch"])
    seen.append(sighting(CHASSIS, "10.1.0.2"))
    found = by(plant(inventory=False, sightings=seen, identities=said_by(PORT, *facts))["devices"], "device")
    assert (found[CHASSIS]["names"], found[CHASSIS]["roles"]) == (["cell-switch-1"], ["switch"])
    assert found[CHASSIS]["role_reasons"] == ["switch: said so itself (LLDP)"]
    assert found[CHASSIS]["ips"] == ["10.1.0.2"]
    assert PORT not in found, "a port of it, next to its address, that sends nothing else"
    assert (found[CHASSIS]["mac"], found[CHASSIS]["macs"]) == (CHASSIS, [CHASSIS, PORT])


def test_a_port_of_two_devices_is_of_none() -> None:
    seen = [sighting(PORT, ""), sighting(CHASSIS, ""), sighting(OTHER_PORT, "")]
    facts = ("mac", CHASSIS), ("mac", OTHER_PORT), ("name", "relayed")
    found = by(plant(inventory=False, sightings=seen, identities=said_by(PORT, *facts))["devices"], "device")
    assert [found[m]["names"] for m in (PORT, CHASSIS, OTHER_PORT)] == [["relayed"], [], []]


def test_a_management_address_that_another_interface_uses_stays_there() -> None:
    facts = ("name", "cell-switch-1"), ("ip", "10.1.0.2")
    seen = [sighting(PORT, ""), sighting(CHASSIS, "10.1.0.2", proof="ip")]
    found = by(plant(inventory=False, sightings=seen, identities=said_by(PORT, *facts))["devices"], "device")
    assert [(found[m]["ips"], found[m]["roles"]) for m in (PORT, CHASSIS)] == [([], []), (["10.1.0.2"], [])]


def test_an_asset_without_a_name_is_called_by_what_else_it_is_known_by() -> None:
    rows = ({"hostname": "plc-b", "ips": ["10.3.1.8"]}, {"ips": ["10.3.1.9"]}, {"name": "PLC", "id": "A-1"}, {})
    facts = Facts({"inventory": frame(TABLES["inventory"], [{"source": "a.csv", **row} for row in rows])})
    assert enrich(facts)["inventory"]["name"].to_list() == ["plc-b", "10.3.1.9", "PLC", ""]
