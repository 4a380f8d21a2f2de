"""The fewest taps that meet all needs: exact where they are few, else the tap that meets most of what is left."""

from __future__ import annotations

from collections import ChainMap, Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from itertools import combinations
from math import comb
from operator import or_
from typing import NamedTuple

MOST_TRIED = 20_000  # combinations of taps that are tried before the greedy choice is good enough


class Aim(NamedTuple):
    """A zone, of which so many devices are to be seen talking."""

    zone: str
    least: int = 1


Need = frozenset[Aim]  # any of these meets it
Parts = frozenset[tuple[str, str]]  # zone and device; the device is empty where nobody knows where the zone's are


def met(need: Need, shown: Mapping[str, int]) -> bool:
    """So many devices of each zone suffice."""
    return any(shown.get(aim.zone, 0) >= aim.least for aim in need)


def counted(parts: Iterable[tuple[str, str]]) -> Counter[str]:
    """How many devices of each zone."""
    return Counter(zone for zone, _ in parts)


def chosen(needs: Sequence[Need], taps: Mapping[str, Parts]) -> list[str]:
    """Names of taps that meet every need that all taps together meet, those that meet most first."""
    every = counted(frozenset().union(*taps.values()))
    wanted = [need for need in dict.fromkeys(needs) if met(need, every)]
    useful = _useful(wanted, taps)
    greedy = _in_order(wanted, useful, whole=False)
    found = _exact(wanted, useful, len(greedy)) or greedy
    return _in_order(wanted, {name: useful[name] for name in found}, whole=True)


def _useful(wanted: Sequence[Need], taps: Mapping[str, Parts]) -> dict[str, Parts]:
    """Taps by what they show of the zones that matter, without those that show no more than another."""
    zones = {aim.zone for need in wanted for aim in need}
    found: dict[str, Parts] = {}
    largest = sorted(taps, key=lambda name: (-len(taps[name]), name))
    for name in largest:
        parts = frozenset(part for part in taps[name] if part[0] in zones)
        if parts and not any(parts <= other for other in found.values()):
            found[name] = parts
    return found


def _progress(need: Need, shown: Mapping[str, int]) -> float:
    return max(min(1.0, shown.get(aim.zone, 0) / aim.least) for aim in need)


class _Seen:
    """What the taps chosen so far show."""

    def __init__(self, wanted: Sequence[Need]) -> None:
        self._parts: Parts = frozenset()
        self._count: Counter[str] = Counter()
        self._of_zone: defaultdict[str, set[Need]] = defaultdict(set)
        for need in wanted:
            for aim in need:
                self._of_zone[aim.zone].add(need)
        self.left = set(wanted)

    def worth(self, parts: Parts) -> tuple[int, float, int]:
        """How many needs more are met, how much nearer the others are, and what else is seen."""
        added = counted(parts - self._parts)
        after = {zone: self._count[zone] + number for zone, number in added.items()}
        shown = ChainMap(after, self._count)
        about = {need for zone in added for need in self._of_zone[zone]} & self.left
        nearer = sum(_progress(need, shown) - _progress(need, self._count) for need in about)
        return sum(met(need, shown) for need in about), nearer, added.total()

    def add(self, parts: Parts) -> None:
        """One more tap."""
        self._count += counted(parts - self._parts)
        self._parts |= parts
        self.left = {need for need in self.left if not met(need, self._count)}


def _in_order(wanted: Sequence[Need], taps: Mapping[str, Parts], *, whole: bool) -> list[str]:
    """Names of taps, each time that which is worth most, until all needs are met; ``whole``: all of them."""
    seen, found, left = _Seen(wanted), list[str](), set(taps)
    while left and (seen.left or whole):
        best = max(sorted(left), key=lambda name: seen.worth(taps[name]))
        left.remove(best)
        found.append(best)
        seen.add(taps[best])
    return found


def _exact(wanted: Sequence[Need], taps: Mapping[str, Parts], below: int) -> list[str]:
    """At most ``below`` that do, of equally few those that show most; empty when there are none, or too many to try."""
    bit = {part: 1 << n for n, part in enumerate(sorted(frozenset().union(*taps.values())))}
    masks = {name: sum(bit[part] for part in taps[name]) for name in sorted(taps)}
    of_zone: defaultdict[str, int] = defaultdict(int)
    for part, own in bit.items():
        of_zone[part[0]] |= own
    tests = [[(of_zone[aim.zone], aim.least) for aim in need] for need in wanted]
    tried = 0
    for size in range(1, below + 1):
        tried += comb(len(masks), size)
        if tried > MOST_TRIED:
            break
        best, most = list[str](), -1
        for names in combinations(masks, size):
            seen = reduce(or_, (masks[name] for name in names))
            if seen.bit_count() > most and all(
                any((seen & zone).bit_count() >= least for zone, least in test) for test in tests
            ):
                best, most = list(names), seen.bit_count()
        if best:
            return best
    return []
