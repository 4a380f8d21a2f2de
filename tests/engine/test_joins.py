"""Columns of other tables, and rows of others that are counted: by paths, three-valued, over every relation."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.engine.language.expressions import condition
from scanner.engine.language.joins import UNBOUNDED, most, with_reached
from scanner.engine.language.moments import Now
from scanner.engine.language.paths import PathError, find_column, reach, relations_of
from scanner.engine.verdict.relating import related
from scanner.errors import DefinitionError
from scanner.facts.frames import Facts
from scanner.facts.schema import RELATIONS, TABLES, Relation
from scanner.provenance import Provenance
from scanner.results.model import Verdict
from tests.engine.engine_cases import RULE, case, changed, judged, rule, tables, wrong
from tests.engine.made_rows import full

OFF = "{category: management, item: telnet, setting: enabled, value: 'no'}"
SETTING = {"source": "a.cfg", "category": "management", "item": "telnet", "setting": "enabled", "value": "no"}
END_ = {"transport": "tcp", "server_port": 23, "client": "10.0.0.1", "server": "10.0.0.2", "capture": "c0ffee"}


def counting(where: str, fail: str, table: str = "flows", rows: str = "server.settings") -> str:
    return changed(
        ("needs: [capture, policy]", "needs: [capture, policy, zones, inventory, configuration]"),
        ("table: operations\n  where: {verb: write}", f"table: {table}"),
        ("fail: {allowed: false}", f"with: {{n: {{rows: {rows}{where}}}}}\nfail: {{{fail}}}"),
        ("{count}", "{subjects}"),
    )


def bounds(text: str, **rows: list[dict[str, Any]]) -> list[tuple[Any, Any]]:
    made = rule(text)
    facts = case(**rows)
    found = related(made, facts.tables[made.table], facts, Now())
    return list(found.select("n", most("n")).iter_rows())


# --- the definitions ---


@pytest.mark.parametrize("relation", RELATIONS, ids=lambda r: f"{r.tables[0]}.{r.name}")
def test_every_relation_joins_columns_that_exist_and_are_alike(relation: Any) -> None:
    for table in relation.tables:
        for own, other in relation.keys:
            assert TABLES[table].column(own).type == TABLES[relation.to].column(other).type
        if relation.absent not in ("certain", "unknown"):
            assert TABLES[table].column(relation.absent).type == "bool"


def test_no_two_relations_of_a_table_have_one_name() -> None:
    names = [(table, r.name) for r in RELATIONS for table in r.tables]
    assert len(names) == len(set(names))


# --- paths ---


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("server.zone.sl_t", "int"),
        ("server.vendor", "str"),
        ("client.inventory.criticality", "str"),
        ("client.inventory", "bool"),
        ("client.zone.subnets", "list[str]"),
        ("conduit.reason", "str"),
        ("flow.midway", "int"),
        ("capture.duration", "float"),
    ],
)
def test_paths_lead_to_columns(path: str, kind: str) -> None:
    found = find_column(TABLES["operations"], path)
    assert (found.name, found.type) == (path, kind)


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("server.zone.sl_tt", "did you mean 'server.zone.sl_t'?"),
        ("servr.zone.sl_t", "did you mean 'server.zone'?"),
        ("server.settings", "leads to many rows"),
        ("server.settings.value", "{n: {rows: server.settings}}"),
        ("allowedd", "did you mean 'allowed'?"),
        ("server..vendor", "has no column"),
        (".", "has no column"),
        ("server.zone.", "has no column"),
    ],
)
def test_what_leads_nowhere_is_told_with_what_is_near(path: str, told: str) -> None:
    problems = wrong(f"{{{path}: 1}}", "operations")
    assert told.replace("n:", "name:") in problems[0] or told in problems[0], problems


def test_a_path_ends() -> None:
    with pytest.raises(PathError, match="too long"):
        reach(TABLES["settings"], "of_device.inventory.device.inventory.device.name")


@given(st.text(alphabet="client.zonesrv_inty", max_size=40))
def test_any_text_is_a_column_or_told(path: str) -> None:
    with suppress(PathError):
        assert find_column(TABLES["flows"], path).name == path


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("rows: server.settings", "rows: server.setting", "did you mean 'server.settings'?"),
        ("rows: server.settings", "rows: server.vendor", "is a column, not a relation"),
        ("value: 'no'", "valu: 'no'", "did you mean 'value'?"),
        ("n: {rows", "client: {rows", "is a column or a relation of the table already"),
        ("n|gte: 1", "n|gte: x", "cannot be compared with the text 'x'"),
        ("zones, inventory, configuration]", "zones]", "table settings is filled by the input 'configuration'"),
        ("fail: {n|gte: 1}", "fail: {allowed: false}", "no condition uses 'n'"),
        ("{client} wrote", "{server.zone.nam} wrote", "there is no column 'server.zone.nam'; did you mean"),
    ],
)
def test_mistakes_are_told_with_their_place(old: str, new: str, told: str) -> None:
    text = counting(f", where: {OFF}", "n|gte: 1")
    assert old in text
    text = text.replace(old, new)
    if "no condition" in told:
        text = text.replace("fail: {n|gte: 1}", "fail: {allowed: false}")
    with pytest.raises(DefinitionError) as error:
        rule(text)
    assert any(told in str(p) and "line" in str(p) for p in error.value.problems), error.value.problems


# --- what is reached ---


def verdict(fail: str, **rows: list[dict[str, Any]]) -> Verdict:
    text = changed(
        ("needs: [capture, policy]", "needs: [capture, policy, zones, inventory]"),
        ("table: operations\n  where: {verb: write}", "table: flows"),
        ("fail: {allowed: false}", f"fail: {{{fail}}}"),
        ("{count}", "{server.zone.name} {subjects}"),
    )
    seen = judged(rule(text), case(**rows)).coverage
    return Verdict.FAIL if seen.failing else Verdict.NO_EVIDENCE if seen.unjudged else Verdict.PASS


ZONES = [{"zone": "a", "name": "Cell", "sl_t": 3, "level": 1.0}, {"zone": "b", "name": "Office", "level": 4.0}]


@pytest.mark.parametrize(
    ("zone", "fail", "wanted"),
    [
        ("a", "server.zone.sl_t|gte: 3", Verdict.FAIL),
        ("a", "server.zone.sl_t|gte: 4", Verdict.PASS),
        ("b", "server.zone.sl_t|gte: 3", Verdict.NO_EVIDENCE),  # it has none
        ("", "server.zone.sl_t|gte: 3", Verdict.NO_EVIDENCE),  # it is in none
        ("a", "server.zone.name: cell", Verdict.FAIL),
        ("", "server.zone.name: cell", Verdict.NO_EVIDENCE),
        ("", "server.zone: false", Verdict.FAIL),
        ("", "server.zone|exists: false", Verdict.FAIL),
        ("a", "server.zone|exists: false", Verdict.PASS),
        ("a", "server.zone.level|fieldref: server_level", Verdict.FAIL),
        ("a", "server.zone.level|lt|fieldref: client.zone.level", Verdict.FAIL),
        ("b", "server.zone.level|lt|fieldref: client.zone.level", Verdict.PASS),
        ("", "server.zone.level|lt|fieldref: client.zone.level", Verdict.NO_EVIDENCE),
    ],
)
def test_the_zone_of_an_end(zone: str, fail: str, wanted: Verdict) -> None:
    level = {"a": 1.0, "b": 4.0}.get(zone)
    flow = END_ | {"client_zone": "b", "server_zone": zone, "server_level": level, "established": True}
    assert verdict(fail, flows=[flow], zones=ZONES) is wanted


def test_two_rows_of_one_name_are_none() -> None:
    zones = [*ZONES, {"zone": "a", "name": "Again", "sl_t": 1}]
    flow = END_ | {"server_zone": "a", "client_zone": "b"}
    assert verdict("server.zone.sl_t|gte: 0", flows=[flow], zones=zones) is Verdict.NO_EVIDENCE
    assert verdict("server.zone: true", flows=[flow], zones=zones) is Verdict.FAIL


@pytest.mark.parametrize(
    ("listed", "wanted"), [(True, Verdict.FAIL), (False, Verdict.NO_EVIDENCE), (None, Verdict.NO_EVIDENCE)]
)
def test_an_entry_that_a_device_only_claims_is_not_its_own(listed: bool | None, wanted: Verdict) -> None:
    flow = END_ | {"server_device": "d", "server_listed": listed}
    entry = {"source": "i.csv", "row": 2, "device": "d", "criticality": "high"}
    rows: dict[str, Any] = {"flows": [flow], "inventory": [entry]}
    assert verdict("server.inventory.criticality: high", **rows) is wanted


# --- what is counted ---


@pytest.mark.parametrize(
    ("settings", "where", "wanted"),
    [
        ([SETTING | {"of_device": "d"}], f", where: {OFF}", (1, 1)),
        ([SETTING | {"of_device": "d", "value": "yes"}], f", where: {OFF}", (0, 0)),
        ([SETTING | {"of_device": "e"}], f", where: {OFF}", (None, None)),  # nobody knows what is set there
        ([], f", where: {OFF}", (None, None)),
        ([SETTING | {"of_device": "e"}], "", (0, 0)),  # that there is no configuration is known
        ([SETTING | {"of_device": ""}], "", (None, None)),  # unless one may be its own
        ([SETTING | {"of_device": "d"}] * 3, "", (3, 3)),
    ],
)
def test_settings_of_a_server(settings: list[dict[str, Any]], where: str, wanted: tuple[Any, Any]) -> None:
    flow = END_ | {"server_device": "d"}
    assert bounds(counting(where, "n|gte: 1"), flows=[flow], settings=settings) == [wanted]


def test_a_configuration_that_was_not_read_whole_may_hold_more() -> None:
    made = rule(counting(f", where: {OFF}", "n|gte: 1"))
    facts = case(flows=[END_ | {"server_device": "d"}], settings=[SETTING | {"of_device": "d", "value": "yes"}])
    cut = Provenance("a.cfg", "configuration", 1, "e" * 64, complete=False)
    half = type(facts)(Facts(facts.facts.tables, (cut,)), facts.tables)
    found = related(made, facts.tables["flows"], half, Now())
    assert found.select("n", most("n")).rows() == [(0, UNBOUNDED)]


@pytest.mark.parametrize(
    ("flow", "wanted"),
    [
        ({}, (0, 0)),
        ({"midway": 1}, (0, UNBOUNDED)),
        ({"server_unread": 9}, (0, UNBOUNDED)),
        ({"one_sided": True}, (0, UNBOUNDED)),
        ({"sealed": True}, (0, UNBOUNDED)),
    ],
)
def test_operations_that_could_not_be_seen_may_be_there(flow: dict[str, Any], wanted: tuple[int, int]) -> None:
    assert bounds(counting("", "n: 0", rows="operations"), flows=[END_ | flow], operations=[]) == [wanted]


def test_what_was_not_captured_is_never_counted_as_none() -> None:
    text = counting("", "n: 0", "devices", "server_flows").replace("group_by: [client, server]", "group_by: [device]")
    text = text.replace("{client} wrote to {server}", "{device}").replace("{client} 向 {server}", "{device}")
    found = bounds(text, devices=[{"device": "d"}, {"device": "e"}], flows=[END_ | {"server_device": "d"}])
    assert found == [(1, 1 + UNBOUNDED), (0, UNBOUNDED)]


def test_what_belongs_to_a_row_can_be_listed() -> None:
    text = counting(", list: value", "n: ssh").replace("{subjects}", "{n}")
    facts = case(
        flows=[END_ | {"server_device": "d"}, END_ | {"server_device": "e"}, END_],
        settings=[SETTING | {"of_device": "d", "value": v} for v in ("ssh", "telnet", "ssh", "")],
    )
    assert related(rule(text), facts.tables["flows"], facts, Now())["n"].to_list() == [["ssh", "telnet"], [], []]


@pytest.mark.parametrize(
    ("column", "held", "wanted"),
    [
        ("verb", ["read", "read"], ["read"]),
        ("count", [3, 3], [3]),
        ("refusals", [["busy"], ["denied", "busy"]], ["busy", "denied"]),
        ("frames", [[7, 9], [8]], [7, 8, 9]),
    ],
)
def test_whatever_kind_a_column_is_of_it_can_be_listed(column: str, held: list[Any], wanted: list[Any]) -> None:
    made = rule(counting(f", list: {column}", "n|exists: true", rows="operations").replace("{subjects}", "{n}"))
    facts = case(flows=[END_], operations=[END_ | {column: value} for value in held])
    assert sorted(related(made, facts.tables["flows"], facts, Now())["n"].item()) == wanted


@pytest.mark.parametrize(
    ("values", "fail", "wanted"),
    [
        (["ssh", "telnet"], "n: telnet", (1, 0)),
        (["ssh"], "n: telnet", (0, 0)),
        (["ssh"], "n: [telnet, ftp*]", (0, 0)),
        ([], "n: telnet", (0, 1)),  # nobody knows what is set there
        ([], "n: [telnet, ftp*]", (0, 1)),
        ([], "n|re: t.lnet", (0, 1)),
        ([], "n|exists: false", (0, 1)),
        ([], "n|exists: true", (0, 1)),
        ([], "n|within: 10.0.0.0/8", (0, 1)),
        ([], "server|within|fieldref: n", (0, 1)),
        (["10.0.0.0/24"], "server|within|fieldref: n", (1, 0)),
        (["ssh"], "n|exists: false", (0, 0)),
    ],
)
def test_a_list_of_what_is_not_known_buys_no_pass(values: list[str], fail: str, wanted: tuple[int, int]) -> None:
    settings = [SETTING | {"of_device": "d", "value": value} for value in values]
    made = rule(counting(f", where: {{setting: {SETTING['setting']}}}, list: value", fail))
    facts = case(flows=[END_ | {"server_device": "d"}], settings=settings)
    seen = judged(made, facts).coverage
    assert (seen.failing, seen.unjudged) == wanted
    seen = judged(rule(counting(", list: value", fail)), facts).coverage
    assert (seen.failing, seen.unjudged) == wanted, "without where"


def test_a_list_of_what_was_not_read_whole_may_hold_more() -> None:
    facts = case(flows=[END_ | {"server_device": "d"}], settings=[SETTING | {"of_device": "d", "value": "ssh"}])
    cut = Provenance("a.cfg", "configuration", 1, "e" * 64, complete=False)
    half = type(facts)(Facts(facts.facts.tables, (cut,)), facts.tables)
    for fail, held in (("n: ssh", True), ("n: telnet", None), ("n|exists: true", True), ("n|exists: false", False)):
        made = rule(counting(", list: value", fail))
        rows = related(made, facts.tables["flows"], half, Now())
        assert rows.select(condition(made.fail, "flows", {**half.tables, "flows": rows})).item() is held, fail


def test_findings_show_what_was_reached() -> None:
    text = counting(f", where: {OFF}", "n|gte: 1").replace("{subjects} times", "in {server.zone.name}")
    flow = END_ | {"server_device": "d", "server_zone": "a"}
    rows: dict[str, Any] = {"flows": [flow], "settings": [SETTING | {"of_device": "d"}], "zones": ZONES}
    result = judged(rule(text), case(**rows))
    assert result.findings[0].message["en"] == "10.0.0.1 wrote to 10.0.0.2 in Cell"


KEYS = st.sampled_from(["", "a", "b", "c"])


@given(st.lists(KEYS, max_size=8), st.lists(st.tuples(KEYS, st.sampled_from(["yes", "no"])), max_size=10))
def test_counts_are_those_of_a_loop(servers: list[str], settings: list[tuple[str, str]]) -> None:
    """The join says what looking at every pair would say."""
    made = rule(counting(f", where: {OFF}", "n|gte: 1"))
    known = tables(
        flows=[END_ | {"server_device": s} for s in servers],
        settings=[SETTING | {"of_device": device, "value": value} for device, value in settings],
    )
    facts = case()
    found = related(made, known["flows"], type(facts)(facts.facts, {**facts.tables, **known}), Now())["n"].to_list()
    own = [[value for device, value in settings if device == server and server] for server in servers]
    assert found == [values.count("no") if values else None for values in own]


@given(st.lists(KEYS, max_size=8), st.lists(KEYS, max_size=6))
def test_values_are_those_of_a_loop(flows: list[str], zones: list[str]) -> None:
    text = RULE.replace("needs: [capture, policy]", "needs: [capture, zones]").replace(
        "table: operations\n  where: {verb: write}", "table: flows"
    )
    made = rule(text.replace("fail: {allowed: false}", "fail: {server.zone.sl_t: 1}").replace("{count}", "{subjects}"))
    known = tables(
        flows=[END_ | {"server_zone": z} for z in flows], zones=[{"zone": z, "sl_t": n} for n, z in enumerate(zones)]
    )
    facts = case()
    rows = related(made, known["flows"], type(facts)(facts.facts, {**facts.tables, **known}), Now())
    wanted = [zones.index(zone) if zone and zones.count(zone) == 1 else None for zone in flows]
    assert rows["server.zone.sl_t"].to_list() == wanted


# --- several steps ---

CHAINS = [
    (table, first, last)
    for table in ("operations", "settings", "devices", "conduits", "inventory")
    for first in relations_of(table).values()
    for last in relations_of(first.to).values()
    if not (first.many or last.many)
    and last.to != table
    and reach(TABLES[table], f"{first.name}.{last.name}").steps == (first, last)
]


def linked(relation: Relation, row: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """The other row, as one that the relation leads to."""
    return other | {there: row[here] for here, there in relation.keys}


@pytest.mark.parametrize(("table", "first", "last"), CHAINS, ids=lambda each: getattr(each, "name", each))
def test_each_step_leads_on_from_the_row_before(table: str, first: Relation, last: Relation) -> None:
    begin = full(TABLES[table])
    middle = linked(first, begin, full(TABLES[first.to], " 2"))
    end = linked(last, middle, full(TABLES[last.to], " 3"))
    wanted = next(c.name for c in TABLES[last.to].columns if c.name not in dict(map(reversed, last.keys)))
    path = f"{first.name}.{last.name}"
    rows: dict[str, list[dict[str, Any]]] = {}
    for name, row in ((table, begin), (first.to, middle), (last.to, end)):
        rows.setdefault(name, []).append(row)
    known = tables(**rows)
    found = with_reached(known[table][:1], table, [path, f"{path}.{wanted}"], known)
    assert found.select(path, f"{path}.{wanted}").rows() == [(True, known[last.to][wanted].to_list()[-1])]
    without = known | {last.to: known[last.to][:-1]}
    left = with_reached(without[table][:1], table, [path, f"{path}.{wanted}"], without)
    assert left[path].to_list() in ([False], [None])
    assert left[f"{path}.{wanted}"].to_list() == [None]
