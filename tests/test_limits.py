"""``docs/limits.md`` has every ceiling of the program, with the number that the code has."""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "limits.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| [^|]+ \| ([^|]+) \| `(scanner/\S+\.py) ([\w.]+)` \| [^|]*\S[^|]* \|$", re.MULTILINE)
UNITS = {"": 1, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30, "%": 0.01, "s": 1, "ms": 0.001}
IN_NANOSECONDS = {"TIMEOUT", "Limits.reorder_wait", "Limits.acknowledged_wait"}
OPERATORS = {ast.Add: operator.add, ast.Mult: operator.mul, ast.Pow: operator.pow, ast.LShift: operator.lshift}
CEILING = re.compile(r"_?(MAX|MOST)(_[A-Z_]+)?")


def rows() -> list[tuple[str, str, str]]:
    return [(file, name, number) for number, file, name in ROW.findall(PAGE)]


@cache
def constants(file: str) -> dict[str, float]:
    """Numbers that a module gives names at its top, and defaults of its class of limits."""
    found: dict[str, float] = {}
    for name, node in _assigned(ast.parse((ROOT / file).read_text(encoding="utf-8")).body):
        value = _number(node, found)
        if value is not None:
            found[name] = value
    return found


def _assigned(body: list[ast.stmt], within: str = "") -> Iterator[tuple[str, ast.expr]]:
    for statement in body:
        if isinstance(statement, ast.ClassDef) and statement.name in ("Limits", "InputLimits"):
            yield from _assigned(statement.body, "Limits.")
        elif isinstance(statement, ast.If):  # what is compiled, or not
            yield from _assigned([*statement.body, *statement.orelse], within)
        elif isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name) and statement.value:
            yield within + statement.target.id, statement.value
        elif isinstance(statement, ast.Assign):
            yield from _targets(statement)


def _targets(statement: ast.Assign) -> Iterator[tuple[str, ast.expr]]:
    for target in statement.targets:
        if isinstance(target, ast.Name):
            yield target.id, statement.value
        elif isinstance(target, ast.Tuple) and isinstance(statement.value, ast.Tuple):
            yield from (
                (t.id, v) for t, v in zip(target.elts, statement.value.elts, strict=False) if isinstance(t, ast.Name)
            )


def _number(node: ast.expr, known: dict[str, float]) -> float | None:
    """Numbers, also of a C type, and sums, products, powers and shifts of them."""
    if isinstance(node, ast.Constant):
        return node.value if type(node.value) in (int, float) else None
    if isinstance(node, ast.Name):
        return known.get(node.id)
    if isinstance(node, ast.Call) and ast.unparse(node.func) == "cython.declare":
        return _number(node.args[1], known)
    if not isinstance(node, ast.BinOp) or type(node.op) not in OPERATORS:
        return None
    left, right = _number(node.left, known), _number(node.right, known)
    return None if left is None or right is None else OPERATORS[type(node.op)](left, right)


def meant(text: str) -> float:
    """``1,000``, ``64 MiB``, ``10 %``."""
    number, _, unit = text.strip().partition(" ")
    return float(number.replace(",", "")) * UNITS[unit]


def test_the_page_has_rows():
    listed = rows()
    assert len(listed) > 100
    assert len({(file, name) for file, name, _ in listed}) == len(listed)
    assert len(listed) == len(re.findall(r"`scanner/\S+\.py [\w.]+`", PAGE))


@pytest.mark.parametrize(("file", "name", "number"), rows(), ids=str)
def test_the_number_is_that_of_the_code(file, name, number):
    value = constants(file)[name] / (1e9 if name in IN_NANOSECONDS else 1)
    assert meant(number) == pytest.approx(value), f"{file}: {name} is {value:,}; mend docs/limits.md"


def test_every_ceiling_has_a_row():
    """A number named MAX or MOST, anywhere, and every field of a class of limits."""
    files = [str(p.relative_to(ROOT)) for p in sorted((ROOT / "scanner").rglob("*.py"))]
    named = {(f, n) for f in files for n in constants(f) if CEILING.fullmatch(n) or n.startswith("Limits.")}
    missing = sorted(named - {(file, name) for file, name, _ in rows()})
    assert not missing, f"docs/limits.md has no row for {missing}"
