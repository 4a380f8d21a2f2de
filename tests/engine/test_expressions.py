from __future__ import annotations

import re
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.engine.language.expressions import condition
from scanner.engine.language.modifiers import Like, Wild, pattern
from scanner.engine.language.selections import And, Not, Or, Selection, Test
from tests.engine.engine_cases import selection, tables

ZONES = [
    {"zone": "cell-1", "name": "Filling", "subnets": ["10.1.0.0/16", "fd00:1::/32"], "macs": ["00:1b:1b:00:00:01"]},
    {"zone": "office", "name": "Office", "subnets": ["10.9.0.0/16"]},
]


def holds(text: str, table: str, *rows: dict[str, Any], zones: list[dict[str, Any]] | None = None) -> list[bool | None]:
    """The truth value of the selection for each row."""
    every = tables(zones=zones or [], **({} if table == "zones" else {table: list(rows)}))
    frame = every[table].with_columns(condition(selection(text, table), table, every).alias("_x"))
    return frame["_x"].to_list()


def values(text: str, column: str, *given: Any, table: str = "operations") -> list[bool | None]:
    return holds(text, table, *({column: value} for value in given))


@pytest.mark.parametrize(
    ("text", "column", "given_and_wanted"),
    [
        ("{object: DB1}", "object", [("db1", True), ("DB1", True), ("DB10", False), ("", False)]),
        ("{object: 'DB*'}", "object", [("db1", True), ("xdb1", False), ("db", True)]),
        ("{object: '*10'}", "object", [("DB10", True), ("DB100", False)]),
        ("{object: '*b1*'}", "object", [("DB10", True), ("DC1", False)]),
        ("{object: 'D?1'}", "object", [("DB1", True), ("DBB1", False), ("D\n1", True)]),
        ("{object: 'a.c'}", "object", [("a.c", True), ("abc", False)]),
        ("{object: 'a.*c'}", "object", [("a.xyzc", True), ("abc", False)]),
        ("{object: 'a[*]'}", "object", [("a[1]", True), ("a1", False)]),
        (r"{object: 'a\*c'}", "object", [("a*c", True), ("abc", False)]),
        ("{object|contains: '1?3'}", "object", [("x123y", True), ("x13y", False)]),
        ("{object|contains: 'a.b(c'}", "object", [("xA.B(c)", True), ("axb(c", False), ("a.bc", False)]),
        ("{object|contains: 'ÄÖ'}", "object", [("xäöx", True), ("ao", False)]),
        ("{object|contains: '写入'}", "object", [("允许写入", True), ("读", False)]),
        ("{object|startswith: db}", "object", [("DB1", True), ("xDB", False)]),
        ("{object|endswith: 'B1'}", "object", [("db1", True), ("db12", False)]),
        ("{object|re: 'DB[0-9]+$'}", "object", [("DB10", True), ("db10", False), ("DB", False)]),
        ("{object|re: '(?i)db'}", "object", [("DB10", True), ("x", False)]),
        ("{object: [a, 'b*']}", "object", [("A", True), ("bcd", True), ("c", False)]),
        ("{object|contains|all: [a, b]}", "object", [("ab", True), ("a", False)]),
        ("{object: null}", "object", [("", True), ("x", False), (None, True)]),
        ("{object|exists: true}", "object", [("", False), ("x", True)]),
        ("{object|exists: false}", "object", [("", True), ("x", False)]),
        ("{object: [null, x]}", "object", [("", True), ("X", True), ("y", False)]),
        ("{server_port: 502}", "server_port", [(502, True), (503, False), (None, None)]),
        ("{server_port: [1, 2]}", "server_port", [(2, True), (3, False), (None, None)]),
        ("{server_port|gt: 5}", "server_port", [(6, True), (5, False), (None, None)]),
        ("{server_port|gte: 5}", "server_port", [(5, True), (4, False)]),
        ("{server_port|lt: 5}", "server_port", [(4, True), (5, False)]),
        ("{server_port|lte: 5}", "server_port", [(5, True), (6, False)]),
        ("{server_port: null}", "server_port", [(None, True), (5, False)]),
        ("{server_port|exists: true}", "server_port", [(None, False), (0, True)]),
        ("{allowed: false}", "allowed", [(False, True), (True, False), (None, None)]),
        ("{client_roles: HMI}", "client_roles", [(["x", "hmi"], True), (["switch"], False), ([], False)]),
        ("{client_roles: 'sc*'}", "client_roles", [(["scada_server"], True), (["hmi"], False)]),
        ("{client_roles: [hmi, switch]}", "client_roles", [(["switch"], True), (["router"], False)]),
        ("{client_roles|all: [hmi, switch]}", "client_roles", [(["switch", "hmi"], True), (["hmi"], False)]),
        ("{client_roles: null}", "client_roles", [([], True), (["hmi"], False)]),
        ("{client_roles|exists: true}", "client_roles", [([], False), (["hmi"], True)]),
        ("{a: {client_roles: hmi}, condition: not a}", "client_roles", [([], True), (["hmi", "switch"], False)]),
        ("{frames: 7}", "frames", [([1, 7], True), ([1], False), ([], False)]),
        ("{frames|gt: 6}", "frames", [([1, 7], True), ([1], False)]),
        ("{refusals|contains: illegal}", "refusals", [(["Illegal Data"], True), (["busy"], False)]),
        ("{refusals|re: '^I'}", "refusals", [(["x", "Illegal"], True), (["illegal"], False)]),
        ("{client|cidr: 10.0.0.0/8}", "client", [("10.1.2.3", True), ("11.0.0.1", False), ("", False)]),
        ("{client|cidr: 0.0.0.0/0}", "client", [("00:1b:1b:00:00:01", False), ("fd00::1", False)]),
        ("{client|cidr: 'fd00::/8'}", "client", [("fd00::1", True), ("10.0.0.1", False)]),
        ("{client|cidr: [10.0.0.0/8, 192.168.0.0/16]}", "client", [("192.168.1.1", True), ("8.8.8.8", False)]),
    ],
)  # fmt: skip
def test_single_columns(text: str, column: str, given_and_wanted: list[tuple[Any, bool | None]]) -> None:
    given_values, wanted = zip(*given_and_wanted, strict=True)
    assert values(text, column, *given_values) == list(wanted)


