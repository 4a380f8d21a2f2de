"""Which addresses are one device, told in rows: devices, zones and whether the inventory lists them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.facts.enrich import enrich
from scanner.facts.frames import Facts, frame
from scanner.facts.schema import TABLES
from scanner.policy.document import parse_policy
from scanner.provenance import Provenance
from scanner.wording import plain

START = datetime(2026, 5, 1, 8, tzinfo=UTC)
POLICY = """\
otaudit_policy: 1
site: Plant
zones:
  - {id: cell, level: 1, members: {subnets: [10.1.0.0/24]}}
  - {id: super, level: 3, members: {subnets: [10.3.0.0/24]}}
roles:
  controller: [10.1.0.1]
"""
A, B, C, R = "00:1b:1b:00:00:10", "00:1b:1b:00:00:11", "00:1b:1b:00:00:12", "54:8a:ba:00:00:04"
MALLORY, VIRTUAL = "3c:52:82:00:00:66", "00:00:5e:00:01:07"
LLDP_GROUP = "01:80:c2:00:00:0e"


def seen(
    mac: str, ip: str = "", proof: str = "arp", vlan: int = -1, minutes: tuple[int, int] = (0, 60), **more: Any
) -> dict[str, Any]:
    first, last = (START + timedelta(minutes=m) for m in minutes)
    row = {"capture": "c", "mac": mac, "ip": ip, "vlan": vlan, "proof": proof, "packets": 9, "first_frame": 1}
    return row | {"first_time": first, "last_time": last} | more


def talk(client: tuple[str, str], server: tuple[str, str], **more: Any) -> dict[str, Any]:
    ends = {"client_mac": client[0], "client": client[1], "server_mac": server[0], "server": server[1]}
    row = {"capture": "c", "transport": "tcp", "server_port": 502, "vlan": -1, "protocol": "modbus", "industrial": True}
    return row | ends | {"client_packets": 5, "server_packets": 5, "client_bytes": 9, "established": True} | more


def lldp(port: str, **facts: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """A port's own frames, and what they say."""
    row = talk((port, port), ("", LLDP_GROUP), transport="ethernet", server_port=0x88CC, protocol="lldp")
    return row, [said(name, value, "lldp", mac=port) for name, value in facts.items()]


def said(field: str, value: str, protocol: str = "dhcp", **who: str) -> dict[str, Any]:
    return {"capture": "c", "field": field, "value": value, "protocol": protocol, "count": 1} | who


def entry(row: int, name: str, ips: str = "", macs: str = "", **more: Any) -> dict[str, Any]:
    return {"source": "i.csv", "row": row, "name": name, "ips": ips.split(), "macs": macs.split()} | more


def plant(listed: list[dict[str, Any]] | None = None, policy: str = POLICY, **rows: Any) -> dict[str, pl.DataFrame]:
    tables: dict[str, Any] = {**parse_policy(policy, "p.yaml", set()).tables(), "inventory": listed or [], **rows}
    kinds = ["capture", "policy", *(["inventory"] if listed else [])]
    tables = {n: r if isinstance(r, pl.DataFrame) else frame(TABLES[n], r) for n, r in tables.items()}
    return enrich(Facts(tables, tuple(Provenance(k, k, 1, "") for k in kinds)), {})


def devices(tables: dict[str, pl.DataFrame]) -> dict[str, dict[str, Any]]:
    return {row["device"]: row for row in tables["devices"].to_dicts()}


def test_a_profinet_device_and_its_ports() -> None:
    """Interface and two ports with MAC addresses of their own."""
    ports = [lldp(B, mac=A, name="io-7"), lldp(C, mac=A, name="io-7")]
    sightings = [seen(A, "10.1.0.1"), seen(B), seen(C)]
    facts = {
        "sightings": sightings,
        "flows": [row for row, _ in ports],
        "identities": [row for _, rows in ports for row in rows],
    }
    for listed in ([entry(2, "PLC", "10.1.0.1", A)], [entry(2, "PLC", "10.1.0.1", f"{A} {B} {C}")]):
        found = devices(plant(listed, **facts))
        assert found.keys() == {A}
        assert (found[A]["listed"], found[A]["macs"], found[A]["conflicts"]) == (True, [A, B, C], [])


