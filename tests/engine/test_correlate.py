from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from scanner.engine.definitions.loader import read_rule
from scanner.engine.definitions.rules import Rule
from scanner.engine.definitions.waivers import Waiver
from scanner.engine.examples import test_rules as failures
from scanner.engine.language.expressions import most
from scanner.engine.language.moments import Now
from scanner.engine.verdict.correlating import measured
from scanner.engine.verdict.decisions import Decision
from scanner.engine.verdict.verdicts import Terms
from scanner.errors import DefinitionError
from tests.engine.engine_cases import FRAMEWORKS, capture, case, changed, judged, rule

START = datetime(2026, 1, 1, 8, tzinfo=UTC)
PORTS = "ports: {type: value_count, field: server_port, group_by: [client, server], timespan: 60s}"
TODAY = Terms(date(2026, 1, 1))


def text(measure: str = PORTS, fail: str = "{ports|gte: 3}", *, table: str = "flows", more: str = "") -> str:
    return changed(
        ("needs: [capture, policy]", "needs: [capture]"),
        ("  table: operations\n  where: {verb: write}", f"  table: {table}\ncorrelate:\n  {measure}"),
        ("fail: {allowed: false}", f"fail: {fail}{more}"),
        ("operations: [{verb: write, allowed: false}]", f"{table}: []"),
        ("operations: [{verb: write, allowed: true}]", f"{table}: []"),
        ("operations: [{verb: read}]", f"{table}: []"),
        ("{client} wrote to {server} {count} times", "{client} and {server} {subjects} times"),
        ("{client} 向 {server} 写入 {count} 次", "{client} 与 {server} {subjects} 次"),
    )


def correlating(*given: str, **more: str) -> Rule:
    return rule(text(*given, **more))


def at(seconds: float, lasting: float = 0, **columns: Any) -> dict[str, Any]:
    begin = START + timedelta(seconds=seconds)
    usual = {"capture": "c0ffee", "client": "10.0.0.9", "server": "10.0.1.5", "server_port": 1, "transport": "tcp"}
    return usual | {"first_time": begin, "last_time": begin + timedelta(seconds=lasting)} | columns


def bounds(given: Rule, *rows: dict[str, Any], **more: Any) -> list[tuple[Any, Any]]:
    """What the rule's measure says of each row, at least and at most."""
    facts = case(**{given.table: list(rows)}, **more)
    found = measured(given, facts.tables, Now())
    name = given.correlate[0].name
    return list(found.select(name, most(name)).iter_rows())


def verdict(given: Rule, *rows: dict[str, Any], terms: Terms = TODAY, **more: Any) -> str:
    return judged(given, case(**{given.table: list(rows)}, **more), terms).verdict.value


def ports(*seconds: float, **columns: Any) -> list[dict[str, Any]]:
    return [at(second, server_port=20 + n, **columns) for n, second in enumerate(seconds)]


@pytest.mark.parametrize(
    ("seconds", "wanted"),
    [
        ([0, 30, 60], [3, 3, 3]),  # both ends count
        ([0, 30, 60.001], [2, 2, 2]),
        ([59, 60, 61], [3, 3, 3]),  # across a minute
        ([0, 50, 100, 150], [2, 2, 2, 2]),
        ([0, 1, 2, 600, 601], [3, 3, 3, 2, 2]),
    ],
)
def test_different_values_in_a_sliding_window(seconds: list[float], wanted: list[int]) -> None:
    assert bounds(correlating(), *ports(*seconds)) == [(n, n) for n in wanted]


def test_equal_values_count_once_and_groups_apart() -> None:
    rows = [at(0, server_port=1), at(1, server_port=1), at(2, server_port=2), at(3, server_port=3, server="10.0.1.6")]
    assert bounds(correlating(), *rows) == [(2, 2), (2, 2), (2, 2), (1, 1)]


def test_a_long_row_is_there_at_both_of_its_ends_and_perhaps_between() -> None:
    long = at(0, 1000, server_port=1)
    assert bounds(correlating(), long, at(30, server_port=2)) == [(2, 2), (2, 2)]
    assert bounds(correlating(), long, at(500, server_port=2)) == [(1, 2), (1, 2)]


def test_the_threshold_between_the_bounds_is_unknown() -> None:
    rows = [at(0, 1000, server_port=1), at(500, server_port=2), at(510, server_port=3)]
    assert verdict(correlating(), *rows) == "no-evidence"
    assert verdict(correlating(PORTS, "{ports|gte: 2}"), *rows) == "fail"
    assert verdict(correlating(PORTS, "{ports|gt: 3}"), *rows) == "pass"
    assert verdict(correlating(PORTS, "{a: {ports|lt: 4}, condition: not a}"), *rows) == "pass"


