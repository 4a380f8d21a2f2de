"""Tests on what a row does not say are unknown, not false."""

from __future__ import annotations

from typing import Any

import pytest

from scanner.engine.language.checked_yaml import Collector
from scanner.engine.language.expressions import condition
from scanner.engine.language.selections import read_selection
from scanner.facts.frames import frame
from scanner.facts.schema import TABLES


def truth(table: str, selection: dict[str, Any], row: dict[str, Any]) -> bool | None:
    notes = Collector.__new__(Collector)
    notes.problems = []
    read = read_selection(selection, (), TABLES[table], notes)
    assert read is not None, notes.problems
    tables = {name: frame(t, (), derived=True) for name, t in TABLES.items()}
    tables[table] = frame(TABLES[table], [row], derived=True)
    found: list[bool | None] = tables[table].select(t=condition(read, table, tables))["t"].to_list()
    return found[0]


UNREAD = {"protocol": "http", "unread": ["credentials", "versions"]}


@pytest.mark.parametrize(
    ("selection", "row", "expected"),
    [
        ({"credentials": "basic"}, {"credentials": ["basic"], **UNREAD}, True),
        ({"credentials": "basic"}, {"credentials": ["none"], **UNREAD}, None),
        ({"credentials|exists": True}, UNREAD, None),
        ({"credentials|exists": False}, UNREAD, None),
        ({"credentials|exists": False}, {"credentials": ["basic"], **UNREAD}, False),
        ({"credentials": None}, UNREAD, None),
        ({"credentials|re": "^b"}, UNREAD, None),
        ({"credentials": "basic"}, {"credentials": ["none"]}, False),
        ({"ciphers|exists": True}, UNREAD, False),
        ({"n": {"credentials": "basic"}, "condition": "not n"}, UNREAD, None),
    ],
)
def test_a_session_that_was_read_in_part(selection: dict[str, Any], row: dict[str, Any], expected: bool | None) -> None:
    assert truth("sessions", selection, row) is expected


@pytest.mark.parametrize(
    ("selection", "expected"),
    [({"protocol": "telnet"}, None), ({"industrial": False}, None), ({"established": True}, True)],
)
def test_a_conversation_known_by_its_port(selection: dict[str, Any], expected: bool | None) -> None:
    row = {"protocol": "telnet", "industrial": False, "recognised_by": "port", "established": True}
    assert truth("flows", selection, row) is expected


@pytest.mark.parametrize(
    ("selection", "row", "expected"),
    [
        ({"verb": ["stop", "start"]}, {}, None),
        ({"verb": "read"}, {}, False),
        ({"verb": ["unknown-function", "stop"]}, {}, True),
        ({"verb": "stop"}, {"refused": 3, "accepted": 0}, False),
        ({"verb": "stop"}, {"refused": 2, "accepted": 1}, None),
        ({"verb": "stop"}, {"verb": "unknown", "seen_as": "request", "industrial": True}, None),
        ({"verb": "stop"}, {"verb": "unknown", "seen_as": "response", "industrial": True}, False),
    ],
)
def test_an_unknown_function_may_be_any(selection: dict[str, Any], row: dict[str, Any], expected: bool | None) -> None:
    assert truth("operations", selection, {"verb": "unknown-function", "count": 3, **row}) is expected