def test_times_compare_in_utc() -> None:
    from datetime import UTC, datetime, timedelta, timezone

    early, late = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=timezone(timedelta(hours=8)))
    rows = values(
        "{certificate_not_after|lt: 2026-01-01T12:00:00Z}", "certificate_not_after", early, late, None, table="sessions"
    )
    assert rows == [True, False, None]


@pytest.mark.parametrize(
    ("text", "row", "wanted"),
    [
        ("{client_zone|fieldref: server_zone}", {"client_zone": "A", "server_zone": "a"}, True),
        ("{client_zone|fieldref: server_zone}", {"client_zone": "A", "server_zone": "b"}, False),
        ("{client_zone|fieldref: server_zone}", {"client_zone": "A"}, None),
        ("{client_zone|fieldref: server_zone}", {}, None),
        ("{refused|gt|fieldref: accepted}", {"refused": 2, "accepted": 1}, True),
        ("{refused|gt|fieldref: accepted}", {"refused": 2}, None),
        ("{client_level|lt|fieldref: server_level}", {"client_level": 1.0, "server_level": 3.5}, True),
        ("{function|contains|fieldref: object}", {"function": "Write Coil", "object": "coil"}, True),
        ("{function|startswith|fieldref: object}", {"function": "Write Coil", "object": "coil"}, False),
        ("{function|endswith|fieldref: object}", {"function": "Write Coil", "object": "coil"}, True),
        ("{client_roles|fieldref: client_name}", {"client_roles": ["hmi", "x"], "client_name": "HMI"}, True),
        ("{client_roles|fieldref: client_name}", {"client_roles": [], "client_name": "hmi"}, False),
        ("{client_roles|fieldref: client_name}", {"client_roles": ["hmi"]}, None),
        ("{refusals|contains|fieldref: object}", {"refusals": ["busy DB1"], "object": "db1"}, True),
        ("{frames|fieldref: count}", {"frames": [3, 4], "count": 4}, True),
        ("{frames|gt|fieldref: count}", {"frames": [3, 4], "count": 4}, False),
    ],
)  # fmt: skip
def test_columns_against_columns(text: str, row: dict[str, Any], wanted: bool | None) -> None:
    assert holds(text, "operations", row) == [wanted]


def test_lists_against_columns_row_by_row() -> None:
    rows = ({"refusals": ["a1"], "object": "a"}, {"refusals": [], "object": "a"}, {"refusals": ["b"], "object": "b"})
    assert holds("{refusals|startswith|fieldref: object}", "operations", *rows) == [True, False, True]