@pytest.mark.parametrize(
    "more",
    [
        {"sightings": [seen(B, "10.1.0.66")]},  # it has an address
        {"flows": [talk((B, B), (A, A), transport="ethernet", server_port=0x8892)]},  # it talks to somebody
        {"flows": [talk((B, B), ("", "01:0e:cf:00:00:00"), transport="ethernet", server_port=0x8892)]},  # DCP identify
    ],
)
def test_a_port_that_does_more_than_ports_do_is_a_device_of_its_own(more: dict[str, Any]) -> None:
    row, identities = lldp(B, mac=A)
    tables = plant(
        [entry(2, "PLC", "10.1.0.1", A)],
        sightings=[seen(A, "10.1.0.1"), *more.get("sightings", [seen(B)])],
        flows=[row, *more.get("flows", ())],
        identities=identities,
    )
    assert devices(tables)[B]["listed"] is False


def test_a_chassis_that_is_not_next_to_the_port_is_another_device() -> None:
    row, identities = lldp(MALLORY, mac=A)
    tables = plant(
        [entry(2, "PLC", "10.1.0.1", A)],
        sightings=[seen(A, "10.1.0.1"), seen(MALLORY)],
        flows=[row],
        identities=identities,
    )
    assert devices(tables)[MALLORY]["listed"] is False


@pytest.mark.parametrize("macs", [f"{A} {MALLORY}", ""])
def test_a_host_with_two_network_cards(macs: str) -> None:
    tables = plant(
        [entry(2, "SCADA", "10.1.0.9 10.3.0.9", macs)],
        sightings=[seen(A, "10.1.0.9"), seen(MALLORY, "10.3.0.9")],
        flows=[talk((MALLORY, "10.3.0.9"), (R, "10.3.0.1")), talk((A, "10.1.0.9"), (B, "10.1.0.1"))],
    )
    (device,) = [d for d in devices(tables).values() if d["listed"]]
    assert (device["ips"], device["zone_count"], device["conflicts"]) == (["10.1.0.9", "10.3.0.9"], 2, [])
    assert set(device["macs"]) == {A, MALLORY}
    assert tables["flows"]["client_zone"].to_list() == ["super", "cell"], "each address is where it is"
    assert tables["flows"]["client_device"].n_unique() == 1


def test_two_rows_are_two_devices() -> None:
    listed = [entry(2, "ONE", "10.1.0.9", A), entry(3, "TWO", "10.1.0.9 10.3.0.9", B)]
    assert len(devices(plant(listed, sightings=[seen(A, "10.1.0.9"), seen(B, "10.3.0.9")]))) == 2


def vrrp(*members: tuple[str, str], answering: str = "10.1.0.254") -> dict[str, Any]:
    hellos = [
        talk((VIRTUAL, ip), ("", "224.0.0.18"), transport="ip-112", server_port=0, protocol="") for _, ip in members
    ]
    own = [seen(mac, ip) for mac, ip in members]
    return {
        "sightings": [*own, seen(VIRTUAL, answering), *(seen(VIRTUAL, ip, "ip") for _, ip in members)],
        "flows": hellos,
    }


def test_a_virtual_router_is_part_of_its_routers() -> None:
    found = devices(plant([entry(2, "GW", "10.1.0.2", A)], **vrrp((A, "10.1.0.2"))))
    assert found.keys() == {A}
    assert (found[A]["macs"], found[A]["roles"]) == ([A, VIRTUAL], ["router"])
    both = devices(
        plant([entry(2, "GW", "10.1.0.2", A), entry(3, "G2", "10.1.0.3", B)], **vrrp((A, "10.1.0.2"), (B, "10.1.0.3")))
    )
    assert {i: (d["roles"], d["listed"]) for i, d in both.items()} == {A: (["router"], True), B: (["router"], True)}


