"""How complete an inventory is: for each zone and criticality, how many assets fill each attribute that CISA's guidance
for asset inventories of OT (2025) gives high priority.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from scanner.assets.inventory import HIGH_PRIORITY

Row = Mapping[str, Any]


class Completeness(NamedTuple):
    """The assets of one zone and criticality. filled: attribute -> how many of them have it."""

    zone: str
    criticality: str
    assets: int
    filled: Mapping[str, int]

    @property
    def share(self) -> float:
        """Of all attributes of all its assets, 0 to 1."""
        return sum(self.filled.values()) / (self.assets * len(HIGH_PRIORITY))


def completeness(rows: Iterable[tuple[str, Row]]) -> list[Completeness]:
    """The groups in the order of their names. rows: (zone, row of the table inventory)."""
    found: defaultdict[tuple[str, str], list[Row]] = defaultdict(list)
    for zone, row in rows:
        found[zone, row.get("criticality", "")].append(row)
    return [
        Completeness(zone, criticality, len(group), {name: _having(group, name) for name in HIGH_PRIORITY})
        for (zone, criticality), group in sorted(found.items())
    ]


def whole(groups: Iterable[Completeness]) -> Completeness:
    """All of them together."""
    listed = list(groups)
    filled = {name: sum(group.filled[name] for group in listed) for name in HIGH_PRIORITY}
    return Completeness("", "", sum(group.assets for group in listed), filled)


def _having(rows: Iterable[Row], name: str) -> int:
    return sum(name not in row["missing"] for row in rows)
