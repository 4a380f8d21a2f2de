"""What readers of one product's exports share: cells under the names of the source, and a mapping of these names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from scanner.assets.headers import FIELD_OF
from scanner.assets.inventory import Inventory, Record, assemble
from scanner.assets.spelling import normalise
from scanner.errors import Problem
from scanner.wording import Said

_DEEPEST = 4


def inventory(
    name: str,
    records: Iterable[Record | Problem],
    meanings: Mapping[str, str],
    columns: Mapping[str, str] | None,
    notes: Iterable[tuple[str, Said | str]],
    *,
    own: str = "",
) -> Inventory:
    """The inventory made of the records. ``meanings``: header -> field; the user's own mapping wins. ``own``: how the
    headers of fields begin that people added themselves.
    """
    rows = list(records)
    headers = dict.fromkeys(header for row in rows if isinstance(row, Record) for header in row.cells)
    known = {**meanings, **(_own_fields(headers, own) if own else {}), **(columns or {})}
    return assemble(name, headers, rows, [(key, text) for key, text in notes], known)


def flat(entry: Mapping[str, Any], before: str = "", depth: int = 0) -> Iterator[tuple[str, Any]]:
    """(dotted path, value) of everything in nested objects; lists of objects stay as they are."""
    for key, value in entry.items():
        path = f"{before}{key}"
        if isinstance(value, dict) and depth < _DEEPEST:
            yield from flat(value, f"{path}.", depth + 1)
        elif value not in (None, "", [], {}):
            yield path, value


def _own_fields(paths: Iterable[str], under: str) -> dict[str, str]:
    """Fields that people added themselves, under a key of the product: what their names mean here as in any list."""
    last = {path: path.removeprefix(under) for path in paths if path.startswith(under)}
    return {path: FIELD_OF[word] for path, rest in last.items() if (word := normalise(rest)) in FIELD_OF}
