"""The other parts of a policy by meaning: roles, writers, change windows, waivers, decisions, who answers."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product
from typing import Any

from scanner.device_names import name_key
from scanner.policy.compare.members import Members
from scanner.policy.compare.tell import Difference, grouped, listed

Row = Mapping[str, Any]


def roles(old: Iterable[Row], new: Iterable[Row]) -> Iterator[Difference]:
    """Who was given a role or lost it."""
    before, after = _by_role(old), _by_role(new)
    for role in sorted(before.keys() | after.keys()):
        one, other = before.get(role, Members()), after.get(role, Members())
        if gained := other.beyond(one):
            yield Difference("+", "role", f"{role}: {listed(gained)}")
        if lost := one.beyond(other):
            yield Difference("-", "role", f"{role}: {listed(lost)}")


def _by_role(rows: Iterable[Row]) -> dict[str, Members]:
    members: dict[str, list[str]] = {}
    for row in rows:
        members.setdefault(row["role"], []).append(row["member"])
    return {role: Members.of([words]) for role, words in members.items()}


def writers(old: Iterable[Row], new: Iterable[Row]) -> Iterator[Difference]:
    """Who may write what, by which protocol, which objects and when."""
    before, after = (frozenset(atom for row in rows for atom in _writer(row)) for rows in (old, new))
    for sign, rows in (("+", after - before), ("-", before - after)):
        for clients, verbs, targets, protocols, objects, windows in grouped(rows, 6):
            how = [listed(w) for w in (protocols, objects, windows) if w != {""}]
            told = f" ({'; '.join(how)})" if how else ""
            yield Difference(sign, "writers", f"{listed(clients)} may {listed(verbs)} {listed(targets)}{told}")


def _writer(row: Row) -> Iterator[tuple[str, ...]]:
    windows = [f"in {window}" for window in row["change_windows"]] or [""]
    objects = [" ".join(o.casefold().split()) for o in row["objects"]] or [""]
    clients, targets = (Members.of([row[key]]).words() for key in ("clients", "targets"))
    plain = ([name_key(word) for word in words] for words in (clients, targets))
    who, what = plain
    return product(who, row["verbs"], what, row["protocols"] or [""], objects, windows)


def undecided(old: Iterable[Row], new: Iterable[Row]) -> Iterator[Difference]:
    """What nobody has decided about."""
    before, after = (
        frozenset(p for r in rows for p in product([r["client"]], [r["server"]], [r["protocol"]], r["verbs"]))
        for rows in (old, new)
    )
    for sign, rows in (("+", after - before), ("-", before - after)):
        for clients, servers, protocols, verbs in grouped(rows, 4):
            by = "" if protocols == {""} else f" by {listed(protocols)}"
            yield Difference(sign, "undecided", f"{listed(verbs)} of {listed(clients)} to {listed(servers)}{by}")


def decisions(old: Iterable[Row], new: Iterable[Row]) -> Iterator[Difference]:
    """What was decided about what, by whom and until when; how a value is written makes no difference."""
    values = ("decided_by", "decided_on", "until", "reason")
    before, after = ([_decision(row) for row in rows] for rows in (old, new))
    return keyed(before, after, "decision", ["decision", "rule", "about"], values)


def _decision(row: Row) -> Row:
    match = json.loads(row["match"])
    return {**row, "about": ", ".join(f"{column} {_matched(value)}" for column, value in sorted(match.items()))}


def _matched(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value) or "none"


def keyed(
    old: Iterable[Row], new: Iterable[Row], part: str, key: Sequence[str], values: Sequence[str]
) -> Iterator[Difference]:
    """Rows that have names: new ones, those that are gone, and what changed of the others."""
    before, after = ({tuple(row[k] for k in key): row for row in rows} for rows in (old, new))
    yield from (Difference("+", part, _named(name)) for name in sorted(after.keys() - before.keys()))
    yield from (Difference("-", part, _named(name)) for name in sorted(before.keys() - after.keys()))
    for name in sorted(before.keys() & after.keys()):
        for value in values:
            one, other = before[name][value], after[name][value]
            if _plain(one) != _plain(other):
                yield Difference("~", part, f"{_named(name)}: {value} was {_said(one)}, is {_said(other)}")


def _named(name: tuple[str, ...]) -> str:
    return " ".join(word for word in name if word not in ("", "{}"))


def _plain(value: Any) -> Any:
    return frozenset(map(str, value)) if isinstance(value, list) else value


def _said(value: Any) -> str:
    if isinstance(value, list):
        return listed(value) if value else "not given"
    return str(value) if value not in ("", None) else "not given"
