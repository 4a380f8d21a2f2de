"""What a table says arrives in its row of the results: no column is lost, mistaken for another or made up."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from scanner.assets.roles import Reason, in_words
from scanner.engine import observed, summary
from scanner.engine.verdict.judged_facts import JudgedFacts
from scanner.facts.schema import TABLES, Column
from scanner.wording import protocol, said, verbatim
from tests.engine.engine_cases import capture, case

START = datetime(2026, 1, 1, 8, tzinfo=UTC)
BESIDE = {"capture": "c0ffee", "transport": "tcp", "frames": [7, 9], "detail": "", "verb": "write", "industrial": True}


def value(column: Column, number: int) -> Any:
    """A value that no other column of the row has."""
    lists = column.type.startswith("list")
    kind = column.type.removeprefix("list[").removesuffix("]")
    found = {
        "str": f"the {column.name}",
        "int": 100 + number,
        "float": 1000.5 + number,
        "bool": True,
        "time": START + timedelta(minutes=number),
    }[kind]
    return [found] if lists else found


def full(table: str, **columns: Any) -> dict[str, Any]:
    """A row in which every column says something, and nothing twice."""
    row = {c.name: value(c, number) for number, c in enumerate(TABLES[table].columns)}
    return row | {name: what for name, what in BESIDE.items() if name in row} | columns


def empty(table: str, **columns: Any) -> dict[str, Any]:
    """A row that says as little as one can."""
    return {name: what for name, what in BESIDE.items() if name in full(table)} | columns


def iso(time: datetime) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")


def plain(said: Any) -> Any:
    return iso(said) if isinstance(said, datetime) else tuple(said) if isinstance(said, list) else said


def rows(make: Callable[[JudgedFacts], Sequence[Any]], **facts: list[dict[str, Any]]) -> list[Any]:
    return list(make(case(captures=[capture()], **facts)))


SAME = {
    "operations": (observed.operations, {"changes"}),
    "sessions": (observed.sessions, set()),
    "settings": (observed.settings, set()),
    "flows": (observed.unrecognised, {"packets", "bytes"}),
    "publications": (observed.publications, {"changes", "states"}),
}
OTHERWISE = {"port": "server_port", "client_certificate": "client_certificate_subject"}
PARTS = {"client", "server", "publisher", "target", "seen", "certificate", "detail", "expired_source", "refusals"}


@pytest.mark.parametrize("table", SAME)
def test_columns_keep_their_values(table: str) -> None:
    make, other = SAME[table]
    row = full(table, **({"protocol": ""} if table == "flows" else {}))
    (found,) = rows(make, **{table: [row]})
    said = {f.name: getattr(found, f.name) for f in fields(found) if f.name not in PARTS | other}
    assert said == {name: plain(row[OTHERWISE.get(name, name)]) for name in said}
    ends = {"client": "publisher", "server": "target"} if table == "publications" else {"client": "", "server": ""}
    for end, ours in ends.items() if table != "settings" else ():
        one = getattr(found, ours or end)
        assert one.address == row[end]
        for part in ("name", "zone", "level", "roles", "device"):
            assert getattr(one, part) == plain(row[f"{end}_{part}"])
    if table == "operations":
        assert [each.reason for each in found.refusals] == row["refusals"]
        assert [each.count for each in found.refusals] == row["refusal_counts"]
    if table != "settings":
        seen = found.seen
        assert (seen.source, seen.frames) == ("plant.pcap", (7, 9))
        assert (seen.first_time, seen.last_time) == (iso(row["first_time"]), iso(row["last_time"]))


COUNTS = {"port", "count", "accepted", "refused", "unanswered", "unobserved", "connections", "packets"}


@pytest.mark.parametrize("table", ["operations", "sessions", "flows", "publications"])
def test_what_is_not_known_is_nothing_and_no_vlan(table: str) -> None:
    make, _ = SAME[table]
    ends = {"client": "10.0.0.5", "server": "10.0.1.5"}
    payload = {"client_bytes": 9} if table == "flows" else {}
    (found,) = rows(make, **{table: [empty(table, **ends, **payload)]})
    assert {getattr(found, f.name) for f in fields(found) if f.name in COUNTS} == {0}
    assert getattr(found, "vlan", -1) == -1
    client = found.publisher if table == "publications" else found.client
    assert (client.name, client.zone, client.roles) == ("10.0.0.5", "", ()), "an end without a name is its address"
    assert found.seen.first_time == found.seen.last_time == ""


def test_a_certificate_is_that_of_the_server() -> None:
    row = full("sessions")
    (found,) = rows(observed.sessions, sessions=[row])
    assert {f.name: getattr(found.certificate, f.name) for f in fields(found.certificate)} == {
        f.name: plain(row[f"certificate_{f.name}"]) for f in fields(found.certificate)
    }
    only = ({"certificate_subject": "CN=plc"}, {"certificate_key": "EC"})
    for known in only:
        (found,) = rows(observed.sessions, sessions=[empty("sessions", **known)])
        assert (found.certificate.subject, found.certificate.key, found.certificate.key_bits) == (
            known.get("certificate_subject", ""),
            known.get("certificate_key", ""),
            0,
        )
    (found,) = rows(observed.sessions, sessions=[empty("sessions")])
    assert found.certificate is None


def test_what_changes_a_controller_comes_first() -> None:
    verbs = ["read", "write", "stop", "program-download", "read"]
    operations = [full("operations", verb=v, first_time=START - timedelta(hours=n)) for n, v in enumerate(verbs)]
    found = rows(observed.operations, operations=operations)
    assert [(o.verb, o.changes) for o in found] == [
        ("program-download", True),
        ("stop", True),
        ("read", False),
        ("write", False),
        ("read", False),
    ]


END = {"client": "10.0.0.5", "server": "10.0.1.5", "client_device": "scada", "server_device": "plc"}


def test_commands_are_counted_for_each_two_devices_and_verb() -> None:
    one = {**END, "verb": "write", "protocol": "modbus", "industrial": True}
    counts = {"count": 3, "accepted": 2, "refused": 1, "first_time": START, "last_time": START + timedelta(hours=1)}
    later = {**one, "protocol": "s7comm", "count": 4, "accepted": 4, "refused": 0}
    times = {"first_time": START - timedelta(hours=2), "last_time": START}
    others = [
        {**one, "verb": "read", "count": 9},
        {**one, "verb": "write", "industrial": False, "count": 9},  # a file share
        {**one, "verb": "stop", "industrial": None, "count": 1, "accepted": 0, "refused": 0},
        {**one, "verb": "write", "server": "10.0.1.6", "server_device": "other", "count": 7},
    ]
    found = rows(observed.commands, operations=[one | counts, later | times, *others])
    assert [(c.verb, c.server.device, c.changes, c.protocols, c.count, c.accepted, c.refused) for c in found] == [
        ("stop", "plc", True, ("modbus",), 1, 0, 0),
        ("write", "plc", False, ("modbus", "s7comm"), 7, 6, 1),
        ("write", "other", False, ("modbus",), 7, 0, 0),
    ]
    assert (found[1].first_time, found[1].last_time) == (
        iso(START - timedelta(hours=2)),
        iso(START + timedelta(hours=1)),
    )
    assert (found[1].client.address, found[1].server.address) == ("10.0.0.5", "10.0.1.5")


FLOW = {**END, "transport": "tcp", "server_port": 9999, "protocol": "", "client_bytes": 40, "server_bytes": 2}


@pytest.mark.parametrize(
    ("change", "shown"),
    [
        ({}, True),
        ({"protocol": "modbus"}, False),
        ({"client_bytes": 0, "server_bytes": 0}, False),
        ({"client_bytes": None, "server_bytes": 2}, True),
        ({"client_bytes": 40, "server_bytes": None}, True),
        ({"transport": "ethernet", "server_port": 0x0806}, False),
        ({"transport": "ethernet", "server_port": 0x0807}, True),
        ({"server_port": 0x0806}, True),
        ({"transport": "icmp"}, False),
        ({"transport": "icmpv6"}, False),
    ],
)
def test_what_carries_something_that_nobody_recognises(change: dict[str, Any], shown: bool) -> None:
    assert len(rows(observed.unrecognised, flows=[FLOW | change])) == shown


def test_the_largest_unrecognised_conversation_comes_first() -> None:
    flows = [
        FLOW | {"client_packets": 3, "server_packets": 4},
        FLOW | {"server_bytes": 900, "client_packets": None, "server_packets": 5},
        FLOW | {"client": "10.0.0.4"},
        FLOW | {"server_port": 9998},
        FLOW | {"server": "10.0.1.4"},
    ]
    found = rows(observed.unrecognised, flows=flows)
    assert [(u.client.address, u.server.address, u.port, u.bytes, u.packets) for u in found] == [
        ("10.0.0.5", "10.0.1.5", 9999, 940, 5),
        ("10.0.0.4", "10.0.1.5", 9999, 42, 0),
        ("10.0.0.5", "10.0.1.4", 9999, 42, 0),
        ("10.0.0.5", "10.0.1.5", 9998, 42, 0),
        ("10.0.0.5", "10.0.1.5", 9999, 42, 7),
    ]


def test_the_mix_of_protocols() -> None:
    modbus = FLOW | {"protocol": "modbus", "industrial": True, "client_packets": 3, "server_packets": 2}
    flows = [
        modbus,
        modbus | {"server": "10.0.1.6", "secured": True},
        modbus | {"client": "10.0.0.6", "industrial": None},
        FLOW | {"protocol": "tls", "secured": True, "client_bytes": 5000},
        FLOW | {"protocol": "dns", "client_bytes": 124},
        FLOW | {"protocol": "", "client_bytes": 124},
        FLOW | {"transport": "icmp", "client_bytes": 10**9},
    ]
    assert [
        (p.protocol, p.industrial, p.conversations, p.clients, p.servers, p.packets, p.bytes, p.secured_conversations)
        for p in rows(observed.protocols, flows=flows)
    ] == [
        ("tls", False, 1, 1, 1, 0, 5002, 1),
        ("", False, 1, 1, 1, 0, 126, 0),
        ("dns", False, 1, 1, 1, 0, 126, 0),
        ("modbus", True, 3, 2, 2, 15, 126, 1),
    ]


def test_states_belong_to_their_publication_in_the_order_of_time() -> None:
    change = full("state_changes")
    first = change | {"time": START, "frame": 3, "state": 4, "previous_state": 5, "sequence": None, "kind": "set back"}
    second = change | {"time": START + timedelta(1), "frame": 8, "state": 6, "previous_state": 4, "sequence": 2}
    own = {name: change[name] for name in change if name in full("publications")} | {"state_changes": 2}
    shared = full("publications", **own)
    (found,) = rows(
        observed.publications, publications=[shared], state_changes=[second, first, change | {"object": "another"}]
    )
    assert found.changes == 2
    assert [(s.time, s.source, s.frame, s.state, s.previous, s.sequence, s.kind) for s in found.states] == [
        (iso(START), "plant.pcap", 3, 4, 5, 0, "set back"),
        (iso(START + timedelta(1)), "plant.pcap", 8, 6, 4, 2, "the kind"),
    ]
    assert found.expired_source == "plant.pcap"


def test_a_publication_in_time_expired_nowhere() -> None:
    (found,) = rows(observed.publications, publications=[empty("publications", expired_frame=None)])
    assert (found.expired_time, found.expired_source, found.expired_frame, found.states) == ("", "", None, ())


def same(found: Any, row: dict[str, Any], *but: str) -> None:
    """Every field has the value of the column of its name."""
    said = {f.name: getattr(found, f.name) for f in fields(found) if f.name not in but}
    assert said == {name: plain(row[name]) for name in said}


def test_what_is_known_of_a_device() -> None:
    reasons = [
        in_words(Reason("plc", said("answered {requests}", requests=protocol("modbus")))).marked,
        in_words(Reason("server", verbatim("it says so"))).marked,
    ]
    row = full("devices", role_reasons=reasons, conflict_details=["firmware: listed 2.8, seen 2.9"], vlans=[7, 8])
    (found,) = rows(summary.devices, devices=[row])
    same(found, row, "seen", "conflicts", "reasons", "identities")
    assert (found.seen, [c["en"] for c in found.conflicts]) == (True, ["firmware: listed 2.8, seen 2.9"])
    assert [r["en"] for r in found.reasons] == ["answered Modbus", "it says so"]
    (found,) = rows(summary.devices, devices=[row | {"conflict_details": [], "conflicts": ["vendor"]}])
    assert [c["en"] for c in found.conflicts] == ["vendor"]
    (found,) = rows(summary.devices, devices=[{"device": "x"}])
    assert (found.name, found.public, found.packets, found.first_time, found.last_time) == ("x", False, 0, "", "")


def test_what_is_only_listed_of_a_device() -> None:
    row = full("inventory", seen=False, device="", vlans=[7], macs=["02:00:00:00:00:01", "02:00:00:00:00:02"])
    (found,) = rows(summary.devices, inventory=[row])
    same(
        found,
        row | {"device": row["macs"][0], "mac": row["macs"][0], "zone": row["zone_by_policy"], "listed": True}
        | {"oui_vendor": "", "serves": (), "public": False, "packets": 0, "first_time": "", "last_time": ""},
        *("conflicts", "reasons", "identities"),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        ({}, {"device": "02:00:00:00:00:01", "name": "the name", "zone": "the zone_by_policy"}),
        ({"macs": []}, {"device": "the ips", "mac": ""}),
        ({"macs": [], "ips": []}, {"device": "the id"}),
        ({"macs": [], "ips": [], "id": ""}, {"device": "the name"}),
        ({"macs": [], "ips": [], "id": "", "name": "", "source": "a.csv", "row": 9}, {"device": "a.csv:9"}),
        ({"name": ""}, {"name": "the hostname"}),
        ({"name": "", "hostname": ""}, {"name": "02:00:00:00:00:01"}),
        ({"zone_by_policy": ""}, {"zone": "the zone"}),
        ({"roles": []}, {"roles": ("the type",)}),
        ({"roles": [], "type": ""}, {"roles": ()}),
    ],
)
def test_what_a_listed_device_is_called_by(change: dict[str, Any], wanted: dict[str, Any]) -> None:
    row = full("inventory", seen=False, device="", macs=["02:00:00:00:00:01"]) | change
    (found,) = rows(summary.devices, inventory=[row])
    assert {name: getattr(found, name) for name in wanted} == wanted


@pytest.mark.parametrize(
    ("change", "shown"),
    [({}, True), ({"seen": None}, True), ({"seen": True}, False), ({"device": "x"}, False), ({"device": None}, True)],
)
def test_a_listed_device_is_shown_unless_it_was_seen(change: dict[str, Any], shown: bool) -> None:
    assert len(rows(summary.devices, inventory=[full("inventory", seen=False, device="") | change])) == shown


def test_what_is_known_of_a_zone() -> None:
    zones = [{"zone": "cell", "name": "Cell", "level": 1.0, "sl_t": 2, "observed_seconds": 9.5}]
    facts = case(
        captures=[capture()],
        zones=[*zones, {"zone": "cell", "name": "again", "level": 1.0}],
        observations=[{"kind": "zone", "zone": "cell", "boundary": "router"}, {"kind": "zone", "zone": "x"}],
        devices=[{"device": "a", "zone": "cell"}],
    )
    (found,) = summary.zones(facts, {})
    assert (found.zone, found.name, found.level, found.sl_t) == ("cell", "Cell", 1.0, 2)
    assert (found.devices, found.observed, found.boundary, found.levels) == (1, 9.5, "router", ())


@pytest.mark.parametrize(
    ("allowed", "together"),
    [([True, True], True), ([True, False], False), ([True, None], None), ([False, None], False), ([None, None], None)],
)
def test_the_rest_of_the_traffic(allowed: list[bool | None], together: bool | None) -> None:
    usual = {"server": "10.9.9.9", "connections": 2, "client_packets": 3, "server_packets": 4, "server_bytes": 5}
    large = [
        {"client": f"10.1.{i // 250}.{i % 250}", "client_bytes": 900, **usual} for i in range(summary.MOST_TRAFFIC)
    ]
    small = [
        {"client": f"10.0.0.{n}", "client_bytes": 1, "allowed": a, "protocol": p, **usual}
        for n, (a, p) in enumerate(zip(allowed, ("modbus", "dns"), strict=True))
    ]
    rest = summary.traffic(case(flows=[*small, *large]))[-1]
    assert (rest.source, rest.target, rest.protocols, rest.conduit) == ("…", "…", ("dns", "modbus"), "")
    assert (rest.connections, rest.packets, rest.bytes, rest.allowed) == (4, 14, 12, together)
