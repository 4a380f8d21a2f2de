"""What a change of a policy means; order, spelling and division say nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.policy.compare import compare
from scanner.policy.compare.traffic import traffic
from scanner.policy.document import parse_policy
from tests.policy.test_audit import CONDUITS, PROTOCOLS, allowed

POLICY = """\
otaudit_policy: 1
time_zone: UTC
zones:
  - {id: cell, level: 1, members: {subnets: [10.1.0.0/24], devices: [PLC-1], vlans: [10-12]}}
  - {id: super, level: 3, members: {subnets: [10.3.0.0/24]}}
conduits:
  - {id: poll, from: super, to: cell, protocols: [modbus, tcp/100-200], verbs: [read], clients: [SCADA-1, 10.3.0.8/29]}
  - {id: write, from: super, to: cell, protocols: [modbus], verbs: [write], clients: [SCADA-1], reason: Recipes}
writers:
  - {targets: [cell], clients: [SCADA-1], objects: [coil 1-9]}
roles:
  hmi: [10.3.0.2, 10.3.0.3]
change_windows:
  - {id: night, from: "22:00", to: "06:00"}
waivers:
  - {rule: a, reason: r, approved_by: x, until: 2027-01-01}
undecided:
  - {client: 10.3.0.9, server: 10.1.0.1, protocol: modbus, verbs: [stop]}
"""


def differences(old: str, new: str) -> list[str]:
    return [str(d) for d in compare(*(parse_policy(text, "p", PROTOCOLS).tables() for text in (old, new)))]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", ""),
        ("[10.1.0.0/24]", "[10.1.0.128/25, 10.1.0.0/25]"),
        ("[10-12]", "[12, 10, 11]"),
        ("devices: [PLC-1]", "devices: [plc-1]"),
        ("[modbus, tcp/100-200]", "[tcp/151-200, tcp/100-150, Modbus]"),
        ("clients: [SCADA-1, 10.3.0.8/29]", "clients: [10.3.0.12/30, 10.3.0.8/30, scada-1]"),
        ("verbs: [read]", "verbs: [session, read]"),
        ("id: poll", "id: polling"),
        ("hmi: [10.3.0.2, 10.3.0.3]", "hmi: [10.3.0.2/31]"),
        ("[coil 1-9]}", "[coil 1-9], verbs: [operate, write]}"),
        (
            "clients: [SCADA-1], reason: Recipes}",
            "clients: [SCADA-1], reason: Recipes, owner: ''}".replace(", owner: ''", ""),
        ),
    ],
)
def test_what_makes_no_difference(before: str, after: str) -> None:
    assert differences(POLICY, POLICY.replace(before, after)) == []


CHANGES = """\
subnets: [10.3.0.0/24] => subnets: [10.3.0.0/24, 10.1.0.64/26]
  ~ members: 10.1.0.64/26: moved from cell to super
subnets: [10.3.0.0/24] => subnets: [10.3.0.0/25]
  - members: 10.3.0.128/25: in no zone any more, in super before
[10-12] => [10-13]
  + members: VLAN 13: in cell, in no zone before
level: 3 => level: 3.5, sl_t: 2
  ~ zone: super: level was 3, is 3.5
  ~ zone: super: SL-T was not given, is 2
tcp/100-200 => tcp/100-210
  + newly allowed: super to cell: tcp/201-210: read and session, by 10.3.0.8/29 and SCADA-1
tcp/100-200] => tcp/100-149, tcp/151-200]
  - no longer allowed: super to cell: tcp/150: read and session, by 10.3.0.8/29 and SCADA-1
10.3.0.8/29 => 10.3.0.8/30
  - no longer allowed: super to cell: modbus and tcp/100-200: read and session, by 10.3.0.12/30
verbs: [write], clients: [SCADA-1] => verbs: [write]
  + newly allowed: super to cell: modbus: session, by everybody but 10.3.0.8/29 and SCADA-1
  + newly allowed: super to cell: modbus: write, by everybody but SCADA-1
reason: Recipes => reason: Archive
  ~ conduit: write: reason was Recipes, is Archive
coil 1-9 => coil 1-8
  + writers: scada-1 may operate and write cell (coil 1-8)
  - writers: scada-1 may operate and write cell (coil 1-9)
hmi: [10.3.0.2, => hmi: [HMI-1,
  + role: hmi: HMI-1
  - role: hmi: 10.3.0.2
22:00 => 23:00
  ~ change window: night: start was 22:00, is 23:00
until: 2027-01-01 => until: 2028-01-01
  ~ waiver: a: until was 2027-01-01, is 2028-01-01
verbs: [stop] => verbs: [start]
  + undecided: start of 10.3.0.9 to 10.1.0.1 by modbus
  - undecided: stop of 10.3.0.9 to 10.1.0.1 by modbus
"""


def changes() -> Iterator[tuple[str, str, list[str]]]:
    for block in re.split(r"\n(?! )", CHANGES.strip()):
        change, *told = block.splitlines()
        before, after = change.split(" => ")
        yield before, after, [line.strip() for line in told]


@pytest.mark.parametrize(("before", "after", "told"), list(changes()))
def test_what_makes_one(before: str, after: str, told: list[str]) -> None:
    changed = POLICY.replace(before, after)
    found = differences(POLICY, changed)
    assert found == told
    turned = {"+": "-", "-": "+", "~": "~"}
    assert sorted(turned[line[0]] for line in differences(changed, POLICY)) == sorted(line[0] for line in found)


def test_a_renamed_zone_is_the_same_zone() -> None:
    assert differences(POLICY, POLICY.replace("id: super", "id: hall").replace("from: super", "from: hall")) == [
        "~ zone: super is now called hall"
    ]


@given(st.lists(CONDUITS, max_size=3), st.lists(CONDUITS, max_size=3))
def test_traffic_differs_where_permission_does(old: list[dict[str, Any]], new: list[dict[str, Any]]) -> None:
    signs = {difference.sign for difference in traffic(old, new)}
    before, after = allowed(*old), allowed(*new)
    pairs = set(zip(before, after, strict=True))
    if (False, True) in pairs:
        assert "+" in signs
    if (True, False) in pairs:
        assert "-" in signs
    assert list(traffic(old, list(reversed(old)))) == []
