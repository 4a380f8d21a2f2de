"""What a decision must match to be about exactly the rows for review that a finding shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from scanner.engine.definitions.rules import Rule
from scanner.engine.words import written
from scanner.facts.compact import column
from scanner.facts.schema import Table
from scanner.results.model import Text

# Who does what to whom. Another port may be another device behind the same address, another unit one behind the same
# gateway, and the addresses in a tunnel are not those outside of it.
_TELLING = (
    *("client", "server", "protocol", "verb", "function", "code", "unit"),
    *("transport", "server_port", "tunnel", "tunnel_id"),
)


def matchable(table: Table) -> list[str]:
    """Columns that a decision may match: what was seen itself, one value each, never what a device claims to be."""
    return [c.name for c in table.columns if not c.derived and not c.type.startswith("list")]


def value_text(column: str, value: Any) -> str:
    """A value as decisions write it; empty when it is unknown."""
    return "" if value is None or value == "" else written(column, value)


def asked(rule: Rule, rows: Sequence[Mapping[str, Any]]) -> tuple[Text, ...]:
    """One match for each distinct combination of what tells the rows apart, in the order of the rows."""
    known = set(matchable(rule.schema))
    columns = [name for name in dict.fromkeys((*_TELLING, *rule.group_by)) if name in known]
    told = dict.fromkeys(zip(*(column(rows, name) for name in columns), strict=True))
    texts: list[dict[Any, str]] = [{} for _ in columns]  # most rows say what others said
    for known_texts, name, values in zip(texts, columns, zip(*told, strict=True), strict=False):
        known_texts.update((value, value_text(name, value)) for value in set(values) if value is not None)
    found = (_match(columns, values, texts) for values in told)
    return tuple(dict(match) for match in dict.fromkeys(found) if match)


def _match(
    columns: Sequence[str], values: Sequence[Any], texts: Sequence[Mapping[Any, str]]
) -> tuple[tuple[str, str], ...]:
    """A code matters where it has no name, the number of a tunnel where there is one."""
    row = dict(zip(columns, values, strict=True))
    left_out = {"code"} if row.get("function") else set()
    if not row.get("tunnel"):
        left_out.add("tunnel_id")
    return tuple(
        (name, known[value])
        for name, value, known in zip(columns, values, texts, strict=True)
        if value is not None and name not in left_out
    )