def test_a_virtual_router_alone_has_no_maker_and_no_other_mac() -> None:
    facts = vrrp(("", "10.1.0.2"))
    facts["sightings"] = facts["sightings"][1:]
    (found,) = devices(plant([entry(2, "GW", "10.1.0.2 10.1.0.254", A)], **facts)).values()
    assert (found["oui_vendor"], found["listed"], found["conflicts"]) == ("", True, [])


def test_who_opens_connections_behind_a_virtual_address_is_no_router() -> None:
    facts = vrrp((A, "10.1.0.2"))
    facts["sightings"].append(seen(VIRTUAL, "10.1.0.66"))
    facts["flows"].append(talk((VIRTUAL, "10.1.0.66"), (B, "10.1.0.1")))
    tables = plant([entry(2, "GW", "10.1.0.2", A)], **facts)
    assert devices(tables)["10.1.0.66"]["listed"] is False
    assert tables["flows"]["client_listed"].to_list() == [True, False]


def test_an_address_that_moves_between_two_controllers() -> None:
    listed = [entry(2, "ONE", "10.1.0.1 10.1.0.9", A), entry(3, "TWO", "10.1.0.2 10.1.0.9", B)]
    sightings = [
        seen(A, "10.1.0.1"),
        seen(A, "10.1.0.9", "ip", minutes=(0, 20)),
        seen(B, "10.1.0.2"),
        seen(B, "10.1.0.9", minutes=(25, 60)),
    ]
    for inventory in ([], listed):
        found = devices(plant(inventory, sightings=sightings))
        assert {i: (d["ips"], d["roles"], d["conflicts"]) for i, d in found.items()} == {
            A: (["10.1.0.1", "10.1.0.9"], ["controller"], []),
            B: (["10.1.0.2", "10.1.0.9"], [], []),
        }
    assert plant(listed)["inventory"]["duplicates"].to_list() == [[], []]


def test_cells_with_the_same_addresses_are_kept_apart_by_vlan() -> None:
    listed = [entry(2, "ONE", "192.168.0.1", vlans=[10]), entry(3, "TWO", "192.168.0.1", vlans=[20])]
    tables = plant(
        listed,
        sightings=[seen(A, "192.168.0.1", vlan=10), seen(B, "192.168.0.1", vlan=20)],
        flows=[talk(("", "192.168.0.9"), ("", "192.168.0.1"), vlan=vlan) for vlan in (10, 20)],
        identities=[said("serial", "S-1", "modbus", ip="192.168.0.1")],
    )
    assert tables["inventory"]["duplicates"].to_list() == [[], []]
    assert tables["flows"]["server_name"].to_list() == ["ONE", "TWO"]
    assert [d["serial"] for d in devices(tables).values()] == ["", ""], "nobody knows whose"
    same = [entry(2, "ONE", "192.168.0.1", vlans=[10]), entry(3, "TWO", "192.168.0.1", vlans=[10, 20])]
    assert [len(d) for d in plant(same)["inventory"]["duplicates"]] == [1, 1]


@pytest.mark.parametrize("listed", [[], [entry(2, "PLC", "10.1.0.1", A)]])
def test_a_lone_controller_behind_a_router(listed: list[dict[str, Any]]) -> None:
    scada = (B, "10.3.0.10")
    found = devices(
        plant(
            listed,
            sightings=[seen(*scada), seen(R, "10.1.0.1", "ip")],
            flows=[talk(scada, (R, "10.1.0.1"))],
        )
    )
    assert (found["10.1.0.1"]["mac"], found["10.1.0.1"]["conflicts"], found["10.1.0.1"]["zone"]) == ("", [], "cell")
    assert found[R]["roles"] == ["router"]


