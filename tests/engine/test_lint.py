"""``rules lint``: what it finds, that nothing matches when it says so, and that our own rules are clean."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.cli import main
from scanner.engine.definitions.files import packaged
from scanner.engine.definitions.lint import lint
from scanner.engine.language.checked_yaml import Collector
from scanner.engine.language.expressions import condition
from scanner.engine.language.satisfiable import conflict
from scanner.engine.language.selections import read_selection
from scanner.facts.schema import TABLES
from scanner.yaml_positions import load
from tests.engine.engine_cases import changed, rule, tables
from tests.packaged import rules

WHERE, FAIL = "  where: {verb: write}", "fail: {allowed: false}"


def found(*pairs: tuple[str, str]) -> list[str]:
    text = changed(*pairs)
    return [str(problem).partition(".yaml: ")[2] for problem in lint(rule(text), text.encode())]


def test_our_own_rules_are_clean() -> None:
    contents = {file.source: file.content for file in packaged()}
    assert [str(p) for r in rules().values() for p in lint(r, contents[r.source])] == []


@pytest.mark.parametrize(
    ("where", "fail", "told"),
    [
        (
            "  where: {verb: write, client_level|gt: 3, client_level|lt: 2}",
            FAIL,
            "line 8, column 44: 'where' can never hold: no row has such a 'client_level'; correct the value",
        ),
        (WHERE, "fail: {client_level|gt: 5}", "line 9, column 8: 'fail' can never hold"),
        (WHERE, "fail: {server_port: 70000}", "no row has such a 'server_port'"),
        (WHERE, "fail: {count|lt: 0}", "no row has such a 'count'"),
        (WHERE, "fail: {count|gt: 2, count|lt: 3}", "no row has such a 'count'"),
        (WHERE, "fail: {verb: read}", "no subject can ever fail: no row has such a 'verb' among the subjects"),
        (WHERE, "fail: {verb: write}", "line 9, column 1: every subject fails, so the rule can never pass"),
        (WHERE, "fail: {a: {allowed: false}, condition: a or not a}", "every subject fails"),
        (
            WHERE,
            "fail: {a: {industrial: true}, b: {industrial: false}, condition: not a and not b}",
            "no row has such a 'industrial' among the subjects",
        ),
        (
            WHERE,
            "fail: {a: {client: null}, b: {client: 10.0.0.1}, condition: a and b}",
            "no subject can ever fail: no row has such a 'client' among the subjects",
        ),
        (
            "  where: {a: {client: null}, b: {client: 10.0.0.1}, condition: a and b}",
            FAIL,
            "no row can ever be a subject: no row has such a 'client'; make 'where' choose what there can be",
        ),
        ("  where: {verb: write, protocol: telnet}", FAIL, "no row has such 'protocol' / 'verb' together"),
        (WHERE, f"{FAIL}\nunknown_when: {{allowed: false}}", "'unknown_when' holds for all that would; narrow it"),
        ("  where: {verb: write, client|cidr: 10.0.0.0/8}", "fail: {client|cidr: 192.168.0.0/16}", "such a 'client'"),
        ("  where: {verb: write, client|cidr: 10.0.0.0/8}", "fail: {client: 192.168.0.1}", "such a 'client'"),
        ("  where: {verb: write, client: 10.*}", "fail: {client: 192.168.0.1}", "such a 'client'"),
        ("  where: {verb: write, client: 10.*}", "fail: {client|startswith: '192.'}", "such a 'client'"),
        (WHERE, "fail: {in_change_window: true, in_change_window|exists: false}", "such a 'in_change_window'"),
        (WHERE, "fail: {first_time|after: 2026-01-02, first_time|before: 2026-01-01}", "such a 'first_time'"),
        (WHERE, "fail: {client_roles|exists: false, client_roles: hmi}", "such a 'client_roles'"),
    ],
)  # fmt: skip
def test_what_can_never_be(where: str, fail: str, told: str) -> None:
    (problem,) = found(*(pair for pair in ((WHERE, where), (FAIL, fail)) if pair[0] != pair[1]))
    assert told in problem


@pytest.mark.parametrize(
    ("where", "fail"),
    [
        (WHERE, "fail: {client_roles|all: [hmi, controller], client_roles: drive}"),  # a list has several values
        (WHERE, "fail: {function|contains: Write, function|startswith: Read}"),
        (WHERE, "fail: {transport: ip-50}"),
        (WHERE, "fail: {client_level|gte: 5}"),
        ("  where: {verb: write, protocol: [modbus, telnet]}", FAIL),
        (WHERE, "fail: {server_port: 502, count|gt: 1, count|lt: 3}"),
        (WHERE, "fail: {first_time|after: today - 90d, first_time|before: today - 180d}"),  # not looked into
    ],
)
def test_what_can_be(where: str, fail: str) -> None:
    assert found(*(pair for pair in ((WHERE, where), (FAIL, fail)) if pair[0] != pair[1])) == []


def test_findings_that_are_called_otherwise_in_every_run() -> None:
    (told,) = found(("group_by: [client, server]", "group_by: [client, capture]"))
    assert told.startswith("line 10, column 20: findings by 'capture' have another id in every run")


def test_a_message_that_names_what_is_never_known() -> None:
    unknown = (FAIL, "fail: {client_roles: null, allowed: false}")
    (told,) = found(unknown, ('en: "{client} wrote', 'en: "{client_roles} wrote'))
    assert "message: 'client_roles' is unknown in every row that fails" in told
    assert found(unknown, ('en: "{client} wrote', 'en: "[{client_roles} ]{client} wrote')) == []


def test_a_protocol_that_no_subject_has() -> None:
    only = (WHERE, "  where: {verb: write, protocol: modbus}")
    (told,) = found(only, ("needs: [capture, policy]", "needs: [capture, policy]\nprotocols: [modbus, s7comm]"))
    assert "no subject is of the protocol 's7comm'" in told


@pytest.mark.parametrize(
    ("fail", "told"),
    [
        ("fail: {value: absent}", True),
        ("fail: {value: absent}\nunknown_when: {value: unknown}", True),
        ("fail: {value: absent}\nunknown_when: {value: [unknown, unknown-default]}", False),
        ("fail: {value|startswith: un}", False),  # it fails
        ("fail: {number|gt: 5}", False),  # its number is not known
    ],
)
def test_a_setting_that_is_left_to_the_release(fail: str, *, told: bool) -> None:
    subjects = "  table: settings\n  where: {category: snmp, setting: view}"
    problems = found(
        ("needs: [capture, policy]", "needs: [configuration]"),
        (f"  table: operations\n{WHERE}", subjects),
        (FAIL, fail),
        ("group_by: [client, server]", "group_by: [device]"),
        ("{client} wrote to {server} {count} times", "{device}"),
        ("{client} 向 {server} 写入 {count} 次", "{device}"),
        ("{operations: [{verb: write, allowed: false}]}", "{settings: []}"),
        ("{operations: [{verb: write, allowed: true}]}", "{settings: []}"),
        ("{operations: [{verb: read}]}", "{settings: []}"),
    )
    assert [p for p in problems if "left to the release" in p] == problems
    assert bool(problems) is told


@pytest.mark.parametrize(
    ("table", "selection", "possible"),
    [
        ("settings", "{category: snmp, setting: telnet}", False),
        ("settings", "{category: line, setting: [telnet, nothing-of-the-kind]}", True),
        ("settings", "{setting: nothing-of-the-kind}", False),
        ("settings", "{category: line, setting: telnet, value: enabled}", False),
        ("settings", "{category: line, setting: telnet, value: 'YES'}", True),
        ("settings", "{setting: [telnet, edge], value: [enabled, absent]}", True),  # of an edge port
        ("settings", "{category: line, setting: telnet, value|startswith: un}", True),
        ("settings", "{category: line, setting: telnet, value|endswith: abled}", False),
        ("settings", "{category: management, setting: acl, value: enabled}", True),  # a list may be called so
        ("settings", "{setting: telnet, value: enabled}", False),
        ("settings", "{a: {setting: kind}, b: {value: [wireless, svi]}, condition: a and not b}", True),
        ("publications", "{protocol: modbus}", False),
        ("publications", "{protocol: goose}", True),
        ("flows", "{protocol: modbus}", True),
        ("sessions", "{protocol: modbus, ciphers: '*NULL*'}", False),
        ("sessions", "{protocol: [modbus, telnet], certificate_expired: true}", True),  # calculated, not said
        ("sessions", "{protocol: [modbus, telnet], certificate_key_bits|lt: 2048}", False),
        ("sessions", "{protocol: [modbus, tls], certificate_key_bits|lt: 2048}", True),
        ("sessions", "{protocol: tls, ciphers: '*NULL*', credentials: none}", False),
        ("sessions", "{protocol: opcua, credentials: none}", True),
        ("sessions", "{credentials: none}", True),
        ("sessions", "{protocol|startswith: t, credentials: none}", True),
    ],
)
def test_vocabularies_of_tables(table: str, selection: str, possible: bool) -> None:
    notes = Collector(load(selection, "x"))
    read = read_selection(notes.value(()), (), TABLES[table], notes)
    assert read is not None
    assert (conflict(read, TABLES[table]) is None) == possible


# --- when it says that nothing can match, nothing does ------------------------------------------------------------

TEXTS = ["10.0.0.1", "10.0.0.2", "192.168.1.1", ""]
ROW = st.fixed_dictionaries(
    {
        "client": st.sampled_from(TEXTS),
        "verb": st.sampled_from(["write", "read", "stop", ""]),
        "protocol": st.just("modbus"),
        "server_port": st.sampled_from([0, 1, 2, 3]),
        "count": st.sampled_from([0, 1, 2, None]),
        "client_level": st.sampled_from([0.0, 1.5, 5.0, None]),
        "allowed": st.sampled_from([True, False, None]),
        "client_roles": st.lists(st.sampled_from(["hmi", "controller"]), max_size=2),
    }
)
NUMBER = st.sampled_from(["|gt", "|gte", "|lt", "|lte", ""])
TESTS = st.one_of(
    st.tuples(st.sampled_from(["client", "client|startswith", "client|contains"]), st.sampled_from([*TEXTS[:3], "1*"])),
    st.tuples(st.just("client|cidr"), st.sampled_from(["10.0.0.0/8", "10.0.0.0/31", "192.168.0.0/16"])),
    st.tuples(st.sampled_from(["client", "verb", "count", "client_level", "allowed", "client_roles"]), st.none()),
    st.tuples(st.sampled_from(["client|exists", "count|exists", "client_roles|exists"]), st.booleans()),
    st.tuples(st.just("verb"), st.sampled_from(["write", "read", "stop", ["write", "read"], "*"])),
    st.tuples(st.tuples(st.sampled_from(["server_port", "count"]), NUMBER).map("".join), st.integers(0, 4)),
    st.tuples(NUMBER.map(lambda m: f"client_level{m}"), st.sampled_from([0, 1.5, 2, 5])),
    st.tuples(st.just("allowed"), st.booleans()),
    st.tuples(st.sampled_from(["client_roles", "client_roles|all"]), st.sampled_from(["hmi", ["hmi", "controller"]])),
)  # fmt: skip
PART = st.lists(TESTS, min_size=1, max_size=3).map(dict)
CONDITION = st.sampled_from(
    ["a and b", "a or b", "a and not b", "not a and not b", "not (a and b)", "a and (b or not a)", "not (a or b)"]
)
SELECTION = st.one_of(PART, st.builds(lambda a, b, c: {"a": a, "b": b, "condition": c}, PART, PART, CONDITION))


@given(SELECTION, st.lists(ROW, min_size=1, max_size=8))
@settings(max_examples=300, deadline=None)
def test_it_never_says_so_of_what_a_row_meets(selection: dict[str, Any], rows: list[dict[str, Any]]) -> None:
    import json

    table = TABLES["operations"]
    notes = Collector(load(json.dumps(selection), "x"))
    read = read_selection(notes.value(()), (), table, notes)
    if read is None:
        return  # not a valid one
    known = tables(operations=rows)
    held = known["operations"].select(x=condition(read, "operations", known))["x"]
    if held.any():
        assert conflict(read, table) is None


def test_the_command(tmp_path: Path) -> None:
    clean = CliRunner().invoke(main, ["rules", "lint", "telnet-in-use"])
    assert (clean.exit_code, clean.stdout) == (0, "1 rule, 0 mistakes\n")
    text = changed((FAIL, "fail: {verb: read}"))
    (tmp_path / "writes-are-allowed.yaml").write_text(text, encoding="utf-8")
    wrong = CliRunner().invoke(main, ["rules", "lint", "--rules", str(tmp_path)])
    assert wrong.exit_code == 1
    told, count = wrong.stdout.splitlines()
    assert told.startswith(f"{tmp_path}/writes-are-allowed.yaml: line 9, column 8: no subject can ever fail")
    assert count == "1 rule, 1 mistake"
    chinese = CliRunner().invoke(main, ["rules", "lint", "--rules", str(tmp_path), "--language", "zh"])
    assert "不可能" in chinese.stdout
