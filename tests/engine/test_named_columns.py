"""Constants that name tables and columns name only such that there are: others would be looked for in vain."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import Enum
from types import ModuleType
from typing import Any

import pytest

from scanner.engine import folding, identities, observed, summary
from scanner.engine.definitions import lint, loader, rules, sees, standing, waiver_values
from scanner.engine.language import correlations, unseen, vocabulary, zones
from scanner.engine.verdict import (
    asked,
    carriers,
    correlating,
    defects,
    evidence,
    findings,
    owners,
    places,
    sight,
    unheard,
)
from scanner.facts import observations, worlds
from scanner.facts.schema import RELATIONS, TABLES

COLUMNS = {column.name for table in TABLES.values() for column in table.columns}
KNOWN = {*TABLES, *COLUMNS, *(relation.name for relation in RELATIONS)}
CONSTANTS: dict[ModuleType, tuple[str, ...]] = {
    lint: ("_CHANGING",),
    loader: ("_GROUP_BY",),
    rules: ("TRAFFIC",),
    sees: ("_OUTCOMES", "_SERVERS"),
    standing: ("_AUDIENCES",),
    waiver_values: ("_ADDRESSES",),
    folding: ("SUMMED",),
    identities: ("_LISTED", "_LISTED_TOO"),
    correlations: ("COUNTS",),
    unseen: ("_OF_PROTOCOL",),
    vocabulary: ("SUMMED", "JUDGED"),
    zones: ("_BY_END", "_OWN"),
    observed: ("_COUNTED", "_MEASURED", "_MARKED", "_LEFT", "_PUBLISHED_AS"),
    summary: ("_OF_DEVICES",),
    asked: ("_TELLING",),
    carriers: ("_SPOKEN", "_OWN", "_CARRIER"),
    correlating: ("_TIMES",),
    defects: ("_SPOKEN",),
    evidence: ("_PLACES",),
    findings: ("_DEVICES",),
    owners: ("_CONVERSED", "_OWNED"),
    places: ("_HEARD_BY_ALL", "_FROM_PAYLOAD", "_ABOUT_PLACES"),
    sight: ("_PAIR",),
    unheard: ("_TABLES", "_BY_ZONE", "_BY_LISTING"),
    observations: ("_ENDS",),
    worlds: ("_POLICY", "_ZONES"),
}


def words(value: Any) -> Iterator[str]:
    """Every text in it, however deep."""
    if isinstance(value, str) and not isinstance(value, Enum):
        yield value
    elif isinstance(value, Mapping):
        yield from words(list(value.items()))
    elif isinstance(value, (set, frozenset, tuple, list)):
        for one in value:
            yield from words(one)


@pytest.mark.parametrize(("module", "name"), [(m, name) for m, names in CONSTANTS.items() for name in names])
def test_every_name_is_one(module: ModuleType, name: str) -> None:
    found = set(words(getattr(module, name)))
    assert found
    assert {*found} - KNOWN == set()
