"""Code tables are data files, each read by a module beside it."""

from __future__ import annotations

from pathlib import Path

import pytest

from scanner import code_tables
from scanner.code_tables import code_table, name_table

FILES = sorted(Path("scanner").rglob("*.tsv"))


@pytest.mark.parametrize("path", FILES, ids=str)
def test_a_module_beside_it_reads_it(path: Path) -> None:
    readers = [p for p in path.parent.glob("*.py") if f'"{path.name}"' in p.read_text(encoding="utf-8")]
    assert len(readers) == 1
    named = "name_table" in readers[0].read_text(encoding="utf-8")
    assert len((name_table if named else code_table)(".".join(path.parent.parts), path.name)) >= 40


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("# of nobody\n1\tone\n\n0x0A\tten of them\n-3\tless\n", {1: "one", 10: "ten of them", -3: "less"}),
        ("1 one\n", None),
        ("1\t\n", None),
        ("1\tone\n1\tone again\n", None),
        ("one\t1\n", None),
    ],
)
def test_lines(monkeypatch: pytest.MonkeyPatch, text: str, wanted: dict[int, str] | None) -> None:
    monkeypatch.setattr(code_tables.pkgutil, "get_data", lambda *_: text.encode())
    if wanted is None:
        with pytest.raises(ValueError, match=r"line \d|invalid literal"):
            code_table("scanner", "x.tsv")
    else:
        assert code_table("scanner", "x.tsv") == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("# of nobody\na.example\tone\tits page\n", {"a.example": "one"}),
        ("a.example\tone\n", None),
        ("a.example\t\tits page\n", None),
        ("a.example\tone\tits page\na.example\ttwo\tits page\n", None),
    ],
)
def test_lines_of_names(monkeypatch: pytest.MonkeyPatch, text: str, wanted: dict[str, str] | None) -> None:
    monkeypatch.setattr(code_tables.pkgutil, "get_data", lambda *_: text.encode())
    if wanted is None:
        with pytest.raises(ValueError, match=r"line \d"):
            name_table("scanner", "x.tsv")
    else:
        assert name_table("scanner", "x.tsv") == wanted
