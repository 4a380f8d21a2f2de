"""Small rules of every construct, judged by facts of many kinds: verdict, reason, what was observed, doubts, findings.

``PYTHONPATH=. python tests/engine/test_judged_cases.py`` writes ``judged_cases.txt`` anew; what changed in it has to be
meant.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from scanner.engine.definitions.rules import Rule
from scanner.engine.definitions.waivers import Waiver
from scanner.engine.verdict.judged_facts import JudgedFacts
from scanner.engine.verdict.verdicts import Terms
from scanner.provenance import Defect
from tests.engine.engine_cases import TODAY, capture, case, judged, observation, rule
from tests.snapshots.lines import of_rule

GOLDEN = Path(__file__).with_name("judged_cases.txt")
START = datetime(2026, 1, 1, 8, tzinfo=UTC)
HEAD = """\
id: {name}
title: {{en: {name}}}
description: {{en: Checked.}}
severity: high
message: {{en: "{{subjects}} of {{subjects:thing/things}}"}}
rationale: {{en: Because.}}
remediation: {{en: Stop it.}}
examples: {{fail: [{{facts: {{}}}}], pass: [{{facts: {{}}}}], not-applicable: [{{facts: {{}}}}]}}
"""
RULES = {
    "writes": "needs: [capture, policy]\nsubjects: {table: operations, where: {verb: write}}\nfail: {allowed: false}\n"
    "unknown_when: {client_zone: null}\ngroup_by: [client, server]",
    "one-protocol": "needs: [capture]\nprotocols: [dnp3]\nsubjects: {table: operations, where: {protocol: dnp3}}\n"
    "fail: {verb: [operate, restart]}\nminimum: {sees: [requests, answers]}",
    "boundary": "needs: [capture, policy]\nboundary: any\nsubjects: {table: flows, where: {crosses_zones: true}}\n"
    "fail: {allowed: false}\nreview: {authority: [policy], when: {allowed: null}, severity: low, title: {en: Asked}}",
    "internet": "needs: [capture, zones]\nboundary: {one: {level|lt: 4}, other: internet}\n"
    "subjects: {table: flows, where: {server_public: true}}\nfail: {server_port: 443}",
    "upwards": "needs: [capture, zones]\nboundary: {one: {level|lte: 2}, other: {level|gt: 3}}\n"
    "subjects: {table: flows, where: {client.zone.level|lte: 2}}\nfail: {server.zone.level|gt: 3}",
    "credentials": "needs: [capture]\nminimum: {sees: [requests, handshake], duration: 600, subjects: 2}\n"
    "subjects: {table: sessions}\nfail: {credentials|exists: true}\nempty: no-evidence",
    "telnet": "needs: [configuration]\nsubjects: {table: settings, where: {item: telnet}}\nfail: {value: 'on'}",
    "criticality": "needs: [inventory]\nsubjects: {table: inventory}\nfail: {criticality: null}\nempty: no-evidence",
    "many": "needs: [capture]\nsubjects: {table: operations, where: {verb: write}}\nfail: {many|gte: 3}\n"
    "correlate: {many: {type: event_count, group_by: [client], timespan: 1m}}",
    "beside": "needs: [capture, configuration]\nsubjects: {table: operations}\nfail: {services|gt: 0}\n"
    "with: {services: {rows: server.settings, where: {value: 'on'}}}",
    "joined": "needs: [capture, inventory]\nsubjects: {table: operations}\n"
    "fail: {server.inventory: true, server.inventory.criticality: high}",
    "complete": "needs: [capture]\nsubjects: {table: captures}\nfail: {complete: false}",
    "unlisted": "needs: [capture, inventory]\nsubjects: {table: devices}\nfail: {listed: false}",
    "simulated": "needs: [capture]\nsubjects: {table: publications}\nfail: {simulated: true}",
}
ENDS = {"capture": "c0ffee", "client": "10.0.3.5", "server": "10.0.1.5", "client_zone": "super", "server_zone": "cell",
        "client_device": "hmi", "server_device": "plc", "client_level": 3.0, "server_level": 1.0,
        "crosses_zones": True}  # fmt: skip
TCP = {"transport": "tcp", "server_port": 502, "protocol": "modbus", "recognised_by": "content", "industrial": True}
SEEN = {"client_packets": 90, "server_packets": 80, "client_bytes": 900, "server_bytes": 800, "opened_by": "syn",
        "connections": 2, "first_time": START, "last_time": START + timedelta(minutes=50)}  # fmt: skip
FLOW = ENDS | TCP | SEEN | {"allowed": True, "frames": [4, 5]}
OUT = FLOW | {"server": "203.0.113.9", "server_zone": "", "server_public": True, "server_device": "",
              "server_port": 443, "protocol": "tls", "industrial": False, "allowed": False,
              "crosses_zones": None}  # fmt: skip
UP = FLOW | {"client": "10.0.1.5", "client_zone": "cell", "server": "10.0.4.9", "server_zone": "office",
             "client_device": "plc", "server_device": "mail", "server_port": 25, "protocol": "smtp", "allowed": None,
             "industrial": False}  # fmt: skip
WRITE = ENDS | TCP | {"verb": "write", "count": 3, "accepted": 3, "allowed": True, "frames": [7],
                      "first_time": START, "last_time": START + timedelta(seconds=20)}  # fmt: skip
SESSION = ENDS | TCP | {"server_port": 23, "protocol": "telnet", "count": 1, "industrial": False, "frames": [9]}
ZONES = [
    {"zone": "cell", "name": "Cell", "level": 1.0, "subnets": ["10.0.1.0/24"], "source": "policy.yaml", "line": 3},
    {"zone": "super", "name": "", "level": 3.0, "subnets": ["10.0.3.0/24"], "source": "policy.yaml", "line": 4},
    {"zone": "office", "name": "Office", "level": 4.0, "subnets": ["10.0.4.0/24"], "source": "policy.yaml", "line": 5},
]
DEVICES = [
    {"device": "plc", "name": "PLC", "zone": "cell", "ips": ["10.0.1.5"], "listed": True, "packets": 9},
    {"device": "hmi", "name": "", "zone": "super", "ips": ["10.0.3.5"], "listed": True, "packets": 8},
    {"device": "mail", "name": "Mail", "zone": "office", "ips": ["10.0.4.9"], "listed": False, "packets": 7},
]
PLACES = [
    observation(kind="all", boundary=""),
    *(observation(kind="zone", zone=z["zone"]) for z in ZONES),
    observation(kind="pair", zone="cell", other_zone="super", boundary=""),
]
SETTING = {"source": "sw.cfg", "line_start": 3, "line_end": 4, "device": "plc", "category": "management",
           "item": "telnet", "setting": "enabled", "value": "on", "text": "telnet on"}  # fmt: skip
LISTED = {"source": "list.csv", "row": 2, "device": "plc", "name": "PLC", "ips": ["10.0.1.5"], "criticality": "high"}
GOOD: dict[str, Any] = {
    "captures": [capture()], "observations": PLACES, "zones": ZONES, "devices": DEVICES, "flows": [FLOW],
    "operations": [WRITE], "inventory": [LISTED], "settings": [SETTING | {"value": "off"}],
    "sessions": [SESSION, SESSION | {"client": "10.0.3.6"}],
}  # fmt: skip
CASES: dict[str, dict[str, Any]] = {
    "good": {},
    "bad": {
        "operations": [WRITE | {"allowed": False}, WRITE | {"allowed": False, "client": "10.0.3.6", "count": 9},
                       WRITE | {"protocol": "dnp3", "verb": "operate", "server_port": 20000}],
        "flows": [FLOW | {"allowed": False}, OUT, UP], "sessions": [SESSION | {"credentials": ["basic"]}],
        "settings": [SETTING], "inventory": [LISTED | {"criticality": None}],
        "captures": [capture(complete=False, unread="cut short")],
        "publications": [ENDS | {"protocol": "goose", "object": "a", "simulated": True, "count": 4}],
    },
    "nothing": {name: [] for name in ("flows", "operations", "sessions", "settings", "inventory", "devices")},
    "not known": {
        "operations": [WRITE | {"client_zone": "", "allowed": False}, WRITE | {"allowed": None}],
        "flows": [FLOW | {"allowed": None}, UP], "sessions": [SESSION | {"credentials": None}],
    },
    "short": {
        "captures": [capture(duration=30.0, last_time=START + timedelta(seconds=30))],
        "observations": [place | {"seconds": 30.0, "any_seconds": 30.0, "boundary_seconds": 30.0} for place in PLACES],
        "operations": [], "sessions": [],
    },
    "half a plant": {
        "observations": [observation(kind="zone", zone="cell", boundary="", boundary_seconds=0.0),
                         observation(kind="zone", zone="super", packets=3),
                         observation(kind="zone", zone="office", both_sides=False)],
        "operations": [], "flows": [],
    },
    "heard": {
        "observations": [observation(kind="zone", zone=z["zone"], devices=1, heard_devices=9) for z in ZONES],
        "operations": [],
    },
    "unrecognised": {
        "observations": [observation(kind="zone", zone=z["zone"], recognised_share=0.2) for z in ZONES],
        "flows": [FLOW | {"protocol": "", "industrial": False, "server_port": 9999}], "operations": [],
    },
    "no zones": {"zones": [], "observations": [observation(kind="all", boundary="", boundary_seconds=0.0)],
                 "flows": [], "operations": []},
    "lost": {"flows": [FLOW | {"client_unread": 72, "client_doubt_frame": 9, "server_missing": 400,
                               "server_doubt_frame": 11}], "operations": []},
    "cut": {"flows": [FLOW | {"client_unread": 72, "client_cut": 5, "server_unread": 9, "server_cut": 3}],
            "operations": []},
    "contradictory": {"flows": [FLOW | {"client_contradictory": 2, "server_contradictory": 1}], "operations": []},
    "one side": {"flows": [FLOW | {"client_packets": 0, "client_bytes": 0}], "operations": []},
    "midway": {"flows": [FLOW | {"midway": 1, "opened_by": "", "server_port": 23, "protocol": "telnet"}]},
    "by port": {"flows": [FLOW | {"recognised_by": "port"}], "operations": [WRITE | {"recognised_by": "port",
                                                                                   "allowed": False}]},
    "tunnel": {"flows": [FLOW | {"transport": "ip-50", "server_port": 0, "protocol": "", "industrial": False}],
               "operations": []},
    "quick": {"operations": [WRITE | {"count": 1, "first_time": START + timedelta(seconds=s),
                                      "last_time": START + timedelta(seconds=s)} for s in (0, 20, 50, 200)]},
    "two recordings": {"captures": [capture(), capture(capture="beef", source="other.pcap", duration=5.0)],
                       "operations": [WRITE, WRITE | {"capture": "beef", "allowed": False}]},
}  # fmt: skip
MISSING = {"no policy": ("capture", "inventory", "configuration"), "policy alone": ("policy", "zones")}
WAIVERS = [
    Waiver("policy.yaml", 40, "writes", (), "Agreed", "J. Doe", None),
    Waiver("policy.yaml", 41, "telnet", (), "Old", "J. Doe", date(2026, 1, 1), "locked room"),
    Waiver("policy.yaml", 42, "boundary", (), "Later", "", date(2027, 1, 1), review_on=date(2026, 4, 1)),
]


def rules() -> list[Rule]:
    return [rule(HEAD.format(name=name) + text, name) for name, text in RULES.items()]


def cases() -> Iterator[tuple[str, JudgedFacts, Terms]]:
    plain = Terms(TODAY)
    for name, changes in CASES.items():
        yield name, case(**(GOOD | changes)), plain
    for name, kinds in MISSING.items():
        yield name, case(kinds=kinds, **GOOD), plain
    bad = GOOD | CASES["bad"]
    yield "bad and waived", case(**bad), Terms(TODAY, WAIVERS)
    yield "good for the patient", case(**GOOD), Terms(TODAY, minimum_duration=7200.0)
    yield "incomplete", case(incomplete=("capture", "configuration"), **GOOD), plain
    yield "defects", case(defects=(Defect("modbus", "IndexError", 3), Defect("telnet", "x", 1)), **GOOD), plain


def lines() -> Iterator[str]:
    for name, facts, terms in cases():
        yield f"== {name}"
        for one in rules():
            yield from of_rule("rule", judged(one, facts, terms))


def test_every_case_is_judged_as_it_was() -> None:
    assert list(lines()) == GOLDEN.read_text(encoding="utf-8").splitlines()


if __name__ == "__main__":
    GOLDEN.write_text("\n".join((*lines(), "")), encoding="utf-8")
