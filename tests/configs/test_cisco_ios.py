"""What only IOS has: rows about absence and about lists that are not there, numbers, and bounds."""

from __future__ import annotations

from functools import partial

import pytest

from scanner.configs.settings import MAX_VALUE
from scanner.limits import InputLimits
from tests.configs.dialect_cases import read_lines

read_ios = partial(read_lines, "cisco-ios")


def test_absence_points_at_the_block_or_the_name_of_the_device() -> None:
    rows = {(r["item"], r["setting"]): r for r in read_ios("line vty 0 4\n login").rows}
    assert (rows["vty 0 4", "access_acl"]["line_start"], rows["vty 0 4", "access_acl"]["text"]) == (2, "line vty 0 4")
    assert (rows["device", "sources"]["line_start"], rows["device", "sources"]["text"]) == (1, "hostname a")


def test_a_list_that_is_used_but_not_there_is_said() -> None:
    rows = read_ios("interface Vlan1\n ip access-group X in").rows
    assert [(r["value"], r["line_start"]) for r in rows if r["setting"] == "defined"] == [("no", 3)]
    selected = read_ios("class-map C\n match protocol X").rows
    assert not [r for r in selected if r["setting"] == "defined"]


def test_numbers_are_numbers() -> None:
    rows = {
        (r["item"], r["setting"]): r["number"] for r in read_ios("line con 0\n exec-timeout 0 0\nlogging 10.0.0.1").rows
    }
    assert rows["console 0", "idle_timeout"] == 0.0
    assert rows["device", "remote_hosts"] == 1.0
    assert rows["device", "sources"] == 0.0
    assert rows["device", "hostname"] is None


def test_rows_values_and_places_are_bounded() -> None:
    many = read_ios("".join(f"interface Gi1/{i}\n" for i in range(10_000)))
    assert len(many.rows) == InputLimits.configuration_settings
    assert ["settings: " in p.what for p in many.problems] == [True]
    adds = (f"{'add ' * (vlan > 1)}{vlan}" for vlan in range(1, 4_000, 2))
    trunk = "".join(f" switchport trunk allowed vlan {add}\n" for add in adds)
    long = read_ios(
        "interface Gi1\n switchport mode trunk\n" + trunk + "interface Vlan1\n" + " ip access-group 1 in\n" * 900
    )
    assert max(len(r["value"]) for r in long.rows) == MAX_VALUE


@pytest.mark.parametrize(
    ("dialect", "text", "item", "setting", "line"),
    [
        ("cisco-asa", "ssh 10.0.0.0 255.0.0.0 inside\nssh 0 0 outside\n", "ssh", "access_acl", 7),
        ("cisco-ios", "snmp-server group G v3 priv\nsnmp-server community x RO\n", "agent", "versions", 3),
        (
            "cisco-ios",
            (
                "interface Gi1/1\n switchport mode trunk\n switchport trunk allowed vlan 2\ninterface Gi1/1\n"
                " switchport trunk allowed vlan all\n"
            ),
            "Gi1/1",
            "trunk_vlans",
            6,
        ),
        (
            "huawei-vrp",
            (
                "interface GigabitEthernet0/0/1\n port link-type trunk\n undo port trunk allow-pass vlan 1\n"
                " port trunk allow-pass vlan 9\n port trunk allow-pass vlan all\n"
            ),
            "GigabitEthernet0/0/1",
            "trunk_vlans",
            6,
        ),
    ],
)
def test_the_line_is_the_one_that_makes_it_so(dialect: str, text: str, item: str, setting: str, line: int) -> None:
    (row,) = [r for r in read_lines(dialect, text).rows if (r["item"], r["setting"]) == (item, setting)]
    assert row["line_start"] == line


@pytest.mark.parametrize("dialect", ["huawei-vrp", "h3c-comware"])
def test_lldp_that_is_switched_on_again_speaks(dialect: str) -> None:
    name = "GigabitEthernet1/0/1"
    port = f"interface {name}\n port link-type access\n undo lldp enable\n"
    lldp = "lldp enable\n" if dialect == "huawei-vrp" else "lldp global enable\n"
    for more, told in (("", "none"), (f"interface {name}\n lldp enable\n", "lldp")):
        rows = read_lines(dialect, lldp + port + more).rows
        assert [r["value"] for r in rows if r["setting"] == "discovery"] == [told]