@pytest.mark.parametrize(("limit", "wanted"), [(5, "fail"), (25, "no-evidence"), (30, "pass"), (None, "no-evidence")])
def test_bounds_are_compared_with_a_column_of_the_row(limit: int | None, wanted: str) -> None:
    given = correlating(
        "sent: {type: value_sum, field: client_bytes, group_by: [client], timespan: 60s}",
        "{sent|gt|fieldref: export_bytes_per_day}",
    )
    rows = [at(0, 600, client_bytes=20, copy=False), at(10, client_bytes=10, copy=False)]
    assert verdict(given, *({**row, "export_bytes_per_day": limit} for row in rows)) == wanted


def test_rows_without_times_are_unknown() -> None:
    rows = ports(0, 1, 2)
    rows[0] |= {"first_time": None, "last_time": None}
    assert bounds(correlating(), *rows) == [(0, 3), (2, 3), (2, 3)]
    assert verdict(correlating(), *rows) == "no-evidence"
    assert verdict(correlating(PORTS, "{ports|gte: 4}"), *rows) == "pass"


def test_a_row_without_a_group_cannot_be_judged() -> None:
    assert bounds(correlating(), *ports(0, 1, 2, server="")) == [(None, None)] * 3
    assert verdict(correlating(), *ports(0, 1, 2, server="")) == "no-evidence"


def test_scope_and_own_condition_say_which_rows_are_events() -> None:
    measure = PORTS.replace("timespan", "where: {refused|gte: 1}, timespan")
    rows = [at(n, server_port=n, refused=n % 2) for n in range(6)]
    assert bounds(correlating(measure), *rows) == [(0, 0), (3, 3)] * 3
    scoped = rule(text().replace("  table: flows", "  table: flows\n  where: {refused|gte: 1}"))
    assert bounds(scoped, *rows) == [(0, 0), (3, 3)] * 3
    rows[0]["refused"] = None  # perhaps an event
    assert bounds(correlating(measure), *rows)[1] == (3, 4)


EVENTS = "ports: {type: event_count, group_by: [client], timespan: 60s}"


def test_events_are_counted_as_often_as_the_row_says() -> None:
    assert bounds(correlating(EVENTS), at(0, connections=5), at(10, connections=7), at(100)) == [
        *[(12, 12)] * 2,
        (1, 1),
    ]


@pytest.mark.parametrize(
    ("lasting", "connections", "wanted"),
    [
        (60, 100, (100, 100)),
        (61, 100, (50, 100)),  # one of two minutes has half of them
        (600, 100, (10, 100)),
        (3600, 100, (2, 100)),
    ],
)
def test_what_is_spread_over_several_windows(lasting: float, connections: int, wanted: tuple[int, int]) -> None:
    assert bounds(correlating(EVENTS), at(0, lasting, connections=connections)) == [wanted]


@pytest.mark.parametrize("apart", [45, 60, 75, 3000])
def test_the_first_and_the_last_of_several_operations_are_where_they_are(apart: float) -> None:
    given = correlating("ports: {type: value_sum, field: count, group_by: [client], timespan: 60s}", table="operations")
    usual = {"verb": "write", "protocol": "modbus", "industrial": True, "count": 2}
    rows = [at(n, apart, server=f"10.0.2.{n}", **usual) for n in range(40)]
    assert {least >= 40 for least, _ in bounds(given, *rows)} == {True}
    lone = [at(0, apart, **usual), at(5000, **usual | {"count": 1})]
    assert [least for least, _ in bounds(given, *lone)] == [2 if apart <= 60 else 1, 1]


def test_what_was_captured_at_another_place_as_well_is_counted_once() -> None:
    given = correlating("seen: {type: event_count, group_by: [client], timespan: 1m}", fail="{seen|gte: 3}")
    rows = [at(n, client="10.0.0.1", connections=1, copy=copy) for n, copy in enumerate((None, False, True))]
    assert bounds(given, *rows) == [(2, 2), (2, 2), (0, 0)]


