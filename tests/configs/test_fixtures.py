"""The invented configurations give the settings that were written down for them by hand, with their lines."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from scanner.configs import reader
from scanner.configs.secrets import MASK
from scanner.configs.setting_values import may_be
from scanner.configs.settings import VOCABULARY
from scanner.facts.schema import SETTINGS
from tests.configs.dialect_cases import FIXTURES, READ, cases

STORIES = {story: name for name in READ for story in cases(name)["stories"]}
FILES = sorted(FIXTURES.glob("*/*.cfg"))


@pytest.mark.parametrize("file", FILES, ids=lambda f: f"{f.parent.name}-{f.stem}")
def test_expected_settings(file: Path) -> None:
    configuration = reader.read(file.read_bytes(), file.name)
    assert configuration.problems == ()
    assert configuration.dialect == STORIES[file.parent.name]
    rows = {(r["category"], r["item"], r["setting"]): r for r in configuration.rows}
    assert len(rows) == len(configuration.rows), "two rows for one setting"
    with file.with_suffix(".expected.csv").open(encoding="utf-8", newline="") as stream:
        expected = list(csv.DictReader(stream))
    assert expected
    seen = [
        {"line": str(r["line_start"]), **{k: r[k] for k in ("category", "item", "setting", "value")}}
        if (r := rows.get((e["category"], e["item"], e["setting"])))
        else e | {"value": "NO ROW"}
        for e in expected
    ]
    assert seen == expected


@pytest.mark.parametrize("file", FILES, ids=lambda f: f"{f.parent.name}-{f.stem}")
def test_rows_fit_the_schema_and_the_vocabulary(file: Path) -> None:
    lines = file.read_text(encoding="utf-8").split("\n")
    columns = {c.name for c in SETTINGS.columns if not c.derived}
    for row in reader.read(file.read_bytes(), file.name).rows:
        assert row.keys() == columns
        assert (row["category"], row["setting"]) in VOCABULARY
        assert may_be(row["category"], row["setting"], row["value"])
        assert 1 <= row["line_start"] <= row["line_end"] <= len(lines)
        shown = row["text"].partition(MASK)[0].strip()
        begins, word = _begins(shown), _begins(lines[row["line_start"] - 1])
        assert word.startswith(begins) if begins == shown else word == begins
        assert row["value"] != "" or row["setting"] == "vlan_name"


def _begins(line: str) -> str:
    """The first word, or the name of the element."""
    return re.split(r"[\s>]", line.strip(), maxsplit=1)[0]


def test_every_story_is_of_one_dialect_and_has_a_good_and_a_bad_configuration() -> None:
    assert {f.parent.name for f in FILES} == STORIES.keys()
    for story in STORIES:
        assert (FIXTURES / story / "ORIGIN.md").is_file(), story
        assert {f.stem for f in FILES if f.parent.name == story} == {"good", "bad"}
