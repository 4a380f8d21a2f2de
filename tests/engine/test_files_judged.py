"""What a rule says of each configuration file, as continuous integration shows it."""

from __future__ import annotations

from typing import Any

import pytest

from scanner.engine.definitions.waiver_values import Exactly
from scanner.engine.definitions.waivers import Waiver
from scanner.engine.verdict.verdicts import Terms
from tests.engine.engine_cases import TODAY, case, changed, judged, rule

TELNET = rule(
    changed(
        ("needs: [capture, policy]", "needs: [configuration]"),
        ("  table: operations\n  where: {verb: write}", "  table: settings\n  where: {setting: enabled}"),
        ("fail: {allowed: false}", "fail: {value: 'yes'}\nunknown_when: {value: maybe}"),
        ("group_by: [client, server]", "group_by: [device]"),
        ("{client} wrote to {server} {count} times", "{device}"),
        ("{client} 向 {server} 写入 {count} 次", "{device}"),
        ("operations: [{verb: write, allowed: false}]", "settings: [{setting: enabled, value: 'yes'}]"),
        ("operations: [{verb: write, allowed: true}]", "settings: [{setting: enabled, value: 'no'}]"),
        ("operations: [{verb: read}]", "settings: []"),
    )
)
WAIVER = Waiver("p.yaml", 1, TELNET.id, (("source", (Exactly("old.cfg"),)),), "Agreed", "Head", None)


def told(*rows: tuple[str, str], incomplete: tuple[str, ...] = (), terms: Terms | None = None) -> dict[str, Any]:
    """rows: file and value."""
    settings = [
        {"source": file, "device": file, "category": "management", "item": "telnet", "setting": "enabled"}
        | {"value": value, "line_start": 1}
        for file, value in rows
    ]
    found = judged(TELNET, case(settings=settings, incomplete=incomplete), terms)
    return {each.verdict.value: each.files for each in found.by_file}


@pytest.mark.parametrize(
    ("rows", "wanted"),
    [
        ([("b.cfg", "no"), ("a.cfg", "no")], {"pass": ("a.cfg", "b.cfg")}),
        ([("a.cfg", "no"), ("a.cfg", "yes"), ("b.cfg", "no")], {"fail": ("a.cfg",), "pass": ("b.cfg",)}),
        ([("a.cfg", "no"), ("a.cfg", "maybe"), ("b.cfg", "no")], {"no-evidence": ("a.cfg",), "pass": ("b.cfg",)}),
        ([("a.cfg", "yes"), ("a.cfg", "maybe")], {"fail": ("a.cfg",)}),
        ([], {}),
    ],
)
def test_each_file_has_the_worst_of_its_lines(rows: list[tuple[str, str]], wanted: dict[str, Any]) -> None:
    assert told(*rows) == wanted


def test_where_a_configuration_was_not_read_whole_no_file_passes() -> None:
    found = told(("a.cfg", "yes"), ("b.cfg", "no"), incomplete=("configuration",))
    assert found == {"fail": ("a.cfg",), "no-evidence": ("b.cfg",)}


def test_a_waiver_covers_its_own_file_alone() -> None:
    terms = Terms(TODAY, [WAIVER])
    assert told(("old.cfg", "yes"), ("b.cfg", "no"), terms=terms) == {"waived": ("old.cfg",), "pass": ("b.cfg",)}
    assert told(("old.cfg", "yes"), ("b.cfg", "yes"), terms=terms) == {"fail": ("b.cfg",), "waived": ("old.cfg",)}
