"""Tables of codes or names and what they mean, which are data files beside the module that reads them.

A line is a code, decimal or hexadecimal, a tab, and the name; or a name, a tab, its meaning, a tab, and where that
stands. Lines that begin with ``#`` are remarks. The module says where the names are from.
"""

from __future__ import annotations

import pkgutil


def code_table(package: str, name: str) -> dict[int, str]:
    """The file ``name`` of the package, code by code in its order. ValueError with the line that is none."""
    found: dict[int, str] = {}
    for number, line in _lines(package, name):
        code, tab, text = line.partition("\t")
        key = int(code, 0)
        if not tab or not text or key in found:
            raise ValueError(f"{name}, line {number}: expected a code of its own, a tab and a name")
        found[key] = text
    return found


def name_table(package: str, name: str) -> dict[str, str]:
    """The same of names, each with its meaning and its source. ValueError with the line that is none."""
    found: dict[str, str] = {}
    for number, line in _lines(package, name):
        parts = line.split("\t")
        if len(parts) != 3 or not all(parts) or parts[0] in found:
            raise ValueError(f"{name}, line {number}: expected a name of its own, a meaning and a source, with tabs")
        found[parts[0]] = parts[1]
    return found


def rows_table(package: str, name: str) -> list[tuple[str, ...]]:
    """The same of lines with as many columns as the first has, and no line twice. A hyphen stands for nothing, which
    becomes an empty text; a column that is empty is a mistake.
    """
    found: dict[tuple[str, ...], None] = {}
    columns = 0
    for number, line in _lines(package, name):
        parts = line.split("\t")
        columns = columns or len(parts)
        row = tuple("" if part == "-" else part for part in parts)
        if len(parts) != columns or not all(parts) or row in found:
            raise ValueError(f"{name}, line {number}: expected {columns} columns with tabs between, and no line twice")
        found[row] = None
    return list(found)


def _lines(package: str, name: str) -> list[tuple[int, str]]:
    """The lines that are no remarks, with their numbers."""
    data = pkgutil.get_data(package, name)
    if data is None:
        raise FileNotFoundError(f"{package}: {name}")
    numbered = enumerate(data.decode("utf-8").splitlines(), 1)
    return [(number, line) for number, line in numbered if line and not line.startswith("#")]
