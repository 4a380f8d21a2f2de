"""What ports of SONiC are for, where their own entry is all that says so."""

from __future__ import annotations

import pytest

from tests.configs.dialect_cases import cases, read

UP = '"Ethernet4": {"admin_status": "up"}'


@pytest.mark.parametrize(
    ("described", "use"),
    [
        ('"alias": "etp2", "description": "to the press"', "unknown-default"),
        ('"alias": "etp2", "description": "etp2"', "spare"),
        ('"description": "Ethernet4"', "spare"),
        ('"description": "unused"', "spare"),
    ],
)
def test_a_port_in_no_vlan_is_spare_unless_it_is_said_what_it_is_for(described: str, use: str) -> None:
    around = cases("sonic")["around"].replace("{}", '"VLAN_MEMBER": {"Vlan20|Ethernet0": {"tagging_mode": "untagged"}}')
    assert UP in around
    found = read("sonic", around.replace(UP, UP[:-1] + f", {described}}}").encode())
    told = {r["item"]: r["value"] for r in found.rows if r["setting"] == "use"}
    assert told["Ethernet4"] == use
    assert told["Ethernet0"] == "edge"
    assert not [r for r in found.rows if (r["item"], r["setting"]) == ("Ethernet4", "access_vlan")]
