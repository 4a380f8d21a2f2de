"""The user's own mapping of headers to fields, for lists that no built-in alias understands.

A YAML file with one key, given by the user or lying beside the inventory as ``<name without extension>.columns.yaml``::

    columns:
      Gerätename: name
      IP-Adresse 1: ip
      Bemerkung: extra     # only kept
"""

from __future__ import annotations

from pathlib import Path

from scanner.assets.headers import FIELD_OF, field_named
from scanner.bounded import read_up_to
from scanner.errors import DefinitionError, Problem, reason
from scanner.limits import limits
from scanner.nearest import expected
from scanner.wording import said
from scanner.yaml_positions import load


def read_columns(path: Path) -> dict[str, str]:
    """Header -> field; DefinitionError with every mistake when the file is wrong."""
    source = str(path)
    try:
        content = read_up_to(path, limits().yaml_bytes)
    except OSError as error:
        raise DefinitionError(Problem(source, said("cannot be read: {reason}", reason=reason(error)))) from error
    document = load(content, source)
    data = document.data
    if not isinstance(data, dict) or list(data) != ["columns"] or not isinstance(data["columns"], dict):
        raise DefinitionError(document.problem((), said("expected one key 'columns' with header: field pairs")))
    problems = []
    mapping = {}
    known = sorted({*FIELD_OF.values(), "extra"})
    for header, word in data["columns"].items():
        name = "extra" if word == "extra" else field_named(word) if isinstance(word, str) else None
        if name is None:
            what = said("unknown field '{field}'", field=word)
            problems.append(document.problem(("columns", header), what, expected(str(word), known)))
        else:
            mapping[header] = name
    if problems:
        raise DefinitionError(*problems)
    return mapping


def beside(inventory: Path) -> Path | None:
    """The mapping file that lies beside an inventory, if there is one."""
    path = inventory.with_name(inventory.stem + ".columns.yaml")
    return path if path.is_file() else None


def columns_for(inventory: Path) -> dict[str, str] | None:
    """The mapping that lies beside an inventory; None when there is none."""
    path = beside(inventory)
    return read_columns(path) if path else None
