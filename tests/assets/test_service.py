"""What inventories say of whether a device is in service."""

from __future__ import annotations

import pytest

from scanner.assets.headers import fields_of, is_inventory_header
from scanner.assets.service import IN_SERVICE, OUT_OF_SERVICE, SPARE, service
from tests.assets.test_readers import rows


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Retired", OUT_OF_SERVICE),
        ("Decommissioned 2024", OUT_OF_SERVICE),
        ("not in use", OUT_OF_SERVICE),
        ("Removed, in stock", OUT_OF_SERVICE),
        ("außer Betrieb", OUT_OF_SERVICE),
        ("Réformé", OUT_OF_SERVICE),
        ("dado de baja", OUT_OF_SERVICE),
        ("已报废", OUT_OF_SERVICE),
        ("不在用", OUT_OF_SERVICE),
        ("In Stock", SPARE),
        ("inventory", SPARE),  # NetBox
        ("planned", SPARE),
        ("not yet installed", SPARE),
        ("备件", SPARE),
        ("Installed", IN_SERVICE),
        ("active", IN_SERVICE),
        ("in Betrieb", IN_SERVICE),
        ("在用", IN_SERVICE),
        ("decommissioning", ""),
        ("to be retired in 2027", ""),
        ("未报废", ""),
        ("planned replacement 2027", ""),
        ("spare parts only", ""),
        ("hot standby", ""),
        ("offline", ""),
        ("OK", ""),
        ("installed, retired", ""),
        ("", ""),
    ],
)
def test_what_a_state_says(text: str, expected: str) -> None:
    assert service(text) == expected


@pytest.mark.parametrize("header", ["Status", "Asset Status", "Betriebszustand", "使用状态", "operational_state"])
def test_headers(header: str) -> None:
    assert fields_of([header]) == {header: "state"}


def test_a_status_makes_no_list_an_inventory() -> None:
    assert not is_inventory_header(["Name", "Status"])


def test_of_netbox() -> None:
    (row,) = rows("name,status,role,device_type,manufacturer,ip\nplc,Decommissioning,PLC,X,Y,10.0.0.1\n")
    assert row["state"] == "Decommissioning"
