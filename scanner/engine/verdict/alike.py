"""Rows of a finding that differ in nothing but what they touch, as one piece of evidence."""

from __future__ import annotations

from collections import ChainMap, defaultdict
from collections.abc import Mapping, MutableMapping, Sequence
from itertools import chain, zip_longest
from typing import Any, cast

from scanner.engine.folding import MOST_OBJECTS, SUMMED, each_once
from scanner.facts.compact import chosen, column
from scanner.spans import either, spans, units

Row = Mapping[str, Any]

_SAME = (
    *("capture", "client", "server", "transport", "server_port", "tunnel", "tunnel_id", "protocol"),
    *("verb", "function", "detail", "seen_as"),
)


def alike(rows: Sequence[Row]) -> tuple[list[int], list[Row]]:
    """The numbers of the operations that stand for themselves, and those of more than ``MOST_OBJECTS`` objects of one
    unit, or of as many units, as one. What was never accepted stays apart.
    """
    accepted = list(map(bool, column(rows, "accepted")))
    alone: list[int] = [*range(len(rows))]
    together: list[Row] = []
    for columns in ((*_SAME, "unit"), _SAME):
        groups: defaultdict[tuple[Any, ...], list[int]] = defaultdict(list)
        some = chosen(rows, alone)
        keys = zip(*(column(some, name) for name in columns), [accepted[number] for number in alone], strict=True)
        for number, key in zip(alone, keys, strict=True):
            groups[key].append(number)
        alone = []
        for numbers in groups.values():
            if len(numbers) > MOST_OBJECTS:
                together.append(_as_one(chosen(rows, numbers)))
            else:
                alone += numbers
    return alone, together


def _as_one(rows: Sequence[Row]) -> Row:
    from scanner.capture.result import FIRST_FRAMES  # with what captures need, which configurations have not

    refusals = zip(column(rows, "refusals"), column(rows, "refusal_counts"), strict=True)
    reasons = each_once(chain.from_iterable(zip_longest(named or (), counts or ()) for named, counts in refusals))
    own: dict[str, Any] = {
        "object": spans(each or "" for each in column(rows, "object")),
        "unit": units(each or "" for each in column(rows, "unit")),
        "filter": either(column(rows, "filter")),
        **{name: sum(filter(None, column(rows, name))) for name in SUMMED},
        "first_time": min(filter(None, column(rows, "first_time")), default=None),
        "last_time": max(filter(None, column(rows, "last_time")), default=None),
        "frames": sorted(set(chain.from_iterable(filter(None, column(rows, "frames")))))[:FIRST_FRAMES],
        "refusals": [reason for reason, _ in reasons],
        "refusal_counts": [count for _, count in reasons],
    }
    return ChainMap(own, cast("MutableMapping[str, Any]", rows[0]))  # which nobody writes to
