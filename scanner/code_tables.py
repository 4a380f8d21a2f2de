"""Tables of codes and their names, which are data files beside the module that reads them.

A line is a code, decimal or hexadecimal, a tab, and the name; lines that begin with ``#`` are remarks. The module says
where the names are from.
"""

from __future__ import annotations

import pkgutil


def code_table(package: str, name: str) -> dict[int, str]:
    """The file ``name`` of the package, code by code in its order. ValueError with the line that is none."""
    data = pkgutil.get_data(package, name)
    if data is None:
        raise FileNotFoundError(f"{package}: {name}")
    found: dict[int, str] = {}
    for number, line in enumerate(data.decode("utf-8").splitlines(), 1):
        if not line or line.startswith("#"):
            continue
        code, tab, text = line.partition("\t")
        key = int(code, 0)
        if not tab or not text or key in found:
            raise ValueError(f"{name}, line {number}: expected a code of its own, a tab and a name")
        found[key] = text
    return found
