"""The fewest taps that meet all needs: exact where they are few, else the tap that meets most of what is left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from math import comb

MOST_TRIED = 20_000  # combinations of taps that are tried before the greedy choice is good enough

Need = frozenset[str]  # any of these zones, seen at its boundary, meets it


def chosen(needs: Sequence[Need], taps: Mapping[str, frozenset[str]]) -> list[str]:
    """Names of taps that meet every need that some tap meets, those that meet most first."""
    met = {name: frozenset(i for i, need in enumerate(needs) if need & zones) for name, zones in taps.items()}
    wanted = frozenset().union(*met.values()) if met else frozenset()
    greedy = _greedy(wanted, met)
    found = _exact(wanted, met, len(greedy)) or greedy
    return _ordered(found, met)


def _greedy(wanted: frozenset[int], met: Mapping[str, frozenset[int]]) -> list[str]:
    found: list[str] = []
    while wanted:
        best = max(sorted(met), key=lambda name: len(met[name] & wanted))
        found.append(best)
        wanted -= met[best]
    return found


def _exact(wanted: frozenset[int], met: Mapping[str, frozenset[int]], below: int) -> list[str]:
    """Fewer than ``below`` that do; empty when there are none, or too many to try."""
    useful = sorted(name for name in met if met[name] & wanted)
    tried = 0
    for size in range(1, below):
        tried += comb(len(useful), size)
        if tried > MOST_TRIED:
            break
        for names in combinations(useful, size):
            if wanted <= frozenset().union(*(met[name] for name in names)):
                return list(names)
    return []


def _ordered(names: Sequence[str], met: Mapping[str, frozenset[int]]) -> list[str]:
    left, order, done = set(names), [], frozenset[int]()
    while left:
        best = max(sorted(left), key=lambda name: len(met[name] - done))
        order.append(best)
        done |= met[best]
        left.remove(best)
    return order
