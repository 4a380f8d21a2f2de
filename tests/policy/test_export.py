"""A policy in other forms, and that hostile words in it stay words."""

from __future__ import annotations

import csv
import io
import re
from datetime import date

import pytest

from scanner.facts.frames import frame
from scanner.facts.schema import TABLES
from scanner.policy.document import Policy, parse_policy
from scanner.policy.export import FORMS, ToExport

POLICY = """\
otaudit_policy: 1
zones:
  - {id: cell, level: 1, members: {subnets: [10.1.0.0/24, 2001:db8:1::/64], macs: ["00:1b:1b:00:00:01"]}}
  - {id: plant, name: The rest, level: 3, members: {subnets: [10.0.0.0/8, 2001:db8::/32]}}
conduits:
  - {id: poll, from: plant, to: cell, protocols: [modbus, tcp/100-200, udp/5, icmp, ip/47, ethertype/0x8892],
     verbs: [read]}
  - {id: named, from: plant, to: cell, protocols: [s7comm], clients: [SCADA-1, GHOST-1, 10.2.0.0/30, 10.1.0.9]}
  - {id: all, from: cell, to: plant, both_ways: true, protocols: [any]}
writers:
  - {id: recipes, targets: [cell], clients: [SCADA-1], objects: ["=1+1"]}
roles:
  hmi: ["@HMI"]
"""
PORTS = {"modbus": {("tcp", 502), ("tcp", 503)}, "s7comm": {("tcp", 102)}}
INVENTORY = frame(
    TABLES["inventory"],
    [{"source": "i", "row": 2, "name": "SCADA-1", "ips": ["10.2.0.9"]}, {"source": "i", "row": 3, "name": "GHOST-1"}],
).to_dicts()
EVIL = '"]; click z1 \\\n}\n  policy accept; \x1b[31m <script>alert(1)</script> %% `x` \u2028 # é'


def exported(form: str, policy: Policy, **more: str) -> str:
    return FORMS.all()[form].render(ToExport(policy.tables(), INVENTORY, PORTS, today=date(2026, 1, 2), **more))


def parsed(text: str = POLICY) -> Policy:
    return parse_policy(text, "p.yaml", {"modbus", "s7comm"})


def evil() -> Policy:
    policy = parsed()
    hostile = {
        "name": EVIL,
        "reason": EVIL,
        "clients": [EVIL],
        "protocols": [EVIL.replace("/", "")],
        "verbs": [EVIL],
        "source": EVIL,
    }
    zones, conduits = (
        tuple(row | {k: v for k, v in hostile.items() if k in row} for row in rows)
        for rows in (policy.zones, policy.conduits)
    )
    return Policy(EVIL, EVIL, zones, conduits, (), policy.writers, (), policy.roles, (), (), ())


def test_csv() -> None:
    rows = list(csv.DictReader(io.StringIO(exported("csv", parsed()))))
    assert [(r["kind"], r["id"]) for r in rows] == [
        ("zone", "cell"),
        ("zone", "plant"),
        ("conduit", "poll"),
        ("conduit", "named"),
        ("conduit", "all"),
        ("writers", "recipes"),
        ("role", "hmi"),
    ]
    assert rows[0]["members"] == "10.1.0.0/24; 2001:db8:1::/64; 00:1b:1b:00:00:01"
    assert (rows[3]["from"], rows[3]["to"], rows[3]["both_ways"], rows[0]["level"]) == ("plant", "cell", "no", "1")
    assert (rows[5]["objects"], rows[6]["members"]) == ("'=1+1", "'@HMI")


def test_nftables() -> None:
    lines = [line.strip() for line in exported("nftables", parsed()).splitlines()]
    assert "type filter hook forward priority filter; policy drop;" in lines
    assert "ct state established,related accept" in lines
    sets = dict(re.findall(r"set (\w+) \{ .*? elements = \{ (.*?) \}", " ".join(lines)))
    assert (sets["z1_cell_4"], sets["z1_cell_6"]) == ("10.1.0.0/24", "2001:db8:1::/64")
    plant = sets["z2_plant_4"].split(", ")
    assert "10.0.0.0/16" in plant
    assert "10.0.0.0/8" not in plant, "what is in the cell is not in the zone around it"
    to_cell = "ip saddr @z2_plant_4 ip daddr @z1_cell_4"
    for rule in (
        "tcp dport { 100-200, 502-503 }",
        "udp dport { 5 }",
        "meta l4proto icmp",
        "meta l4proto 47",
    ):
        assert f'{to_cell} {rule} accept comment "conduit poll"' in lines
        six = to_cell.replace("_4", "_6").replace("ip ", "ip6 "), rule.replace("icmp", "ipv6-icmp")
        assert f'{" ".join(six)} accept comment "conduit poll"' in lines
    assert "# not expressed, a filter sees no verbs: read" in lines
    assert "# not expressed, no port is known: ethertype/0x8892" in lines
    assert "# not expressed, no address is known of GHOST-1" in lines
    named = [line for line in lines if line.endswith('"conduit named"')]
    assert named == [
        'ip saddr { 10.2.0.0/30, 10.2.0.9 } ip daddr @z1_cell_4 tcp dport { 102 } accept comment "conduit named"'
    ]
    assert f'{to_cell} accept comment "conduit all"' in lines
    assert 'ip saddr @z1_cell_4 ip daddr @z2_plant_4 accept comment "conduit all"' in lines


def test_clients_whom_nobody_knows_open_nothing() -> None:
    text = POLICY.replace("[SCADA-1, GHOST-1, 10.2.0.0/30, 10.1.0.9]", "[GHOST-1]")
    assert 'conduit named"' not in exported("nftables", parsed(text))


def test_mermaid() -> None:
    text = exported("mermaid", parsed())
    assert '    z2["The rest<br/>10.0.0.0/8, 2001#58;db8#58;#58;/32"]' in text
    assert '  z2 -->|"s7comm"| z1' in text
    assert '  z1 <-->|"any"| z2' in text


def test_hostile_words_stay_words() -> None:
    ruleset = exported("nftables", evil())
    calm = exported("nftables", parsed())
    assert ruleset.count("policy accept;") == sum(
        "policy accept;" in line for line in ruleset.splitlines() if "#" in line
    )
    code = [line for line in ruleset.splitlines() if not line.strip().startswith("#")]
    assert set(code) <= set(calm.splitlines())
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f\u2028]", ruleset)
    chart = exported("mermaid", evil())
    assert len(chart.splitlines()) == len(exported("mermaid", parsed()).splitlines())
    for line in chart.splitlines():
        assert re.fullmatch(r'[^"]*("[\w .,/#;…<>-]*")?[^"]*', line), line
        assert "<script" not in line


@pytest.mark.parametrize("name", ["zone-é", "Zone.1", "1"])
def test_set_names_are_ones_that_nft_takes(name: str) -> None:
    text = POLICY.replace("id: cell", f"id: '{name}'").replace(": cell", f": '{name}'").replace("[cell]", f"['{name}']")
    names = re.findall(r"set (\S+) \{", exported("nftables", parsed(text)))
    assert len(set(names)) == 4
    assert all(re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", n) for n in names)
