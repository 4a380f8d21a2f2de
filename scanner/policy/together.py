"""What several policies say together that none may: a zone that is two, a network, device or VLAN in two zones.

In one file that is a mistake, and so it is in several: which of the two counted would be chance.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import Any

import polars as pl

from scanner.device_names import name_key
from scanner.errors import Problem
from scanner.policy.members import MEMBERS
from scanner.wording import Said, at_line, said

Row = Mapping[str, Any]
_SAME = (("level", "level"), ("sl_t", "sl_t"))


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
                what = said(
                    "zone '{zone}' has {key} {ours:g}, but {theirs:g} in {source}, line {line}",
                    zone=zone["zone"],
                    key=word,
                    ours=ours,
                    theirs=theirs,
                    source=other["source"],
                    line=other["line"],
                )
                yield _problem(zone, what, said("give it in one file only, or rename one of the two"))


def _members(zones: Sequence[Row]) -> Iterator[Problem]:
    first: dict[tuple[str, Hashable], Row] = {}
    for zone in zones:
        for column, word in MEMBERS.items():
            for member in zone[column]:
                key = name_key(member) if isinstance(member, str) else member
                other = first.setdefault((column, key), zone)
                if other["zone"] != zone["zone"]:
                    what = said(
                        "{kind} {member} is in zone '{zone}', but in zone '{other}' in {source}, line {line}",
                        kind=word,
                        member=member,
                        zone=zone["zone"],
                        other=other["zone"],
                        source=other["source"],
                        line=other["line"],
                    )
                    yield _problem(zone, what, said("leave it to one zone"))


def _problem(zone: Row, what: Said, remedy: Said) -> Problem:
    return Problem(zone["source"], what, at_line(zone["line"]), remedy)
