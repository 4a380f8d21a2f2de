"""Conditions on sets of addresses: against constants, zones and other columns, one value or several."""

from __future__ import annotations

from typing import Any

import pytest

from scanner.engine.language.expressions import condition
from tests.engine.engine_cases import selection, tables, wrong

ZONES = [
    {"zone": "cell", "name": "Filling", "level": 1.0, "subnets": ["10.20.1.0/24", "10.20.2.0/24", "fd00:20::/64"]},
    {"zone": "office", "name": "Office", "level": 4.0, "subnets": ["10.9.0.0/16"]},
    {"zone": "mixed", "name": "Mixed", "level": 2.0, "subnets": ["10.30.0.0/16"], "vlans": [7]},
]


def held(text: str, table: str, rows: list[dict[str, Any]], **more: list[dict[str, Any]]) -> list[bool | None]:
    known = tables(**{"zones": ZONES, table: rows} | more)
    return known[table].select(_=condition(selection(text, table), table, known))["_"].to_list()


SETTINGS = [
    *("10.20.1.5", "10.20.1.0/23", "10.20.0.0/16", "10.20.1.1, 10.20.2.1", "8.8.8.8", "fd00:20::5"),
    *("HMI", "10.20.1.1, HMI", "8.8.8.8, HMI", "any", ""),
]
T, F, U = True, False, None


@pytest.mark.parametrize(
    ("test", "wanted"),
    [
        ("overlaps: 10.20.0.0/16", [T, T, T, T, F, F, U, T, U, T, F]),
        ("within: 10.20.0.0/16", [T, T, T, T, F, F, U, U, F, F, F]),
        ("covers: 10.20.1.0/24", [F, T, T, F, F, F, U, U, U, T, F]),
        ("outside: 10.20.0.0/16", [F, F, F, F, T, T, U, F, U, F, F]),
        ("beyond: 10.20.0.0/16", [F, F, F, F, T, T, U, U, T, T, F]),
        ("within: [10.20.0.0/16, 'fd00::/8']", [T, T, T, T, F, T, U, U, F, F, F]),  # a list is one set
        ("beyond: [10.20.0.0/16, public]", [F, F, F, F, F, T, U, U, U, T, F]),
        ("overlaps: public", [F, F, F, F, T, F, U, U, T, T, F]),
        ("within: private", [T, T, T, T, F, T, U, U, F, F, F]),
        ("within|of-zone: cell", [T, F, F, T, F, T, U, U, F, F, F]),
        ("within|of-zone: FILL*", [T, F, F, T, F, T, U, U, F, F, F]),
        ("within|of-zone: [cell, office]", [T, F, F, T, F, T, U, U, F, F, F]),
        ("overlaps|of-zone: mixed", [U, U, U, U, U, U, U, U, U, T, F]),  # its VLAN may hold any address
        ("overlaps|of-zone: none-such", [*[U] * 10, F]),
    ],
)
def test_values(test: str, wanted: list[bool | None]) -> None:
    rows = [{"value": value} for value in SETTINGS]
    assert held(f"{{value|{test}}}", "settings", rows) == wanted


def test_without_zones_nobody_knows() -> None:
    assert held("{value|overlaps|of-zone: '*'}", "settings", [{"value": "10.0.0.1"}], zones=[]) == [None]


@pytest.mark.parametrize(
    ("clients", "test", "wanted"),
    [
        ([], "overlaps: any", F),
        (["10.20.1.5", "HMI"], "overlaps: 10.20.1.0/24", T),
        (["10.9.0.1", "HMI"], "overlaps: 10.20.1.0/24", U),
        (["10.9.0.1"], "overlaps: 10.20.1.0/24", F),
        (["10.20.1.5", "10.9.0.1"], "beyond: 10.20.1.0/24", T),
        (["10.20.1.5", "10.20.1.7"], "beyond: 10.20.1.0/24", F),
    ],
)
def test_of_a_list_any_element_counts(clients: list[str], test: str, wanted: bool | None) -> None:
    assert held(f"{{clients|{test}}}", "conduits", [{"clients": clients}]) == [wanted]


@pytest.mark.parametrize(
    ("clients", "reached", "wanted"),
    [
        (["10.20.1.5"], ["10.20.1.0/24"], F),
        (["10.20.1.0/23"], ["10.20.1.0/24", "10.20.0.0/24"], F),
        (["10.20.1.0/23"], ["10.20.1.0/24"], T),
        (["HMI"], ["10.20.1.0/24"], U),
        (["10.20.1.5"], [], U),  # nobody says which addresses are meant
        ([], ["10.20.1.0/24"], F),
    ],
)
def test_of_two_columns(clients: list[str], reached: list[str], wanted: bool | None) -> None:
    rows = [{"subnets": clients, "catch_all": reached}]
    assert held("{subnets|beyond|fieldref: catch_all}", "zones", rows, zones=rows) == [wanted]


def test_several_columns_are_one_set() -> None:
    rows = [{"subnets": ["10.0.0.0/23"], "catch_all": ["10.0.0.0/24"], "devices": ["10.0.1.0/24"]}]
    text = "{subnets|within|fieldref: [catch_all, devices]}"
    assert held(text, "zones", rows, zones=rows) == [True]
    assert held(text.replace(", devices", ""), "zones", rows, zones=rows) == [False]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{value|overlaps: 10.0.0.0/33}", "'10.0.0.0/33' is no range of addresses"),
        ("{value|overlaps: privat}", "one of: public, any, private"),
        ("{value|overlaps: 10}", "the number 10 is no range of addresses"),
        ("{value|overlaps: }", "nothing is no range of addresses"),
        ("{number|overlaps: 10.0.0.0/8}", "does not fit column 'number'"),
        ("{value|overlap: 10.0.0.0/8}", "did you mean 'overlaps'?"),
        ("{value|overlaps|within: 10.0.0.0/8}", "cannot be combined"),
        ("{value|overlaps|all: [10.0.0.0/8]}", "cannot be combined"),
        ("{value|of-zone: cell}", "says what to compare with, not how"),
        ("{value|within|of-zone|fieldref: cell}", "cannot be combined"),
        ("{value|within|fieldref: valu}", "did you mean 'value'?"),
    ],
)
def test_mistakes_are_told(text: str, told: str) -> None:
    problems = wrong(text, "settings")
    assert told in problems[0], problems
    assert "line 1, column" in problems[0]