def test_another_mac_in_the_same_network_is_a_conflict() -> None:
    scada = (B, "10.1.0.10")
    found = devices(
        plant(
            [entry(2, "PLC", "10.1.0.1", A)],
            sightings=[seen(*scada), seen(MALLORY, "10.1.0.1", "ip")],
            flows=[talk(scada, (MALLORY, "10.1.0.1"))],
        )
    )
    assert found[MALLORY]["conflicts"] == ["mac"]


INTERNET, PLC6, LINK = "2600:1f18::77", "2a00:1450:4001::1", "fe80::21b:1bff:fe00:10"


def test_a_device_is_in_its_zone_by_all_its_addresses() -> None:
    tables = plant(
        sightings=[seen(A, "10.1.0.1"), seen(A, PLC6, "ip"), seen(A, LINK, "ip"), seen(R, INTERNET, "ip")],
        flows=[
            talk((R, INTERNET), (A, PLC6)),
            talk((A, PLC6), (R, INTERNET)),
            talk((A, LINK), ("", "ff02::1")),
        ],
    )
    ends = tables["flows"].select("client_zone", "server_zone", "client_public", "server_public").rows()
    assert ends == [("", "cell", True, True), ("cell", "", True, True), ("cell", "cell", False, False)]
    assert devices(tables)[A]["ips"] == ["10.1.0.1", PLC6, LINK]


def test_an_internet_address_is_not_in_the_zone_of_the_router_that_brings_it() -> None:
    tables = plant(
        sightings=[seen(A, "10.1.0.1"), seen(A, PLC6), seen(R, "10.1.0.254"), seen(R, INTERNET, "ip")],
        flows=[talk((R, INTERNET), (A, PLC6))],
    )
    assert tables["flows"].select("client_zone", "server_zone").row(0) == ("", "cell")
    both_unproved = plant(  # the controller talks, the gateway only says that it is there
        sightings=[seen(A, "10.1.0.1"), seen(A, PLC6, "ip"), seen(R, "10.1.0.254"), seen(R, INTERNET, "ip")],
        flows=[talk((R, INTERNET), (A, PLC6)), talk((B, "10.1.0.7"), (A, "10.1.0.1"))],
    )
    assert both_unproved["flows"].select("client_zone", "server_zone").row(0) == ("", "cell")


def test_a_serial_number_said_on_the_wire_lists_nobody() -> None:
    listed = [entry(2, "PLC-9", serial="S-4711"), entry(3, "PLC-8", "10.1.0.8", serial="S-4712")]
    told = [said("serial", "S-4711", "s7comm", ip="10.1.0.66"), said("serial", "S-4712", "s7comm", ip="10.1.0.67")]
    found = devices(plant(listed, sightings=[seen(MALLORY, "10.1.0.66"), seen(C, "10.1.0.67")], identities=told))
    assert [(d["listed"], plain(d["inventory_row"])) for d in found.values()] == [
        (None, "i.csv row 3"),
        (None, "i.csv row 2"),
    ]


CLAIMS = st.builds(
    lambda field, value, protocol, who: said(field, value, protocol, **who),
    st.sampled_from(["name", "hostname", "profinet_name", "serial", "mac", "ip", "role"]),
    st.sampled_from(["PLC", "SCADA", "S-1", A, B, MALLORY, "10.1.0.1", "10.3.0.9", "engineering_station"]),
    st.sampled_from(["lldp", "dhcp", "profinet-dcp", "s7comm"]),
    st.sampled_from([{"mac": MALLORY}, {"ip": "10.1.0.66"}, {"mac": MALLORY, "ip": "10.1.0.66"}, {"mac": C}]),
)
LISTED = [
    entry(2, "PLC", "10.1.0.1", A, serial="S-1", type="plc"),
    entry(3, "SCADA", "10.3.0.9 10.1.0.9", type="server"),
]
SIGHTINGS = [
    seen(A, "10.1.0.1"),
    seen(B, "10.3.0.9"),
    seen(R, "10.3.0.1"),
    seen(R, "10.1.0.1", "ip"),
    seen(R, "10.9.0.9", "ip"),
    seen(MALLORY, "10.1.0.66"),
    seen(C),
]
FLOWS = [
    talk((MALLORY, "10.1.0.66"), (A, "10.1.0.1")),
    talk((B, "10.3.0.9"), (R, "10.1.0.1")),
    talk((C, C), (A, A), transport="ethernet", server_port=0x8892),
]
GIVEN = ("zone", "assigned_roles", "listed")


