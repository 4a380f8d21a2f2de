"""docs/results.md is current, and names every field."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from scanner.docs import pages
from scanner.results import model
from scanner.results.reference import PAGE, page
from scanner.results.serialise import FORMAT

CLASSES = [c for c in vars(model).values() if isinstance(c, type) and dataclasses.is_dataclass(c)]
SECTIONS = {text.partition("\n")[0]: text for text in page().split("\n## ")}


def test_the_page_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run: make docs"
    assert pages()[Path("docs/results.md")]() == page()


@pytest.mark.parametrize("cls", CLASSES, ids=lambda c: c.__name__)
def test_every_field_has_a_row_with_its_meaning(cls: type) -> None:
    section = SECTIONS["Top level" if cls is model.Results else cls.__name__]
    rows = [line.split(" | ") for line in section.splitlines() if line.startswith("| `")]
    named = [row[0].strip("|` ") for row in rows]
    assert [name for name in named if name not in {"otaudit_results", "digest"}] == [
        f.name for f in dataclasses.fields(cls)
    ]
    assert all(len(row) >= 3 and row[2].strip(" |") for row in rows)


@pytest.mark.parametrize("words", [model.Verdict, model.Severity, model.Status])
def test_every_word_is_listed(words: type[model.Verdict]) -> None:
    assert all(f"- `{word.value}`" in SECTIONS[words.__name__] for word in words)


def test_every_link_leads_to_a_section() -> None:
    anchors = {title.lower().replace(" ", "-") for title in SECTIONS}
    linked = {part.partition(")")[0] for part in page().split("](#")[1:]}
    assert linked <= anchors


def test_the_history_begins_with_the_format_that_is_written() -> None:
    assert SECTIONS["Changes of the format"].partition("\n### ")[2].startswith(f"{FORMAT}\n")
