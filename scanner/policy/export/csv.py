"""A policy as one CSV table: a row for each zone, conduit, export and writers entry, undecided item, role member and
decision.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from scanner.policy.export._form import PolicyForm, Row, ToExport

Tables = Mapping[str, Sequence[Row]]

COLUMNS = (
    *("kind", "id", "name", "level", "sl_t", "data_grade", "members", "from", "to", "both_ways", "clients"),
    *("verbs", "protocols", "objects", "change_windows", "owner", "reason"),
    *("countries", "providers", "encrypted", "bytes_per_day"),
    *("decision", "match", "decided_by", "decided_on", "until", "file", "line"),
)
_OF_MOBILE = (("slices", "slice"), ("dnns", "data network"), ("teids", "tunnel"))
_OF_ZONES = ("name", "level", "sl_t", "data_grade")
_OF_EXPORTS = ("protocols", "countries", "providers", "encrypted", "bytes_per_day", "data_grade", "owner", "reason")
_OF_CONDUITS = ("both_ways", "protocols", "verbs", "clients", "encrypted", "owner", "reason")
_OF_WRITERS = ("clients", "verbs", "protocols", "objects", "change_windows", "owner", "reason")
_OF_DECISIONS = ("decision", "decided_by", "decided_on", "until", "reason")
_ENDS = {"client": "clients", "server": "to", "protocol": "protocols", "verb": "verbs", "object": "objects"}
_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet takes for a formula


def render(given: ToExport) -> str:
    """The table as text; lists are joined by semicolons, and cells that look like a formula get an apostrophe."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, restval="", lineterminator="\r\n")
    writer.writeheader()
    for row in _rows(given.tables):
        writer.writerow({column: _cell(value) for column, value in row.items()})
    return text.getvalue()


def _rows(tables: Tables) -> Iterator[dict[str, Any]]:
    for zone in tables["zones"]:
        members = [*zone["subnets"], *(f"VLAN {v}" for v in zone["vlans"]), *zone["macs"], *zone["devices"]]
        members += [f"{word} {m}" for kind, word in _OF_MOBILE for m in zone[kind]]
        yield _at(zone, "zone", zone["zone"]) | {"members": members} | {k: zone[k] for k in _OF_ZONES}
    for conduit in tables["conduits"]:
        ends = {"from": conduit["from_zone"], "to": conduit["to_zone"]}
        yield _at(conduit, "conduit", conduit["conduit"]) | ends | {key: conduit[key] for key in _OF_CONDUITS}
    for entry in tables["export_entries"]:
        ends = {"from": entry["zones"], "to": entry["destinations"]}
        yield _at(entry, "export", entry["entry"] or "(nothing)") | ends | {key: entry[key] for key in _OF_EXPORTS}
    for writer in tables["writers"]:
        about = {"to": writer["targets"]} | {key: writer[key] for key in _OF_WRITERS}
        yield _at(writer, "writers", writer["writer"]) | about
    for item in tables["undecided"]:
        about = {"clients": item["client"], "to": item["server"], "protocols": item["protocol"], "verbs": item["verbs"]}
        yield _at(item, "undecided", "") | about
    for role in tables["roles"]:
        yield _at(role, "role", role["role"]) | {"members": role["member"]}
    for decision in tables["decisions"]:
        yield _at(decision, "decision", decision["rule"]) | _about(decision) | {k: decision[k] for k in _OF_DECISIONS}


def _about(decision: Row) -> dict[str, Any]:
    """What a decision matches: in the columns there are for it, and the rest as text."""
    match: dict[str, Any] = json.loads(decision["match"])
    rest = [f"{column}={value}" for column, value in match.items() if column not in _ENDS]
    return {_ENDS[column]: str(value) for column, value in match.items() if column in _ENDS} | {"match": rest}


def _at(row: Row, kind: str, id_: str) -> dict[str, Any]:
    return {"kind": kind, "id": id_, "file": row["source"], "line": row["line"]}


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:g}"
    text = "; ".join(map(str, value)) if isinstance(value, Iterable) and not isinstance(value, str) else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


FORM = PolicyForm("csv", "table of zones, conduits, writers and decisions", render)
