"""Which table and columns a Sigma log source and its fields mean; ``logsources.yaml`` holds it all."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from scanner.engine.sigma.reasons import REASONS
from scanner.facts.schema import TABLES
from scanner.wording import Said

_FILE = Path(__file__).with_name("logsources.yaml")
PRODUCT = "otaudit"  # log sources of this product are tables, and fields their columns
_PARTS = ("category", "product", "service")


@dataclass(frozen=True)
class MappedField:
    """A field as a column. values: Sigma's value in lower case -> ours; empty: they are written alike."""

    column: str
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class LogSource:
    """Rows that are its events. where: a selection as rules write it. absent: field -> why it is not kept."""

    name: str
    table: str
    where: Mapping[str, Any]
    fields: Mapping[str, MappedField]
    absent: Mapping[str, Said]


def log_source(given: Mapping[str, Any]) -> LogSource | None:
    """The one that a rule's ``logsource`` means; None when its events are not in any table."""
    parts = {name: str(given[name]).lower() for name in _PARTS if given.get(name)}
    if parts.get("product") == PRODUCT and parts.get("service") in TABLES and len(parts) == 2:
        table = TABLES[parts["service"]]
        return LogSource(PRODUCT, table.name, {}, {c.name: MappedField(c.name) for c in table.columns}, {})
    return next((source for wanted, source in known().values() if wanted == parts), None)


@functools.cache
def known() -> dict[str, tuple[dict[str, str], LogSource]]:
    """Every log source that maps, by name, with the parts that a rule must give."""
    held: dict[str, dict[str, Any]] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    found = {}
    for name, entry in held.items():
        if "logsource" not in entry:
            continue
        base = held.get(entry.get("like", ""), {})
        fields = {**base.get("fields", {}), **entry.get("fields", {})}
        source = LogSource(
            name,
            entry["table"],
            entry.get("where", {}),
            {sigma: _field(ours) for sigma, ours in fields.items()},
            {name: REASONS[why] for name, why in {**base.get("absent", {}), **entry.get("absent", {})}.items()},
        )
        found[name] = (dict(entry["logsource"]), source)
    return found


def _field(entry: str | Mapping[str, Any]) -> MappedField:
    if isinstance(entry, str):
        return MappedField(entry)
    return MappedField(entry["column"], {key.lower(): value for key, value in entry["values"].items()})