@settings(max_examples=40, deadline=None)
@given(st.lists(CLAIMS, max_size=6))
def test_no_claim_gives_a_zone_a_role_or_a_place_in_the_inventory(claims: list[dict[str, Any]]) -> None:
    columns = [f"client_{name}" for name in GIVEN] + ["client_device", "allowed"]
    before = plant(LISTED, sightings=SIGHTINGS, flows=FLOWS)["flows"].select(columns).rows()
    after = plant(LISTED, sightings=SIGHTINGS, flows=FLOWS, identities=claims)["flows"].select(columns).rows()
    for old, new in zip(before, after, strict=True):
        assert new[2] in (old[2], None), "not listed, or nobody knows"
        assert (new[0], new[1], new[3:]) == (old[0], old[1], old[3:])


@settings(max_examples=25, deadline=None)
@given(st.permutations(SIGHTINGS), st.permutations(LISTED), st.permutations(FLOWS))
def test_devices_do_not_depend_on_the_order_of_rows(
    sightings: list[dict[str, Any]], listed: list[dict[str, Any]], flows: list[dict[str, Any]]
) -> None:
    expected = plant(LISTED, sightings=SIGHTINGS, flows=FLOWS)["devices"]
    assert plant(listed, sightings=sightings, flows=flows)["devices"].equals(expected)


@pytest.mark.parametrize(
    ("listed", "allowed"),
    [
        ([], None),  # nobody knows whose it is
        ([entry(2, "PC", "10.3.0.5")], None),
        ([entry(2, "PC", "", B)], None),
        ([entry(2, "PC", "10.3.0.5", C), entry(3, "X", "10.3.0.9", B)], False),
        ([entry(2, "PC", "10.3.0.5", B)], True),
        ([entry(2, "PC", "10.3.0.5", C)], False),
        ([entry(2, "PC", "10.3.0.6", B)], False),
        ([entry(2, "PC", "10.3.0.5", f"{B} {C}")], False),  # nobody says which of them it is
    ],
)
def test_a_policy_may_name_who_is_behind_a_router_by_the_mac_address_that_is_listed(
    listed: list[dict[str, Any]], allowed: bool | None
) -> None:
    conduit = f"  - {{id: c, from: super, to: cell, protocols: [modbus], clients: ['{B}'], owner: x, reason: y}}\n"
    policy = parse_policy(
        POLICY + "  engineering_station: ['" + B + "']\nconduits:\n" + conduit, "p.yaml", {"modbus"}
    ).tables()
    tables = plant(
        listed,
        sightings=[seen(A, "10.1.0.1"), seen(R, "10.1.0.254"), seen(R, "10.3.0.5", "ip")],
        flows=[talk((R, "10.3.0.5"), (A, "10.1.0.1"))],
        **{name: frame(TABLES[name], policy[name]) for name in ("conduits", "roles", "zones")},
    )
    [flow] = tables["flows"].to_dicts()
    assert flow["allowed"] is allowed
    assert ("engineering_station" in flow["client_assigned_roles"]) is (allowed is True)


def test_what_one_list_tells_by_the_mac_address_the_other_does_not_miss() -> None:
    listed = [entry(2, "IO", "10.1.0.9") | {"source": "old.csv"}, entry(2, "io", "10.1.0.9", B)]
    tables = plant(listed, sightings=[seen(A, "10.1.0.1"), seen(B, proof="data")])
    assert tables["inventory"]["device"].to_list() == [B, B]
