"""Lists of which another analyser has published what is never reached and what is not defined."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.configs.dialect_cases import read

_CASES = yaml.safe_load(Path(__file__).with_suffix("").with_name("published_answers.yaml").read_text("utf-8"))
_ENTRY = re.compile(r"acl (\S+) entry (?!default)(\S+)")


@pytest.mark.parametrize("case", _CASES, ids=[case["about"] for case in _CASES])
def test_the_answer_is_the_published_one(case: dict[str, Any]) -> None:
    rows = read(case["dialect"], case["text"].encode()).rows
    if "never" in case:
        assert _never(rows) == {name: {k: tuple(v) for k, v in of.items()} for name, of in case["never"].items()}
    lists = [row for row in rows if row["category"] == "acl" and row["setting"] == "defined"]
    undefined = {row["item"].split()[1] for row in lists if row["value"] in ("no", "unknown-default")}
    assert undefined == set(case.get("undefined", []))


def _never(rows: list[dict[str, Any]]) -> dict[str, dict[str, tuple[str, str]]]:
    said: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    for row in rows:
        if (of := _ENTRY.fullmatch(row["item"])) and row["setting"] in ("shadowed", "overruled"):
            said[of[1], of[2]][row["setting"]] = row["value"]
    found: dict[str, dict[str, tuple[str, str]]] = defaultdict(dict)
    for (name, number), entry in said.items():
        if entry["shadowed"] != "no":
            found[name][number] = entry["shadowed"], entry["overruled"]
    return dict(found)
