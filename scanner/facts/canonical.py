"""An inventory in otaudit's own form: a column for each field that any asset has, under the field's name, and the
columns that were only kept, under their own headers. Read again it gives the same.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import yaml

from scanner.assets.headers import fields_of
from scanner.assets.loose_headers import KEPT
from scanner.facts.schema import INVENTORY

_OURS = frozenset(("source", "row", "public_ips", "extra", "missing", "invalid"))  # made when it is read
_FIELDS = tuple(c.name for c in INVENTORY.columns if not c.derived and c.name not in _OURS)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")

Row = Mapping[str, Any]


def canonical(rows: Iterable[Row]) -> list[dict[str, Any]]:
    """Of each row what it has, fields first, in the order of the table inventory."""
    found = []
    for row in rows:
        cells = {name: row[name] for name in _FIELDS if row.get(name) not in (None, "", [], False, "unknown")}
        extra = json.loads(row["extra"]) if row.get("extra") else {}
        found.append(cells | {_header(header): value for header, value in extra.items()})
    return found


def _header(header: str) -> str:
    """A header that is not taken for a field when it is read again, as it was not before."""
    return f"{header} ({KEPT})" if fields_of([header]) else header


def as_csv(rows: Sequence[Mapping[str, Any]]) -> str:
    """UTF-8 text of a table; lists in one cell, and no cell that a spreadsheet calculates."""
    headers = list(dict.fromkeys([*(n for n in _FIELDS if any(n in r for r in rows)), *(h for r in rows for h in r)]))
    out = io.StringIO()
    write = csv.writer(out, lineterminator="\n").writerow
    write(map(_neutral, headers))
    for row in rows:
        write([_cell(row.get(header)) for header in headers])
    return out.getvalue()


def as_yaml(rows: Sequence[Mapping[str, Any]]) -> str:
    """The list under the key ``assets``; everything as text, so that nothing of it is read as a number or a date."""
    entries = [{header: _plain(value) for header, value in row.items()} for row in rows]
    return yaml.safe_dump({"assets": entries}, allow_unicode=True, sort_keys=False, width=120)


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(part) for part in value]
    if isinstance(value, dict):
        return {str(key): _plain(part) for key, part in value.items()}
    return _text(value)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list) and not any(isinstance(part, dict | list) for part in value):
        return _neutral("; ".join(map(_text, value)))
    return _neutral(json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else _text(value))


def _neutral(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text
