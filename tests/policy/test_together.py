"""Policies that contradict each other are told before anything is judged."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from scanner.errors import DefinitionError
from scanner.inputs import Input, InputKind
from scanner.policy.openness import port_shares
from scanner.scan import judge_scan, read_inputs

FIRST = """
otaudit_policy: 1
zones:
  - {id: a, level: 1, members: {subnets: [10.0.1.0/24]}}
  - {id: b, level: 3, members: {subnets: [10.0.2.0/24]}}
"""
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def judged(tmp_path: Path, second: str) -> None:
    entries = []
    for name, text in (("one.yaml", FIRST), ("two.yaml", second)):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        entries.append(Input(InputKind.POLICY, name, path))
    judge_scan(read_inputs(entries), profile="default", started=NOW, clock=0.0)


@pytest.mark.parametrize(
    ("zone", "wanted"),
    [
        ("{id: a, level: 4, members: {subnets: [10.0.1.0/24]}}", "zone 'a' has level 4, but 1 in one.yaml"),
        ("{id: a, level: 1, members: {subnets: [10.0.2.0/24]}}", "network 10.0.2.0/24 is in zone 'a', but in zone 'b'"),
        ("{id: c, level: 1, members: {subnets: [10.0.1.0/24]}}", "network 10.0.1.0/24 is in zone 'c', but in zone 'a'"),
    ],
)
def test_contradictions(tmp_path: Path, zone: str, wanted: str) -> None:
    with pytest.raises(DefinitionError, match=wanted):
        judged(tmp_path, f"otaudit_policy: 1\nzones:\n  - {zone}\n")


@pytest.mark.parametrize(
    "zone",
    [
        "{id: a, level: 1, members: {subnets: [10.0.1.0/24, 10.0.3.0/24]}}",
        "{id: c, level: 4, members: {subnets: [10.0.1.0/25]}}",
    ],
)
def test_what_policies_may_say_together(tmp_path: Path, zone: str) -> None:
    judged(tmp_path, f"otaudit_policy: 1\nzones:\n  - {zone}\n")


@pytest.mark.parametrize(
    ("conduits", "wanted"),
    [
        ([("a", "b", False, ["tcp/502", "modbus"])], [1 / 65536]),
        ([("a", "b", False, ["any"])], [1.0]),
        ([("a", "b", False, ["udp"])], [1.0]),
        ([("a", "b", False, ["modbus"])], [0.0]),
        ([("a", "b", False, ["tcp/0-32767", "tcp/16384-65535"])], [1.0]),
        ([("a", "b", False, ["tcp/0-32767", "udp/32768-65535"])], [0.5]),
        ([("a", "b", False, ["tcp/0-32767"]), ("a", "b", False, ["tcp/32768-65535"])], [1.0, 1.0]),
        ([("a", "b", False, ["tcp/0-32767"]), ("b", "a", False, ["tcp/32768-65535"])], [0.5, 0.5]),
        ([("a", "b", False, ["tcp/0-32767"]), ("b", "a", True, ["tcp/32768-65535"])], [1.0, 1.0]),
        ([("a", "b", False, ["tcp/22"]), ("a", "b", False, ["any"])], [1 / 65536, 1.0]),
    ],
)
def test_ports_of_conduits_add_up(conduits: list[tuple[str, str, bool, list[str]]], wanted: list[float]) -> None:
    keys = ("from_zone", "to_zone", "both_ways", "protocols")
    rows = [dict(zip(keys, conduit, strict=True)) for conduit in conduits]
    assert port_shares(rows) == pytest.approx(wanted)
