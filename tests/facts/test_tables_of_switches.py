"""What the address tables of switches and routers say of devices, in rows: names, roles, devices, contradictions."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from scanner.facts.enrich import enrich
from scanner.facts.frames import Facts, frame
from scanner.facts.schema import TABLES
from scanner.policy.document import parse_policy
from scanner.provenance import Provenance
from scanner.wording import plain
from tests.configs.dialect_cases import read

POLICY = """\
otaudit_policy: 1
site: Plant
zones:
  - {id: cell, level: 1, members: {subnets: [10.1.0.0/24]}}
  - {id: super, level: 3, members: {subnets: [10.3.0.0/24]}}
roles:
  engineering_station: [ENG-1]
"""
A, B, MALLORY = "00:1b:1b:00:00:10", "00:1b:1b:00:00:11", "3c:52:82:00:00:66"
DOTS = {A: "001b.1b00.0010", B: "001b.1b00.0011", MALLORY: "3c52.8200.0066"}
RESERVED = f"ip dhcp pool ENG-1\n host 10.3.0.5 255.255.255.0\n hardware-address {DOTS[A]}"
HOST = "ip host ENG-1 10.3.0.5"
ARP = f"arp 10.3.0.5 {DOTS[A]} ARPA"


def seen(mac: str, ip: str, proof: str = "arp", **more: Any) -> dict[str, Any]:
    return {"capture": "c", "mac": mac, "ip": ip, "vlan": -1, "proof": proof, "packets": 9, "first_frame": 1} | more


def entry(row: int, name: str, ips: str = "", macs: str = "") -> dict[str, Any]:
    return {"source": "i.csv", "row": row, "name": name, "ips": ips.split(), "macs": macs.split()}


def plant(configs: list[str], listed: list[dict[str, Any]] | None = None, **rows: Any) -> dict[str, pl.DataFrame]:
    settings = [
        row
        for number, text in enumerate(configs, 1)
        for row in read("cisco-ios", f"hostname R{number}\n!\n{text}\nend\n".encode(), f"r{number}.cfg").rows
    ]
    tables: dict[str, Any] = parse_policy(POLICY, "p.yaml", set()).tables()
    tables |= {"inventory": listed or [], "settings": settings, **rows}
    kinds = ["capture", "policy", "configuration", *(["inventory"] if listed else [])]
    tables = {n: frame(TABLES[n], r) for n, r in tables.items()}
    return enrich(Facts(tables, tuple(Provenance(k, k, 1, "") for k in kinds)), {})


def devices(tables: dict[str, pl.DataFrame]) -> dict[str, dict[str, Any]]:
    return {row["device"]: row for row in tables["devices"].to_dicts()}


@pytest.mark.parametrize("configs", [[RESERVED], [HOST], [HOST, ARP], [f"{HOST}\n{ARP}", f"{RESERVED}\n{HOST}"]])
def test_a_table_gives_a_name_and_with_it_a_role(configs: list[str]) -> None:
    (found,) = devices(plant(configs, sightings=[seen(A, "10.3.0.5")])).values()
    assert (found["name"], found["roles"], found["conflicts"]) == ("ENG-1", ["engineering_station"], [])


@pytest.mark.parametrize(
    "configs",
    [
        [RESERVED],
        [HOST, ARP],
        [HOST, ARP, f"arp 10.3.0.5 {DOTS[B]} ARPA"],  # whichever is right
        [HOST, f"ip source binding {DOTS[A]} vlan 10 10.3.0.5 interface Gi1/0/3"],
    ],
)
def test_who_uses_a_bound_address_is_not_who_is_meant(configs: list[str]) -> None:
    (found,) = devices(plant(configs, sightings=[seen(MALLORY, "10.3.0.5")])).values()
    assert found["roles"] == []
    if len(configs) < 3:
        assert found["conflicts"] == ["mac"]
        assert f"configured {A} (r" in plain(found["conflict_details"][0])
        assert f"seen {MALLORY}" in plain(found["conflict_details"][0])


@pytest.mark.parametrize(
    "configs",
    [
        ["interface Gi1/1\n description ENG-1 10.3.0.5"],  # prose
        [HOST, "ip host ENG-1 10.3.0.9"],  # two say different things
        [f"{HOST}\narp 10.3.0.5 {DOTS[A]} ARPA", f"arp 10.3.0.5 {DOTS[B]} ARPA\nip host ENG-1 10.3.0.9"],
    ],
)
def test_prose_and_contradictions_name_nobody(configs: list[str]) -> None:
    (found,) = devices(plant(configs, sightings=[seen(A, "10.3.0.5")])).values()
    assert found["roles"] == []


def test_behind_a_router_the_address_is_all_there_is() -> None:
    tables = plant([RESERVED], sightings=[seen("", "10.3.0.5", "ip")])
    (found,) = devices(tables).values()
    assert found["roles"] == ["engineering_station"]


def test_the_inventory_is_stronger() -> None:
    listed = [entry(2, "ENG-1", "10.3.0.9"), entry(3, "HIST", "10.3.0.5", B)]
    found = devices(plant([RESERVED], listed, sightings=[seen(A, "10.3.0.9"), seen(B, "10.3.0.5")]))
    assert found[A]["roles"] == ["engineering_station"]
    assert found[A]["conflicts"] == ["address"], "ENG-1 has another address in the router"
    assert (found[B]["roles"], found[B]["conflicts"]) == ([], ["mac"])


def test_two_addresses_of_one_mac_address_are_one_device() -> None:
    text = f"arp 10.1.0.9 {DOTS[A]} ARPA\narp 10.3.0.9 {DOTS[A]} ARPA"
    sightings = [seen(A, "10.1.0.9", "ip"), seen("", "10.3.0.9", "ip")]
    assert len(devices(plant([], sightings=sightings))) == 2
    found = devices(plant([text], sightings=sightings))
    assert {i: d["ips"] for i, d in found.items()} == {A: ["10.1.0.9", "10.3.0.9"]}


def test_tables_never_make_two_rows_of_the_inventory_one() -> None:
    listed = [entry(2, "ONE", "10.1.0.9", A), entry(3, "TWO", "10.3.0.9", B)]
    text = f"arp 10.1.0.9 {DOTS[A]} ARPA\narp 10.3.0.9 {DOTS[A]} ARPA"
    found = devices(plant([text], listed, sightings=[seen(A, "10.1.0.9"), seen(B, "10.3.0.9")]))
    assert {i: (d["name"], d["conflicts"]) for i, d in found.items()} == {A: ("ONE", []), B: ("TWO", ["mac"])}


def test_a_row_without_mac_addresses_stays_one_device() -> None:
    listed = [entry(2, "SCADA", "10.1.0.9 10.3.0.9")]
    text = f"arp 10.1.0.9 {DOTS[A]} ARPA\narp 10.3.0.9 {DOTS[B]} ARPA"
    sightings = [seen(A, "10.1.0.9"), seen(B, "10.3.0.9")]
    found = devices(plant([text], listed, sightings=sightings))
    assert [(d["macs"], d["listed"], d["conflicts"]) for d in found.values()] == [([A, B], True, [])]


def test_a_switch_is_one_device_with_the_mac_address_that_another_has_of_it() -> None:
    configs = ["interface Vlan1\n ip address 10.1.0.2 255.255.255.0", f"arp 10.1.0.2 {DOTS[A]} ARPA"]
    (found,) = devices(plant(configs, sightings=[seen(A, "10.1.0.2")])).values()
    assert (found["name"], found["macs"], found["conflicts"]) == ("R1", [A], [])


VIRTUAL = "00:00:5e:00:01:0a"
GATEWAY = entry(2, "GW", "10.3.0.1 10.3.0.2", A)


@pytest.mark.parametrize(
    ("listed", "of_router"), [([GATEWAY], []), ([GATEWAY | {"macs": []}], ["mac"]), ([entry(2, "GW", "", A)], ["mac"])]
)
def test_a_listed_router_that_is_reached_by_its_virtual_address(listed: list[Any], of_router: list[str]) -> None:
    arp = "arp 10.3.0.1 0000.5e00.010a ARPA"
    ends = {"client": "10.3.0.2", "client_mac": VIRTUAL, "server": "224.0.0.18", "server_mac": ""}
    hello = ends | {"capture": "c", "transport": "ip-112", "server_port": 0, "vlan": -1, "client_packets": 9}
    sightings = [seen(A, "10.3.0.2"), seen(VIRTUAL, "10.3.0.2", "ip"), seen(VIRTUAL, "10.3.0.1"), seen(A, "10.3.0.1")]
    (router,) = devices(plant([arp], listed, sightings=sightings, flows=[hello])).values()
    assert (router["macs"], router["conflicts"]) == ([A, VIRTUAL], of_router)
    stranger = [*sightings[:3], seen(MALLORY, "10.3.0.1")]
    found = devices(plant([arp], listed, sightings=stranger, flows=[hello | {"client_mac": MALLORY}])).values()
    assert ["mac" in d["conflicts"] for d in found if MALLORY in d["macs"]] == [True], "whatever hello he says"
