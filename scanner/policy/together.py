"""What several policies say together that none may: a zone that is two, a network, device or VLAN in two zones.

In one file that is a mistake, and so it is in several: which of the two counted would be chance.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import Any

import polars as pl

from scanner.errors import Problem

Row = Mapping[str, Any]
_SAME = (("level", "level"), ("sl_t", "sl_t"))
_MEMBERS = (("subnets", "network"), ("vlans", "VLAN"), ("macs", "MAC address"), ("devices", "device"))


def contradictions(tables: Mapping[str, pl.DataFrame]) -> list[Problem]:
    """Of zones in more than one file, each told where the later one stands."""
    if "zones" not in tables:
        return []
    zones = tables["zones"].sort("source", "line").to_dicts()
    return [*_levels(zones), *_members(zones)] if len({z["source"] for z in zones}) > 1 else []


def _levels(zones: Sequence[Row]) -> Iterator[Problem]:
    first: dict[str, Row] = {}
    for zone in zones:
        other = first.setdefault(zone["zone"], zone)
        for column, word in _SAME:
            ours, theirs = zone[column], other[column]
            if None not in (ours, theirs) and ours != theirs:
                what = f"zone '{zone['zone']}' has {word} {ours:g}, but {theirs:g} {_place(other)}"
                yield _told(zone, what, "give it in one file only, or rename one of the two")


def _members(zones: Sequence[Row]) -> Iterator[Problem]:
    first: dict[tuple[str, Hashable], Row] = {}
    for zone in zones:
        for column, word in _MEMBERS:
            for member in zone[column]:
                key = member.casefold() if isinstance(member, str) else member
                other = first.setdefault((column, key), zone)
                if other["zone"] != zone["zone"]:
                    what = f"{word} {member} is in zone '{zone['zone']}', but in zone '{other['zone']}' {_place(other)}"
                    yield _told(zone, what, "leave it to one zone")


def _place(zone: Row) -> str:
    return f"in {zone['source']} line {zone['line']}"


def _told(zone: Row, what: str, remedy: str) -> Problem:
    return Problem(zone["source"], what, f"line {zone['line']}", remedy)
