"""The vocabulary of settings is what the reference page lists and what the hardening rules select."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from scanner.configs.setting_values import VALUES
from scanner.configs.settings import UNKNOWN, VOCABULARY

ROOT = Path(__file__).parents[2]
RULES = sorted((ROOT / "rules" / "hardening").glob("*.yaml"))


def test_the_reference_page_lists_every_setting() -> None:
    page = (ROOT / "docs" / "configurations.md").read_text(encoding="utf-8")
    table = [f"| {category} | `{setting}` | {meaning} |" for (category, setting), meaning in VOCABULARY.items()]
    assert "\n".join(table) in page


def test_closed_lists_are_told_with_the_setting() -> None:
    told = {pair: set(re.split(r"[^\w-]+", meaning)) for pair, meaning in VOCABULARY.items()}
    assert {pair: left for pair, values in VALUES.items() if (left := values - {UNKNOWN} - told[pair])} == {}


def selections(where: object) -> Iterator[dict[str, Any]]:
    """Every map of columns in a selection."""
    if isinstance(where, list):
        for one in where:
            yield from selections(one)
    elif isinstance(where, dict):
        if where.keys() & {"category", "setting", "value"}:
            yield where
        for value in where.values():
            yield from selections(value)


def words(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


@pytest.mark.parametrize("file", RULES, ids=lambda f: f.stem)
def test_rules_select_settings_that_exist(file: Path) -> None:
    rule = yaml.safe_load(file.read_text(encoding="utf-8"))
    if rule["subjects"]["table"] != "settings":
        pytest.skip("it joins a configuration with what was seen")
    where = rule["subjects"]["where"]
    chosen = [s for s in selections(where) if {"category", "setting"} <= s.keys()]
    pairs = [
        (category, setting) for s in chosen for category in words(s["category"]) for setting in words(s["setting"])
    ]
    assert pairs
    assert set(pairs) <= VOCABULARY.keys()
    tested = [s for part in ("fail", "unknown_when") for s in selections(rule.get(part, {})) if "setting" in s]
    assert {setting for s in tested for setting in words(s["setting"])} <= {setting for _, setting in pairs}


def test_there_are_rules() -> None:
    assert len(RULES) >= 6
