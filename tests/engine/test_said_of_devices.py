"""Everything that is said of a device, and by whom."""

from __future__ import annotations

from typing import Any

import pytest

from scanner.engine.identities import MOST, identities
from tests.engine.engine_cases import capture, case

DEVICE = {"device": "d1", "ips": ["10.0.0.1"], "macs": ["02:00:00:00:00:01"], "mac": "02:00:00:00:00:01"}
OTHER = {"device": "d2", "ips": ["10.0.0.2"], "macs": ["02:00:00:00:00:02"], "mac": "02:00:00:00:00:02"}
SAID = {"capture": "c0ffee", "field": "vendor", "value": "ACME", "protocol": "lldp", "count": 2, "first_frame": 7}
BY_MAC, BY_IP = SAID | {"mac": DEVICE["mac"]}, SAID | {"ip": "10.0.0.1", "protocol": "snmp"}


def said(**facts: Any) -> dict[str, list[tuple[Any, ...]]]:
    facts.setdefault("devices", [DEVICE, OTHER])
    found = identities(case(captures=[capture()], **facts))
    return {
        device: [(r.field, r.value, r.said_by, r.count, r.source, r.place, r.strength.value) for r in rows]
        for device, rows in found.items()
    }


def test_what_protocols_say() -> None:
    rows = [BY_MAC, BY_MAC | {"count": 3, "first_frame": 5}, BY_IP, SAID | {"ip": "10.9.9.9"}]
    assert said(identities=rows) == {
        "d1": [
            ("vendor", "ACME", "lldp", 5, "plant.pcap", 5, "claim"),
            ("vendor", "ACME", "snmp", 2, "plant.pcap", 7, "claim"),
        ]
    }
    both = SAID | {"mac": OTHER["mac"], "ip": "10.0.0.1"}
    assert list(said(identities=[both])) == ["d2"], "a MAC address says more than an IP address"


def test_the_most_frequent_are_kept() -> None:
    rows = [BY_MAC | {"field": "name", "value": f"n{n:03}", "count": n} for n in range(1, MOST + 3)]
    found = said(identities=rows)["d1"]
    assert len(found) == MOST
    assert min(row[3] for row in found) == 3


LISTED = {"source": "a.csv", "row": 4, "name": "PLC", "vendor": "ACME", "os": "VxWorks", "serial": ""}


def test_what_the_inventory_says_of_the_device_that_it_lists() -> None:
    seen = [DEVICE | {"inventory_row": "a.csv row 4"}, OTHER | {"inventory_row": "a.csv row 5"}]
    assert said(devices=seen, inventory=[LISTED, LISTED | {"row": 6}]) == {
        "d1": [
            ("name", "PLC", "inventory", 1, "a.csv", 4, "inventory"),
            ("os", "VxWorks", "inventory", 1, "a.csv", 4, "inventory"),
            ("vendor", "ACME", "inventory", 1, "a.csv", 4, "inventory"),
        ]
    }


SHOWN = {"capture": "c0ffee", "server_device": "d1", "client_device": "d2", "frames": [9, 10], "encrypted": True}
SHOWN |= {"certificate_subject": "O=ACME, CN=plc-1, OU=x", "count": 3, "server": "10.0.0.1", "client": "10.0.0.2"}


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({}, "plc-1"),
        ({"certificate_subject": "cn = plc-1 "}, "plc-1"),
        ({"certificate_subject": "O=ACME/CN=plc-1/OU=x"}, "plc-1"),
        ({"certificate_subject": "O=ACME+CN=plc-1"}, "plc-1"),
        ({"certificate_subject": "XCN=plc-1"}, ""),
        ({"certificate_subject": "O=ACME"}, ""),
        ({"certificate_subject": ""}, ""),
        ({"encrypted": False}, ""),  # nobody proved that it is his
        ({"encrypted": None}, ""),
        ({"server_device": ""}, ""),
    ],
)
def test_the_name_in_a_certificate(change: dict[str, Any], name: str) -> None:
    wanted = {"d1": [("name", name, "certificate", 3, "plant.pcap", 9, "certificate")]} if name else {}
    assert said(sessions=[SHOWN | change]) == wanted


def test_the_certificate_of_a_client_and_one_without_frames() -> None:
    row = SHOWN | {"certificate_subject": "", "client_certificate_subject": "CN=eng", "count": None, "frames": []}
    assert said(sessions=[row]) == {"d2": [("name", "eng", "certificate", 1, "plant.pcap", 0, "certificate")]}


def test_roles_that_the_policy_gives_to_an_address() -> None:
    roles = [
        {"source": "p.yaml", "line": 9, "role": "controller", "member": "10.0.0.1"},
        {"source": "p.yaml", "line": None, "role": "hmi", "member": "02:00:00:00:00:02"},
        {"source": "p.yaml", "line": 9, "role": "hmi", "member": "10.7.7.7"},
        {"source": "p.yaml", "line": 12, "role": "server", "member": "d1"},
    ]
    assert said(roles=[*roles, roles[0]]) == {
        "d1": [
            ("role", "controller", "policy", 1, "p.yaml", 9, "policy"),
            ("role", "server", "policy", 1, "p.yaml", 12, "policy"),
        ],
        "d2": [("role", "hmi", "policy", 1, "p.yaml", 0, "policy")],
    }


@pytest.mark.parametrize(
    ("ip", "mac", "device"),
    [
        ("10.0.0.1", "", "d1"),
        ("10.0.0.1", "02:00:00:00:00:02", "d1"),  # an address says more than who had it
        ("10.7.7.7", "02:00:00:00:00:02", "d2"),
        ("10.7.7.7", "02:00:00:00:00:09", ""),
    ],
)
def test_what_tables_of_switches_bind(ip: str, mac: str, device: str) -> None:
    row = {"source": "sw.cfg", "category": "binding", "item": "b1", "line_start": 7, "line_end": 7}
    given = {name: value for name, value in (("ip", ip), ("mac", mac), ("name", "plc-1")) if value}
    found = said(settings=[row | {"setting": setting, "value": value} for setting, value in given.items()])
    wanted = {(name, value, "configuration", 1, "sw.cfg", 7, "configuration") for name, value in given.items()}
    assert {name: {*rows} for name, rows in found.items()} == ({device: wanted} if device else {})


def test_the_strongest_comes_first() -> None:
    seen = [DEVICE | {"inventory_row": "a.csv row 4"}, OTHER]
    claims = [BY_MAC | {"field": "name", "value": "zzz", "count": 9}, BY_MAC | {"field": "name", "value": "aaa"}]
    found = said(devices=seen, inventory=[LISTED], sessions=[SHOWN], identities=claims)["d1"]
    assert [(field, value) for field, value, *_ in found if field == "name"] == [
        ("name", "PLC"),
        ("name", "plc-1"),
        ("name", "zzz"),
        ("name", "aaa"),
    ]
