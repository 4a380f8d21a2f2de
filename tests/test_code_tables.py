"""Code tables are data files, each read by a module beside it."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Sized
from pathlib import Path

import pytest

from scanner import code_tables
from scanner.code_tables import code_table, name_table, rows_table
from scanner.protocols.base import Verb
from scanner.protocols.common.verb_table import verb_table
from scanner.protocols.mobile._procedure_table import procedure_table

READERS: dict[str, Callable[[str, str], Sized]] = {
    "code_table": code_table,
    "name_table": name_table,
    "procedure_table": procedure_table,
    "rows_table": rows_table,
    "verb_table": verb_table,
}
_LARGE = 40
FILES = sorted(Path("scanner").rglob("*.tsv"))


@pytest.mark.parametrize("path", FILES, ids=str)
def test_a_module_beside_it_reads_it(path: Path) -> None:
    texts = [p.read_text(encoding="utf-8") for p in path.parent.glob("*.py")]
    readers = [r for text in texts for r in re.findall(rf'(\w+)\(__package__, "{path.name}"\)', text)]
    assert len(readers) == 1
    assert len(READERS[readers[0]](".".join(path.parent.parts), path.name)) >= _LARGE


@pytest.mark.parametrize("path", sorted(Path("scanner", "protocols").rglob("*.py")), ids=str)
def test_no_module_of_a_protocol_holds_a_large_table(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    large = [node.lineno for node in ast.walk(tree) if isinstance(node, ast.Dict) and len(node.keys) >= _LARGE]
    assert not large


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


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("1\tStart\t-\n2\t-\tread-only\n", [("1", "Start", ""), ("2", "", "read-only")]),
        ("1\tStart\n2\n", None),
        ("1\t\n", None),
        ("1\t-\n1\t-\n", None),
    ],
)
def test_lines_of_several_columns(
    monkeypatch: pytest.MonkeyPatch, text: str, wanted: list[tuple[str, ...]] | None
) -> None:
    monkeypatch.setattr(code_tables.pkgutil, "get_data", lambda *_: text.encode())
    if wanted is None:
        with pytest.raises(ValueError, match=r"line \d"):
            rows_table("scanner", "x.tsv")
    else:
        assert rows_table("scanner", "x.tsv") == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("1\tStart\tstart\n0x02\tRead\tread\n", {1: ("Start", Verb.START), 2: ("Read", Verb.READ)}),
        ("1\tStart\n", None),
        ("1\t\tstart\n", None),
        ("1\tStart\tbegin\n", None),
    ],
)
def test_lines_with_verbs(
    monkeypatch: pytest.MonkeyPatch, text: str, wanted: dict[int, tuple[str, Verb]] | None
) -> None:
    monkeypatch.setattr(code_tables.pkgutil, "get_data", lambda *_: text.encode())
    if wanted is None:
        with pytest.raises(ValueError, match=r"code 1|valid Verb"):
            verb_table("scanner", "x.tsv")
    else:
        assert verb_table("scanner", "x.tsv") == wanted