@pytest.mark.parametrize(
    ("text", "table", "row", "wanted"),
    [
        ("{client|in-zone: cell-1}", "flows", {"client": "x", "client_zone": "cell-1"}, True),
        ("{client|in-zone: 'CELL-*'}", "flows", {"client_zone": "cell-1"}, True),
        ("{client|in-zone: filling}", "flows", {"client_zone": "cell-1"}, True),
        ("{client|in-zone: office}", "flows", {"client_zone": "cell-1"}, False),
        ("{server_mac|in-zone: office}", "flows", {"server_zone": "office"}, True),
        ("{tunnel_client|in-zone: cell-1}", "flows", {"tunnel_client": "10.1.2.3"}, True),
        ("{tunnel_client|in-zone: cell-1}", "flows", {"tunnel_client": "fd00:1::7"}, True),
        ("{tunnel_client|in-zone: cell-1}", "flows", {"tunnel_client": "10.9.2.3"}, False),
        ("{mac|in-zone: cell-1}", "sightings", {"mac": "00:1b:1b:00:00:01"}, True),
        ("{ips|in-zone: office}", "devices", {"zones": ["office", "cell-1"]}, True),
        ("{ips|in-zone: office}", "devices", {"zones": []}, False),
        ("{ips|in-zone: office}", "inventory", {"zone_by_policy": "office"}, True),
    ],
)
def test_zones(text: str, table: str, row: dict[str, Any], wanted: bool) -> None:
    assert holds(text, table, row, zones=ZONES) == [wanted]


def test_without_a_policy_the_zone_is_unknown() -> None:
    assert holds("{client|in-zone: office}", "flows", {"client": "10.9.0.1"}) == [None]


def test_an_empty_table_gives_no_rows() -> None:
    assert holds("{client|cidr: 10.0.0.0/8, client_roles: hmi, object|re: x}", "operations") == []


TRUTH = st.sampled_from([True, False, None])


def leaf(column: str) -> Selection:
    return selection(f"{{{column}: true}}", "flows")


LEAVES = {name: leaf(name) for name in ("allowed", "crosses_zones", "established")}
TREES = st.recursive(
    st.sampled_from(list(LEAVES.values())),
    lambda inner: st.one_of(
        inner.map(Not),
        st.lists(inner, min_size=2, max_size=3).map(lambda p: And(tuple(p))),
        st.lists(inner, min_size=2, max_size=3).map(lambda p: Or(tuple(p))),
    ),
    max_leaves=8,
)


def kleene(tree: Selection, row: dict[str, bool | None]) -> bool | None:
    """Three-valued logic by its textbook definition: the minimum, the maximum and the complement of 0, 1/2, 1."""
    number = {True: 1.0, False: 0.0, None: 0.5}

    def value(part: Selection) -> float:
        match part:
            case Test(column):
                return number[row[column]]
            case And(parts):
                return min(map(value, parts))
            case Or(parts):
                return max(map(value, parts))
            case Not(inner):
                return 1 - value(inner)

    return {1.0: True, 0.0: False, 0.5: None}[value(tree)]


@settings(deadline=None)  # the machine may be busy
@given(TREES, TRUTH, TRUTH, TRUTH)
def test_unknown_follows_three_valued_logic(tree: Selection, a: bool | None, b: bool | None, c: bool | None) -> None:
    row = {"allowed": a, "crosses_zones": b, "established": c}
    frame = pl.DataFrame({k: [v] for k, v in row.items()}, schema=dict.fromkeys(row, pl.Boolean))
    assert frame.select(x=condition(tree, "flows", {"flows": frame}))["x"].to_list() == [kleene(tree, row)]


TEXT = st.text(alphabet="aB.*?\\[(+^$|{é \n", max_size=6)


@settings(deadline=None)  # the machine may be busy
@given(TEXT, TEXT)
def test_patterns_mean_what_they_say(written: str, text: str) -> None:
    """Against a translation of the escaped pattern that does not share the code under test."""
    meaning = re.sub(r"\\([*?\\])|([*?])|(.)", _translated, written.lower(), flags=re.DOTALL)
    wanted = re.fullmatch(meaning, text.lower(), re.DOTALL) is not None
    test = Test("object", (Like(pattern(written)),))
    frame = pl.DataFrame({"object": [text]})
    assert frame.select(x=condition(test, "operations", {"operations": frame}))["x"].to_list() == [wanted]


def _translated(found: re.Match[str]) -> str:
    if found[2]:
        return {"*": ".*", "?": "."}[found[2]]
    return re.escape(found[1] or found[3])


@settings(deadline=None)  # the machine may be busy
@given(st.text(max_size=20))
def test_any_text_can_be_a_pattern(written: str) -> None:
    frame = pl.DataFrame({"object": [written]})
    for pieces in (pattern(written), (Wild.MANY, *pattern(written), Wild.ONE)):
        frame.select(x=condition(Test("object", (Like(pieces),)), "operations", {"operations": frame}))
