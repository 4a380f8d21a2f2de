"""Rows of facts as text: each as an example of a rule writes it, so that it can be put into one; or as JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import polars as pl

_PLAIN = re.compile(r"[A-Za-z/_][A-Za-z0-9/_.+-]*(?: [A-Za-z0-9/_.+-]+)*")  # needs no quotes in YAML
_WORDS = {"true", "false", "null", "yes", "no", "on", "off", "y", "n"}  # of YAML 1.1 or 1.2


def shown(rows: pl.DataFrame, most: int, *, as_json: bool) -> Iterator[str]:
    """So many of the rows, and how many more there are."""
    some = rows.head(most) if most else rows
    yield from (_as_json if as_json else as_yaml)(some)
    if not as_json and rows.height > some.height:
        yield f"# {rows.height - some.height:,} more; --rows 0 shows all"


def as_yaml(rows: pl.DataFrame) -> Iterator[str]:
    """A row to a line, in YAML; what is not known is left out."""
    for row in rows.iter_rows(named=True):
        yield f"- {mapping(row)}"


def _as_json(rows: pl.DataFrame) -> Iterator[str]:
    """A row to a line, in JSON, with everything."""
    for row in rows.iter_rows(named=True):
        yield json.dumps({name: _bare(value) for name, value in row.items()}, ensure_ascii=False)


def mapping(row: Mapping[str, Any]) -> str:
    """A row as a rule writes it; what is not known is left out."""
    pairs = (f"{name}: {scalar(value)}" for name, value in row.items() if value not in (None, "", []))
    return f"{{{', '.join(pairs)}}}"


def scalar(value: Any) -> str:
    """A value as a rule writes it."""
    if isinstance(value, list):
        return f"[{', '.join(map(scalar, value))}]"
    if isinstance(value, Mapping):
        return json.dumps(value, ensure_ascii=False, default=str)
    bare = _bare(value)
    if isinstance(bare, str):
        if _PLAIN.fullmatch(bare) and bare.lower() not in _WORDS:
            return bare
        return json.dumps(bare, ensure_ascii=False)
    return json.dumps(bare)


def _bare(value: Any) -> Any:
    """The value as JSON has it; text without what does something to a terminal."""
    from scanner.report._words import printable
    from scanner.wording import plain

    if isinstance(value, str):
        return printable(plain(value)).replace("\n", " ")
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list):
        return [_bare(one) for one in value]
    return value
