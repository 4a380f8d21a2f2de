from __future__ import annotations

from pathlib import Path

from scanner.facts.reference import page
from scanner.facts.schema import TABLES

ROOT = Path(__file__).parents[2]


def test_the_page_is_current() -> None:
    written = (ROOT / "docs" / "tables.md").read_text(encoding="utf-8")
    assert written == page(), "run: make docs"


def test_every_column_is_on_it() -> None:
    text = page()
    assert all(f"| `{c.name}` | {c.type} |" in text for t in TABLES.values() for c in t.columns)
