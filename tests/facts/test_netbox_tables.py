"""What NetBox is given to import: the files, their names of columns, and what refers to what."""

from __future__ import annotations

import csv
import io
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from scanner.facts.netbox_tables import netbox_tables

ROWS: list[dict[str, Any]] = [
    {
        "name": "plc-1",
        "vendor": "Siemens",
        "model": "CPU 1515-2 PN",
        "order_number": "6ES7515-2AM02-0AB0",
        "type": "controller",
        "site": "Works 1",
        "serial": "S V-1",
        "id": "A-7",
        "ips": ["10.0.0.1", "10.0.0.2", "fd00::1"],
        "macs": ["00:1b:1b:00:00:01", "00:1b:1b:00:00:02"],
        "zone": "cell",
        "firmware": "V2.9",
    },
    {"name": "PLC-1", "vendor": "Siemens", "model": "CPU 1515-2 PN", "id": "A-7", "ips": ["10.0.0.9"]},
    {"ips": ["10.0.0.3"], "vendor": "\u534e\u4e3a", "os": "VRP"},
    {"name": "=A1+K2", "macs": ["00:1b:1b:00:00:03"], "site": "Works-1"},
]


def tables(rows: list[dict[str, Any]]) -> dict[str, list[dict[str, str]]]:
    made = netbox_tables(rows)
    return {name.split("-", 1)[1][:-4]: list(csv.DictReader(io.StringIO(text))) for name, text in made.items()}


def test_a_device_with_all_that_netbox_has_a_field_for() -> None:
    found = tables(ROWS)
    assert found["devices"][0] == {
        "name": "plc-1",
        "role": "controller",
        "manufacturer": "Siemens",
        "device_type": "CPU 1515-2 PN",
        "site": "Works 1",
        "status": "active",
        "platform": "",
        "serial": "S V-1",
        "asset_tag": "A-7",
        "comments": "id: A-7\nzone: cell\nfirmware: V2.9",
    }
    assert [tuple(r.values()) for r in found["ip-addresses"][:3]] == [
        ("10.0.0.1/32", "active", "plc-1", "port 1", "true"),
        ("10.0.0.2/32", "active", "plc-1", "port 1", "false"),
        ("fd00::1/128", "active", "plc-1", "port 1", "true"),
    ]
    assert [r["interface"] for r in found["mac-addresses"]] == ["port 1", "port 2", "port 1"]


def test_what_netbox_wants_once() -> None:
    found = tables(ROWS)
    assert [r["name"] for r in found["devices"]] == ["plc-1", "PLC-1-2", "10.0.0.3", "=A1+K2"]
    assert [r["asset_tag"] for r in found["devices"]] == ["A-7", "", "", ""]
    assert [r["slug"] for r in found["sites"]] == ["works-1", "unknown", "works-1-2"]
    assert all(r["slug"].isascii() and r["slug"] for r in found["manufacturers"])


def test_files_come_in_the_order_of_import() -> None:
    assert list(netbox_tables(ROWS)) == [
        "1-manufacturers.csv",
        "2-sites.csv",
        "3-device-roles.csv",
        "4-platforms.csv",
        "5-device-types.csv",
        "6-devices.csv",
        "7-interfaces.csv",
        "8-mac-addresses.csv",
        "9-ip-addresses.csv",
    ]
    assert list(netbox_tables([{"name": "a"}])) == [f for f in netbox_tables(ROWS) if f[0] in "12356"]
    assert netbox_tables([]) == {}


TEXT = st.text(max_size=120)


@given(
    st.lists(
        st.fixed_dictionaries({"name": TEXT, "vendor": TEXT, "model": TEXT, "type": TEXT, "site": TEXT}), max_size=6
    )
)
def test_every_reference_leads_somewhere(rows: list[dict[str, str]]) -> None:
    found = tables([{k: v for k, v in row.items() if v} for row in rows])
    devices = found.get("devices", [])
    assert len(devices) == len(rows)
    names = {kind: {r["name"] for r in found.get(kind, ())} for kind in ("manufacturers", "sites", "device-roles")}
    types = {(r["manufacturer"], r["model"]) for r in found.get("device-types", ())}
    for device in devices:
        assert device["manufacturer"] in names["manufacturers"]
        assert device["site"] in names["sites"]
        assert device["role"] in names["device-roles"]
        assert (device["manufacturer"], device["device_type"]) in types
    assert len({d["name"].casefold() for d in devices}) == len(devices)
    for kind in ("manufacturers", "sites", "device-roles", "device-types"):
        slugs = [r["slug"] for r in found.get(kind, ())]
        assert len(set(slugs)) == len(slugs)
        assert all(slug and len(slug) <= 100 for slug in slugs)