def test_sums_and_rates() -> None:
    total = correlating("ports: {type: value_sum, field: client_packets, group_by: [server], timespan: 10s}")
    rate = correlating("ports: {type: rate, field: client_packets, group_by: [server], timespan: 10s}")
    rows = [at(0, client_packets=100), at(9, client="10.0.0.8", client_packets=150), at(30)]
    assert bounds(total, *rows)[:2] == [(250, 250)] * 2
    assert bounds(rate, *rows)[:2] == [(25.0, 25.0)] * 2
    assert bounds(total, *rows)[2][0] == 0  # how many is not known
    assert bounds(total, *rows)[2][1] > 1_000_000


def test_without_a_timespan_all_rows_count() -> None:
    whole = correlating("ports: {type: event_count, group_by: [client]}")
    assert bounds(whole, at(0), at(5000, connections=3)) == [(4, 4)] * 2


def test_captures_of_the_same_time_are_not_added_up() -> None:
    later = {"first_time": START + timedelta(seconds=10), "last_time": START + timedelta(seconds=20)}
    one = capture(capture="aa", first_time=START, last_time=START + timedelta(seconds=10))
    rows = [at(8, capture="aa", connections=5), at(12, capture="bb", connections=5)]
    following = [one, capture(capture="bb", **later)]
    assert bounds(correlating(EVENTS), *rows, captures=following) == [(10, 10)] * 2
    beside = [one, capture(capture="bb", first_time=START, last_time=later["last_time"])]
    assert bounds(correlating(EVENTS), *rows, captures=beside) == [(5, 5)] * 2
    assert bounds(correlating(), *ports(8, capture="aa"), *ports(9, 10, capture="bb"), captures=beside)[0] == (2, 2)


STEPS = "events: {probe: {verb: identify}, login: {verb: authenticate}, change: {verb: write}}"


@pytest.mark.parametrize(
    ("kind", "verbs", "wanted"),
    [
        ("temporal", ["write", "identify", "authenticate"], "fail"),
        ("temporal", ["write", "identify"], "pass"),
        ("temporal_ordered", ["identify", "authenticate", "write"], "fail"),
        ("temporal_ordered", ["write", "identify", "authenticate"], "pass"),
        ("temporal_ordered", ["write", "identify", "read", "authenticate", "write"], "fail"),
        ("temporal_ordered", ["identify", "authenticate", *["read"] * 20, "write"], "pass"),  # too late
    ],
)
def test_what_happens_together_and_in_order(kind: str, verbs: list[str], wanted: str) -> None:
    measure = f"ports: {{type: {kind}, group_by: [client], timespan: 60s, {STEPS}}}"
    given = correlating(measure, "{ports: true}", table="operations")
    rows = [at(5 * n, verb=verb, count=1) for n, verb in enumerate(verbs)]
    assert verdict(given, *rows) == wanted
    if wanted == "fail":
        assert judged(given, case(operations=rows), TODAY).coverage.failing == 3  # reads are no part of it


def test_an_order_that_cannot_be_told_is_unknown() -> None:
    measure = f"ports: {{type: temporal_ordered, group_by: [client], timespan: 60s, {STEPS}}}"
    given = correlating(measure, "{ports: true}", table="operations")
    rows = [at(10, verb="authenticate"), at(20, verb="identify"), at(0, 50, verb="write", count=9)]
    assert verdict(given, *rows) == "no-evidence"
    assert verdict(given, *rows[:2], at(5, verb="write")) == "pass"


def test_decisions_waivers_and_reviews_settle_rows_as_ever() -> None:
    waived = Terms(date(2026, 1, 1), waivers=[Waiver("p", 1, "writes-are-allowed", (), "test", "me", None)])
    rows = ports(0, 1, 2)
    assert verdict(correlating(), *rows, terms=waived) == "waived"
    asking = "\nreview: {title: {en: Ask., zh: 问。}, when: {ports|gte: 3}}"
    given = correlating(PORTS, "{ports|gte: 100}", more=asking)
    assert verdict(given, *rows) == "review"
    match = (("client", "10.0.0.9"),)
    said = Decision("p", 1, "writes-are-allowed", match, True, "me", date(2025, 1, 1), None)
    assert verdict(given, *rows, terms=Terms(date(2026, 1, 1), decisions=[said])) == "pass"
    said = Decision("p", 1, "writes-are-allowed", match, False, "me", date(2025, 1, 1), None)
    assert verdict(given, *rows, terms=Terms(date(2026, 1, 1), decisions=[said])) == "fail"


def test_a_finding_holds_the_rows_behind_it_and_says_how_much() -> None:
    shown = text().replace("{client} and {server} {subjects} times", "{ports} ports in {subjects} tries")
    result = judged(rule(shown), case(flows=[*ports(0, 1, 2, frames=[7]), at(900, server_port=99)]), TODAY)
    (finding,) = result.findings
    assert (finding.message["en"], finding.proofs) == ("3 ports in 3 tries", 3)
    assert (result.coverage.subjects, result.coverage.failing) == (4, 3)
    assert all(piece.frames for piece in finding.evidence)


