"""What ArubaOS-Switch does by default differs from release to release."""

from __future__ import annotations

import pytest

from scanner.configs import reader

OLD = "; J9727A Configuration Editor; Created on release #WB.15.12.0006\n"
NEW = "; J9729A Configuration Editor; Created on release #WB.16.08.0001\n"
BODY = (
    'hostname "p"\npassword manager\nno telnet-server\n{}vlan 1\n   name "DEFAULT_VLAN"\n   untagged 1-4\n{}   exit\n'
)
IPV6 = "   ipv6 enable\n"


@pytest.mark.parametrize(
    ("heading", "also", "vlan", "value"),
    [
        (OLD, "", "", "no"),
        (OLD, "", IPV6, "unknown-default"),
        (OLD, "no telnet6-server\n", IPV6, "no"),
        (OLD, "telnet6-server\n", "", "yes"),
        (NEW, "", IPV6, "no"),
        ("", "", IPV6, "unknown-default"),
    ],
)
def test_telnet_by_ipv6_had_its_own_switch(heading: str, also: str, vlan: str, value: str) -> None:
    configuration = reader.read((heading + BODY.format(also, vlan)).encode(), "p.cfg")
    assert configuration.dialect == "hp-procurve"
    rows = {(r["category"], r["item"], r["setting"]): r["value"] for r in configuration.rows}
    assert rows["management", "telnet", "enabled"] == value


def test_a_port_is_shown_where_it_is_put_into_a_vlan() -> None:
    text = f"{OLD}hostname p\nvlan 1\n   no untagged 1-4\n   exit\nvlan 20\n   untagged 1-4\n   exit\n"
    rows = {
        (r["item"], r["setting"]): r for r in reader.read(text.encode(), "p.cfg").rows if r["category"] == "interface"
    }
    assert (rows["1", "access_vlan"]["value"], rows["1", "access_vlan"]["line_start"]) == ("20", 7)
    assert rows["1", "use"]["text"].strip() == "untagged 1-4"
