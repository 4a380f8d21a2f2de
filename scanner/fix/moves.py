"""Denials that earlier entries of their list overrule, put before them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from scanner.fix.edits import TextEdit, lines_of

_FIRST = re.compile(r"entry (?P<name>.+?)(?:,| and \d+ more$|$)")
# What stands before the action where the order of lines is that of entries: in lists by name, by number, and in chains.
_LEAD = re.compile(r"\s*(?:access-list \S+ (?:extended )?|-A \S+ )?(?=permit\b|deny\b|-)", re.IGNORECASE)


def overruled_denials(rows: Iterable[Mapping[str, Any]]) -> dict[int, int]:
    """The line of each denial that never comes -> the line of the first entry that does the opposite before it.

    rows: settings of one configuration.
    """
    told: dict[str, dict[str, str]] = {}
    lines: dict[str, int] = {}
    for row in rows:
        if row["category"] == "acl" and " entry " in row["item"]:
            told.setdefault(row["item"], {})[row["setting"]] = row["value"]
            lines[row["item"]] = row["line_start"]
    found = {}
    for item, settings in told.items():
        first = _FIRST.match(settings.get("shadowed", ""))
        if first and settings.get("action") == "deny" and settings.get("overruled") in {"yes", "partly"}:
            before = lines.get(f"{item.rpartition(' entry ')[0]} entry {first['name']}", 0)
            if 0 < before < lines[item]:
                found[lines[item]] = before
    return found


def moved(source: str, text: str, line: int, before: int, findings: frozenset[str]) -> TextEdit | None:
    """The line before the other; None where their order is not that of the lines, or they are not of one list."""
    lines = lines_of(text)
    ends = [_LEAD.match(lines[number - 1]) for number in (line, before)]
    if ends[0] is None or ends[1] is None or ends[0][0] != ends[1][0]:
        return None
    between = lines[before - 1 : line - 1]
    inside = ends[0][0]
    if not inside.strip() and any(one.strip() and not one.startswith(inside) for one in between):
        return None  # another block begins between
    return TextEdit(source, before - 1, len(between) + 1, (lines[line - 1], *between), findings)


def overlaps(edit: TextEdit, others: Sequence[TextEdit]) -> bool:
    """Both are about some of the same lines."""
    return any(
        one.source == edit.source
        and edit.after < one.after + max(one.removed, 1)
        and one.after < edit.after + max(edit.removed, 1)
        for one in others
    )
