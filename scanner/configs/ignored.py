"""What comments in a configuration accept: ``! otaudit: ignore RULE reason until DATE``.

Right above a command it is about this command with its block; anywhere else about the whole file. It hides nothing:
what it covers is shown as waived, and after its day it counts no more. A comment without a reason or a day is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from scanner.configs.nodes import Node, walk
from scanner.configs.tree import Tree
from scanner.errors import Problem
from scanner.wording import NOTHING, Said, at_line, said

_FORM = re.compile(r"ignore\s+(?P<rule>\S+)(?:\s+(?P<reason>\S.*?))??(?:\s+until\s+(?P<until>\S+))?", re.IGNORECASE)
_REMEDY = said("write for example: ! otaudit: ignore telnet-enabled replaced in June until 2026-06-30")


def ignored(tree: Tree) -> tuple[list[dict[str, Any]], list[Problem]]:
    """Rows of the facts table ``waivers``, and the comments that were refused."""
    rows: list[dict[str, Any]] = []
    problems = []
    places = {node.line: node for node in walk(tree.root)} if tree.remarks else {}
    lines = [line for line, _ in tree.remarks]
    for line, text in tree.remarks:
        found = _FORM.fullmatch(text)
        wrong = _wrong(found)
        if tree.endless and line > tree.endless:
            wrong = said("a comment behind a text that has no end, which it may be part of, so it does not count")
        if wrong or not found:
            problems.append(Problem(tree.source, wrong, at_line(line), _REMEDY))
            continue
        first, last = _lines(line, lines, places, tree.root)
        rows.append(
            {
                "source": tree.source,
                "line": line,
                "rule": found["rule"],
                "match": "{}",
                "reason": found["reason"],
                "approved_by": "",
                "until": found["until"],
                "review_on": "",
                "compensating_measure": "",
                "first_line": first,
                "last_line": last,
            }
        )
    return rows, problems


def _wrong(found: re.Match[str] | None) -> Said:
    """Why the comment does not count; nothing when it does."""
    if found is None:
        return said("a comment to otaudit that it does not understand")
    if not found["until"]:
        return said("'ignore {rule}' does not say until when, so it does not count", rule=found["rule"])
    if not (found["reason"] or "").strip():
        return said("'ignore {rule}' has no reason, so it does not count", rule=found["rule"])
    try:
        date.fromisoformat(found["until"])
    except ValueError:
        return said("'{until}' is not a date, so the comment does not count", until=found["until"])
    return NOTHING


def _lines(line: int, remarks: Iterable[int], places: dict[int, Node], root: Node) -> tuple[int, int]:
    """The first and last line of the command below; 0 and 0 where none follows at once."""
    below = line + 1
    others: Sequence[int] = sorted(remarks)
    while below in others:
        below += 1
    node = places.get(below)
    return (node.line, node.end) if node is not None and node is not root else (0, 0)