@pytest.mark.parametrize(
    ("measure", "wanted"),
    [
        ("ports: {type: value_cont, group_by: [client]}", "unknown word 'value_cont'; did you mean 'value_count'?"),
        ("ports: {type: value_count, group_by: [client], timespan: 60s}", "value_count needs a field"),
        ("ports: {type: value_count, group_by: [clinet], field: server}", "unknown word 'clinet'; did you mean 'clien"),
        ("ports: {type: value_count, group_by: [client], field: servr}", "unknown word 'servr'; did you mean 'server'"),
        ("ports: {type: value_count, group_by: [client], field: frames}", "value_count cannot use column 'frames'"),
        ("ports: {type: value_sum, group_by: [client], field: server}", "value_sum cannot use column 'server'"),
        ("ports: {type: rate, group_by: [client], field: refused}", "rate needs a timespan"),
        ("ports: {type: event_count, group_by: [client], timespan: soon}", "timespan: not a duration"),
        ("ports: {type: event_count, group_by: [client], field: server}", "event_count counts rows, not a field"),
        ("ports: {type: event_count, group_by: [frames]}", "unknown word 'frames'"),
        ("ports: {type: event_count, group_by: [client], events: {a: {server: x}}}", "event_count has no named events"),
        ("ports: {type: temporal, group_by: [client], timespan: 5m}", "temporal needs 2 to 20 events"),
        ("ports: {type: event_count, group_by: [client], where: {servr: x}}", "has no column 'servr'"),
        ("ports: {type: event_count, group_by: [client], within: 60s}", "unknown key 'within'"),
        ("server_port: {type: event_count, group_by: [client]}", "'server_port' is a column of the table already"),
        ("Ports: {type: event_count, group_by: [client]}", "'Ports' is not a valid name for a column"),
        (f"{PORTS}\n  other: {{type: event_count, group_by: [client]}}", "no condition uses 'other'"),
    ],
)
def test_a_mistake_is_told_with_place_and_remedy(measure: str, wanted: str) -> None:
    with pytest.raises(DefinitionError) as error:
        read_rule(text(measure), "rules/commands/writes-are-allowed.yaml", "commands", FRAMEWORKS)
    told = "\n".join(map(str, error.value.problems))
    assert wanted in told
    assert "line " in told


def test_a_table_without_times_has_no_timespan() -> None:
    with pytest.raises(DefinitionError, match="rows of table inventory have no time"):
        rule(text("ports: {type: event_count, group_by: [serial], timespan: 1d}", table="inventory"))


def test_examples_repeat_rows() -> None:
    scan = "{repeat: 3, every: 20s, client: 10.0.0.9, server: 10.0.1.5, server_port: '{n+20}'}"
    slow = scan.replace("20s", "40s")
    good = text().replace("flows: []", f"flows: [{scan}]", 1).replace("flows: []", f"flows: [{slow}]", 1)
    assert not failures([rule(good)])
    bad = text().replace("flows: []", f"flows: [{slow}]", 1).replace("flows: []", f"flows: [{scan}]", 1)
    assert [f.got for f in failures([rule(bad)])] == ["pass", "fail"]
    for wrong, wanted in [("repeat: 0", "repeat: is not a whole number"), ("repeat: 2, every: often", "every: not a")]:
        with pytest.raises(DefinitionError, match=wanted):
            rule(text().replace("flows: []", f"flows: [{{{wrong}, server_port: 1}}]", 1))


@pytest.mark.parametrize(("number", "wanted"), [(2, "fail"), (3, "pass"), (1, "pass")])
def test_a_number_that_is_known_may_be_asked_for_exactly(number: int, wanted: str) -> None:
    assert verdict(correlating(PORTS, f"{{ports: {number}}}"), *ports(0, 1)) == wanted


def test_a_number_of_which_only_bounds_are_known_is_none_beyond_them() -> None:
    rows = [at(0, 1000, server_port=1), at(500, server_port=2)]
    assert bounds(correlating(), *rows) == [(1, 2), (1, 2)]
    assert [verdict(correlating(PORTS, f"{{ports: {n}}}"), *rows) for n in (1, 2)] == ["no-evidence"] * 2
    assert verdict(correlating(PORTS, "{ports: 3}"), *rows) == "pass"
