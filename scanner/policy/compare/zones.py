"""Zones by meaning: which are new, renamed or gone, and who moved from one to another."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from scanner.address_spans import Ranges, common, merged, networks, without
from scanner.device_names import name_key
from scanner.policy.compare.tell import Difference, listed
from scanner.policy.ranges import by_zone, places

Row = Mapping[str, Any]
_OTHERS = (
    *(("vlans", "VLAN"), ("macs", "MAC address"), ("devices", "device")),
    *(("slices", "slice"), ("dnns", "data network"), ("teids", "tunnel")),
)
_ABOUT = (("level", "level"), ("sl_t", "SL-T"), ("data_grade", "data grade"), ("name", "name"))


def renamed(old: Sequence[Row], new: Sequence[Row]) -> dict[str, str]:
    """Old id -> new id of zones that have the same members under another id."""
    before, after = _by_id(old), _by_id(new)
    gone = {_members(zone): id_ for id_, zone in before.items() if id_ not in after}
    return {gone[_members(z)]: id_ for id_, z in after.items() if id_ not in before and _members(z) in gone}


def zones(old: Sequence[Row], new: Sequence[Row], names: Mapping[str, str]) -> Iterator[Difference]:
    """Differences between rows of the facts table zones, after the zones of ``names`` were renamed in the old ones."""
    yield from (Difference("~", "zone", f"{before} is now called {after}") for before, after in sorted(names.items()))
    before, after = _by_id(old), _by_id(new)
    yield from (Difference("+", "zone", id_) for id_ in sorted(after.keys() - before.keys()))
    yield from (Difference("-", "zone", id_) for id_ in sorted(before.keys() - after.keys()))
    for id_ in sorted(before.keys() & after.keys()):
        for key, word in _ABOUT:
            one, other = before[id_][key], after[id_][key]
            if one != other and not (key == "name" and one in names):
                yield Difference("~", "zone", f"{id_}: {word} was {_said(one)}, is {_said(other)}")
    yield from _moves(_addresses(old, new))
    for kind, word in _OTHERS:
        yield from _moves(_listed(old, new, kind, word))


def _by_id(rows: Sequence[Row]) -> dict[str, Row]:
    return {row["zone"]: row for row in rows}


def _members(zone: Row) -> tuple[Any, ...]:
    subnets = (at for at, _ in places([zone]))
    return (merged(subnets), *(frozenset(name_key(str(m)) for m in zone[kind]) for kind, _ in _OTHERS))


def _said(value: Any) -> str:
    return "not given" if value in (None, "") else f"{value:g}" if isinstance(value, float) else str(value)


_Moves = Iterator[tuple[str, str, str]]  # from zone, to zone (empty: none), who


def _addresses(old: Sequence[Row], new: Sequence[Row]) -> _Moves:
    before, after = by_zone(places(old)), by_zone(places(new))
    for source, ranges in before.items():
        for target, others in after.items():
            if source != target:
                yield from ((source, target, n) for n in networks(common(ranges, others)))
        yield from ((source, "", n) for n in networks(without(ranges, _all(after))))
    for target, others in after.items():
        yield from (("", target, n) for n in networks(without(others, _all(before))))


def _all(found: Mapping[str, Ranges]) -> Ranges:
    return merged(itertools.chain.from_iterable(found.values()))


def _listed(old: Sequence[Row], new: Sequence[Row], kind: str, word: str) -> _Moves:
    before, after = ({name_key(str(m)): (z["zone"], str(m)) for z in rows for m in z[kind]} for rows in (old, new))
    for key in before.keys() | after.keys():
        (source, one), (target, other) = before.get(key, ("", "")), after.get(key, ("", ""))
        if source != target:
            yield source, target, f"{word} {other or one}"


def _moves(moves: _Moves) -> Iterator[Difference]:
    together: dict[tuple[str, str], list[str]] = {}
    for source, target, who in moves:
        together.setdefault((source, target), []).append(who)
    for (source, target), members in sorted(together.items()):
        if not source:
            yield Difference("+", "members", f"{listed(members)}: in {target}, in no zone before")
        elif not target:
            yield Difference("-", "members", f"{listed(members)}: in no zone any more, in {source} before")
        else:
            yield Difference("~", "members", f"{listed(members)}: moved from {source} to {target}")
