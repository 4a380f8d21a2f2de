"""What a policy that is formally right is told about, and what it is not."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.facts.frames import frame
from scanner.facts.schema import TABLES
from scanner.policy.audit import CapturedFacts, Subject, audit
from scanner.policy.cover import covers, covers_members
from scanner.policy.directory import NameDirectory
from scanner.policy.document import parse_policy
from scanner.policy.permission import Permission, Traffic

PROTOCOLS = {"modbus", "s7comm", "tls"}
ZONES = """\
zones:
  - {id: cell, level: 1, members: {subnets: [10.1.0.0/24]}}
  - {id: super, level: 3, members: {subnets: [10.3.0.0/24]}}
"""
POLL = "conduits:\n  - {id: poll, from: super, to: cell, protocols: [modbus], clients: [SCADA-1]}\n"
INVENTORY = [
    {"source": "i.csv", "row": 2, "name": "PLC-1", "ips": ["10.1.0.1"], "type": "plc"},
    {"source": "i.csv", "row": 3, "name": "SCADA-1", "ips": ["10.3.0.10"]},
    {"source": "i.csv", "row": 4, "name": "GHOST-1"},
]


def told(
    *texts: str, inventory: list[dict[str, Any]] | None = INVENTORY, seen: CapturedFacts | None = None
) -> list[str]:
    tables: dict[str, list[Any]] = {}
    for number, text in enumerate(texts):
        policy = parse_policy("otaudit_policy: 1\n" + text, f"{'pq'[number]}.yaml", PROTOCOLS)
        for name, rows in policy.tables().items():
            tables.setdefault(name, []).extend(frame(TABLES[name], rows).to_dicts())
    tables["inventory"] = frame(TABLES["inventory"], inventory or []).to_dicts()
    subject = Subject(tables, date(2026, 11, 27), inventory is not None, seen)
    return [f"{r.severity} {r.check} {r.source}:{r.line} {r.what}" for r in audit(subject)]


def test_a_name_of_several_devices_means_nobody() -> None:
    other = {"source": "i.csv", "row": 5, "name": "scada-1", "ips": ["10.3.0.11"]}
    what = (
        "a client of conduit 'poll' is called 'SCADA-1', which the inventory calls several devices, so nobody is meant"
    )
    assert told(ZONES + POLL, inventory=[*INVENTORY, other]) == [f"error ambiguous-name p.yaml:6 {what}"]
    directory = NameDirectory((), frame(TABLES["inventory"], [*INVENTORY, other]).to_dicts())
    assert (directory.entries("SCADA-1"), directory.binds("scada-1")) == ([], False)
    assert [entry["row"] for word in ("10.3.0.11", "PLC-1") for entry in directory.entries(word)] == [5, 2]
    same = {"macs": ["00:00:5e:00:53:10"]}
    assert told(ZONES + POLL, inventory=[*INVENTORY[:1], INVENTORY[1] | same, other | same]) == []
    assert told(ZONES + POLL, inventory=[*INVENTORY, other | {"ips": []}]) == []


def test_nothing_to_remark() -> None:
    assert told(ZONES + POLL) == []


@pytest.mark.parametrize(
    ("entry", "remarks"),
    [
        ("destinations: [20.49.0.0/16], owner: IT, reason: Reports", []),
        (
            "owner: IT, reason: Reports",
            ["warning export-anywhere p.yaml:7 export entry 'e' lets data leave for anywhere"],
        ),
        ("providers: [AWS], owner: IT, reason: Reports", ["warning export-by-name p.yaml:7"]),
        ("countries: [CN], providers: [AWS], owner: IT, reason: Reports", []),
        ("countries: [CN], data_grade: core, owner: IT, reason: Reports", ["warning graded-export-in-clear p.yaml:7"]),
        ("countries: [CN], data_grade: core, encrypted: true, owner: IT, reason: Reports", []),
        ("countries: [CN], owner: IT", ["note export-without-owner p.yaml:7"]),
    ],
)
def test_export_entries(entry: str, remarks: list[str]) -> None:
    found = told(ZONES + POLL + f"export: [{{id: e, {entry}}}]\n")
    assert [one.startswith(wanted) for one, wanted in zip(found, remarks, strict=True)] == [True] * len(remarks)


def test_of_an_empty_list_of_exports_nothing_is_to_remark() -> None:
    assert told(ZONES + POLL + "export: []\n") == []


@pytest.mark.parametrize(
    ("text", "remark"),
    [
        (
            ZONES.replace("10.3.0.0/24", "10.3.0.0/24, 0.0.0.0/0"),
            "error catch-all-zone p.yaml:4 network 0.0.0.0/0 makes zone 'super' hold addresses of the whole Internet",
        ),
        (ZONES.replace("level: 3", "level: 4").replace("10.3.0.0/24", "'::/0'"), "warning catch-all-zone p.yaml:4"),
        (ZONES.replace("10.3.0.0/24", "10.3.0.0/24, 64.0.0.0/4"), "error catch-all-zone p.yaml:4"),
        (ZONES.replace("10.3.0.0/24", "10.3.0.0/24, 8.8.8.0/24"), "warning public-network p.yaml:4"),
        (ZONES.replace("10.3.0.0/24", "10.0.0.0/8"), "note nested-network p.yaml:3 network 10.1.0.0/24 of zone 'cell'"),
        (ZONES, "note isolated-zone p.yaml:3 zone 'cell' has no conduit"),
        (
            ZONES.replace("subnets: [10.3.0.0/24]", "devices: [PLC-1]"),
            "warning several-zones p.yaml:4 PLC-1 (i.csv row 2) is claimed by zones super, cell",
        ),
        (
            ZONES.replace("10.3.0.0/24", "10.4.0.0/24"),
            "warning in-no-zone p.yaml:3 SCADA-1 (i.csv row 3) is in no zone",
        ),
        (
            ZONES
            + POLL
            + "  - {id: again, from: super, to: cell, protocols: [modbus], verbs: [read], clients: [scada-1]}",
            "warning shadowed-conduit p.yaml:7 conduit 'again' allows nothing that 'poll' does not allow already",
        ),
        (
            ZONES + POLL + "  - {id: wide, from: cell, to: super, both_ways: true, protocols: [any]}",
            "warning shadowed-conduit p.yaml:6 conduit 'poll' allows nothing that 'wide' does not",
        ),
        (
            ZONES + POLL.replace("modbus", "tcp/1-65535"),
            "warning wide-conduit p.yaml:6 conduit 'poll' allows 65,535 ports (tcp/1-65535)",
        ),
        (ZONES + POLL.replace("modbus", "any"), "warning wide-conduit p.yaml:6 conduit 'poll' allows everything (any)"),
        (
            ZONES + POLL.replace("SCADA-1", "PLC-1"),
            "error client-outside p.yaml:6 client PLC-1 of conduit 'poll' is in zone 'cell', not in 'super'",
        ),
        (ZONES + POLL.replace("SCADA-1", "192.168.0.0/24"), "error client-outside p.yaml:6 client 192.168.0.0/24"),
        (
            ZONES + POLL.replace("SCADA-1", "SKADA-1"),
            "error unbound-name p.yaml:6 a client of conduit 'poll' is called 'SKADA-1', which no inventory lists",
        ),
        (
            ZONES + POLL.replace("SCADA-1", "GHOST-1"),
            "error unbound-name p.yaml:6 a client of conduit 'poll' is called",
        ),
        ("roles:\n  hmi: [HMI-9]", "error unbound-name p.yaml:3 a member of role hmi is called 'HMI-9'"),
        (
            "writers:\n  - {targets: [PLC-1], clients: [historian]}",
            "warning unassigned-role p.yaml:3 writers may be every historian, and neither roles nor the inventory say",
        ),
        (
            ZONES + POLL + "writers:\n  - {targets: [cell], clients: [SCADA-1], protocols: [s7comm]}",
            "warning writer-without-conduit p.yaml:8 SCADA-1 may write and operate cell, but no conduit",
        ),
        (
            ZONES + POLL + "writers:\n  - {targets: [PLC-1], clients: [10.3.0.11]}",
            "warning writer-without-conduit p.yaml:8 10.3.0.11 may write and operate PLC-1",
        ),
        (
            ZONES.replace("id: cell", "id: PLC-1") + "writers:\n  - {targets: [PLC-1], clients: [10.1.0.9]}",
            "warning ambiguous-target p.yaml:6 target PLC-1 is the id of a zone and the name of a device",
        ),
        (
            "undecided:\n  - {client: 10.0.0.1, server: 10.0.0.2, verbs: [stop]}",
            "note undecided p.yaml:3 1 item is undecided",
        ),
        (
            "waivers:\n  - {rule: a, reason: r, approved_by: x, until: 2026-11-26}",
            "warning expired-waiver p.yaml:3 the waiver for a expired on 2026-11-26",
        ),
        (
            "time_zone: UTC\nchange_windows:\n  - {id: once, from: 2026-11-21T06:00, to: 2026-11-22T06:00}",
            "note past-window p.yaml:4 change window 'once' ended on 2026-11-22",
        ),
        (
            ZONES + "time_zone: UTC\nchange_windows:\n  - {id: w, zones: [super]}\n"
            "writers:\n  - {targets: [cell], clients: [10.1.0.9], change_windows: [w]}",
            "warning closed-window p.yaml:9 no change window of the writers entry ever opens for cell",
        ),
    ],
)
def test_remarks(text: str, remark: str) -> None:
    assert any(line.startswith(remark) for line in told(text)), told(text)


@pytest.mark.parametrize(
    "text",
    [
        ZONES + POLL.replace("SCADA-1", "10.3.0.0/28"),
        ZONES + POLL + "  - {id: more, from: super, to: cell, protocols: [modbus, s7comm], clients: [10.3.0.20]}",
        ZONES + POLL + "writers:\n  - {targets: [cell], clients: [10.3.0.10], protocols: [modbus]}",  # it is SCADA-1
        ZONES
        + POLL.replace("modbus]", "modbus], verbs: [write]")
        + "writers:\n  - {targets: [cell], clients: [SCADA-1]}",
        ZONES + POLL + "writers:\n  - {targets: [cell], clients: [PLC-1, controller]}",
        ZONES + POLL.replace("SCADA-1]", "SCADA-1], both_ways: true").replace("SCADA-1", "PLC-1"),
        "waivers:\n  - {rule: a, reason: r, approved_by: x, until: 2026-11-27}",
        "roles:\n  hmi: [SCADA-1, 10.9.0.0/16]",
    ],
)
def test_what_is_right_is_not_remarked_upon(text: str) -> None:
    assert told(text) == []


def test_names_without_an_inventory_are_a_warning() -> None:
    (line,) = told(ZONES + POLL, inventory=None)
    assert line.startswith(
        "warning unbound-name p.yaml:6 a client of conduit 'poll' is called 'SCADA-1', and no invent"
    )


@pytest.mark.parametrize(
    ("change", "remark"),
    [
        (("level: 3", "level: 4"), "error contradiction q.yaml:4 zone 'super' has other level than"),
        (
            ("id: cell", "id: hall"),
            "error contradiction q.yaml:3 network 10.1.0.0/24 is in zone 'hall' and in zone 'cell'",
        ),
        (
            ("[modbus]", "[modbus], verbs: [read]"),
            "error contradiction q.yaml:6 conduit 'poll' has other verbs than in p",
        ),
    ],
)
def test_policies_that_contradict_each_other(change: tuple[str, str], remark: str) -> None:
    text = ZONES + POLL.replace("to: cell", "to: super").replace("from: super", "from: cell").replace(
        "SCADA-1", "PLC-1"
    )
    changed = text.replace(*change)
    if "hall" in changed:
        changed = changed.replace("from: cell", "from: hall").replace("id: poll", "id: other")
    assert any(line.startswith(remark) for line in told(text, changed)), told(text, changed)
    assert not any(line.startswith("error") for line in told(text, text.replace("[10.1.0.0/24]", "[ 10.1.0.0/24 ]")))


def test_what_captures_show() -> None:
    at = {"source": "p.yaml", "line": 6}
    outside = [{"name": f"10.9.0.{n}", "mac": "", "zone": "", "public": False} for n in range(7)]
    seen = CapturedFacts(
        [*outside, {"name": "8.8.8.8", "mac": "", "zone": "", "public": True}],
        [at | {"zone": "cell", "seen": False}, at | {"zone": "super", "seen": True}],
        [at | {"conduit": "poll", "used": False}],
    )
    found = told(ZONES + POLL, seen=seen)
    assert found[0].startswith("warning seen-in-no-zone p.yaml:3 7 devices seen are in no zone: 10.9.0.0, ")
    assert found[0].endswith("10.9.0.4 and 2 more")
    assert [line.split()[1] for line in found[1:]] == ["unseen-zone", "unused-conduit"]


CONDUITS = st.fixed_dictionaries(
    {
        "conduit": st.just("c"),
        "from_zone": st.sampled_from("ab"),
        "to_zone": st.just("c"),
        "both_ways": st.booleans(),
        "protocols": st.lists(st.sampled_from(["any", "modbus", "tcp", "tcp/1-3", "tcp/2-5", "tcp/4"]), min_size=1),
        "verbs": st.lists(st.sampled_from(["read", "write", "session"])),
        "clients": st.lists(st.sampled_from(["10.0.0.0/30", "10.0.0.0/31", "10.0.0.2", "x"])),
    }
)


def questions() -> list[Traffic]:
    return [
        Traffic(*ends, "tcp", port, protocol, verb, True, client, "", names)
        for ends in (("a", "c"), ("c", "a"), ("b", "c"), ("c", "b"))
        for port, protocol in ((1, ""), (2, ""), (4, ""), (5, ""), (9, ""), (9, "modbus"), (4, "modbus"))
        for verb in ("read", "write", "session", "stop")
        for client, names in (("10.0.0.1", ()), ("10.0.0.2", ()), ("10.0.0.3", ("X",)), ("10.9.9.9", ()))
    ]


QUESTIONS = questions()


def allowed(*conduits: dict[str, Any]) -> list[bool | None]:
    permission = Permission(conduits, {"modbus": {("tcp", 502)}})
    return [permission.judge(question).allowed for question in QUESTIONS]


@given(CONDUITS, CONDUITS)
def test_a_shadowed_conduit_allows_nothing_more(wide: dict[str, Any], narrow: dict[str, Any]) -> None:
    if covers(wide, narrow):
        assert allowed(wide) == allowed(wide, narrow)


@pytest.mark.parametrize(
    ("wide", "narrow", "covered"),
    [
        (["10.0.0.0/8", "10.0.0.0/16", "10.1.0.0/16"], ["10.0.0.0/8"], True),  # networks in networks
        (["10.0.0.0/16", "10.0.4.0/24"], ["10.0.4.0/24", "10.0.200.1"], True),
        (["10.0.0.0/9", "10.128.0.0/9"], ["10.0.0.0/8"], True),  # that touch
        (["10.0.0.0/16", "10.0.4.0/24"], ["10.0.0.0/15"], False),
        (["10.0.0.0/8"], ["::a00:1"], False),  # the same number, of the other IP version
    ],
)
def test_networks_that_cover_members(wide: list[str], narrow: list[str], covered: bool) -> None:
    assert covers_members(wide, narrow) is covered
