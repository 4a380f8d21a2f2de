"""Two policies by meaning: what a change allows, forbids, moves and renames. Order and spelling say nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from scanner.policy.compare import lists
from scanner.policy.compare.tell import Difference
from scanner.policy.compare.traffic import traffic
from scanner.policy.compare.zones import renamed, zones

__all__ = ["Difference", "compare"]

Tables = Mapping[str, Sequence[Mapping[str, Any]]]

_ZONES = ("zone", "name", "from_zone", "to_zone")  # columns that hold a zone's id


def compare(old: Tables, new: Tables) -> list[Difference]:
    """Every difference; the policies are rows by the name of their facts table."""
    names = renamed(old["zones"], new["zones"])
    before = {name: [_rename(row, names) for row in rows] for name, rows in old.items()}
    found = [
        *zones(before["zones"], new["zones"], names),
        *traffic(before["conduits"], new["conduits"]),
        *_answering(before["conduits"], new["conduits"]),
        *lists.writers(before["writers"], new["writers"]),
        *lists.roles(before["roles"], new["roles"]),
        *lists.undecided(before["undecided"], new["undecided"]),
    ]
    leaving = (
        *("zones", "destinations", "providers", "countries", "protocols", "encrypted", "bytes_per_day", "data_grade"),
        *("owner", "reason"),
    )
    found += lists.keyed(_exports(before), _exports(new), "export", ["entry"], leaving)
    windows = ("days", "start", "end", "zones", "time_zone")
    found += lists.keyed(before["change_windows"], new["change_windows"], "change window", ["window"], windows)
    waiver = ("reason", "approved_by", "until")
    found += lists.keyed(before["waivers"], new["waivers"], "waiver", ["rule", "match"], waiver)
    found += lists.decisions(before["decisions"], new["decisions"])
    return found


def _rename(row: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """The row with the zones' new ids."""
    changed = dict(row)
    for column in _ZONES:
        if column in row:
            changed[column] = names.get(row[column], row[column])
    for column in ("targets", "zones", "destinations"):
        if column in row:
            changed[column] = [names.get(word, word) for word in row[column]]
    return changed


def _exports(tables: Tables) -> list[Mapping[str, Any]]:
    """The export entries; the row of an empty list has no id."""
    return [row if row["entry"] else {**row, "entry": "nothing"} for row in tables["export_entries"]]


def _answering(old: Sequence[Mapping[str, Any]], new: Sequence[Mapping[str, Any]]) -> list[Difference]:
    """Owner, reason and encryption of conduits that both policies have by the same id."""
    both = {row["conduit"] for row in old} & {row["conduit"] for row in new}
    before, after = ([row for row in rows if row["conduit"] in both] for rows in (old, new))
    return list(lists.keyed(before, after, "conduit", ["conduit"], ("encrypted", "owner", "reason")))
