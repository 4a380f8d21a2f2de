"""Members to zones, and how far the result can be trusted.

The inventory's zones come first. A segment is a zone, but for three cases: a plant in one segment is cut into its cells
and those who supervise them; segments that field buses join are one zone; outer networks are one zone.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np

from scanner.learn.clusters import Ints, Ties, adjusted_rand, groups, joined, modularity
from scanner.learn.ground import Ground, Mask
from scanner.learn.levels import OUTER

_RESAMPLED = 20
_MOST_CONTROL = 0.9  # of the control devices in one segment: the plant has no segments worth the name
_SPREAD = 0.6  # of a client's ties to one cell below which it belongs to none


@dataclass(frozen=True)
class Partition:
    """zone: a number for each member, -1 for none. flat: the segment that was cut up, -1 when none was.

    modularity: of the zones over the ties below supervision. stability: mean adjusted Rand index of the zones learned
    from resampled ties.
    """

    zone: Ints
    flat: int
    modularity: float
    stability: float


def partition(ground: Ground, levels: dict[int, float]) -> Partition:
    """The zones, and how good and how stable they are."""
    flat = _flat(ground)
    base = _zones(ground, levels, flat, ground.ties, ground.field)
    random = np.random.RandomState(0)  # the one generator whose numbers never change
    likeness = []
    for _ in range(_RESAMPLED if len(ground.members) > 1 else 0):
        drawn = random.poisson(ground.ties.slices)
        kept = drawn > 0
        weight = ground.ties.weight * drawn / ground.ties.slices
        again = ground.ties._replace(weight=weight).where(kept)
        likeness.append(adjusted_rand(base, _zones(ground, levels, flat, again, ground.field[kept])))
    below = ~ground.supervisor
    return Partition(
        base, flat, modularity(base, ground.ties.among(below)), float(np.mean(likeness)) if likeness else 1.0
    )


def _zones(ground: Ground, levels: dict[int, float], flat: int, ties: Ties, field: Mask) -> Ints:
    zone = _with_field_networks(ground, ground.segment, ties, field)
    outer = [n for n, s in enumerate(ground.segment) if levels[int(s)] == OUTER]
    if outer and ground.control.any():
        zone[np.isin(zone, zone[outer])] = zone[outer].min()
    if flat >= 0:
        zone = _cut(ground, zone, ground.segment == flat, ties)
    return _listed(ground, zone)


def _flat(ground: Ground) -> int:
    """The segment that holds nearly all control devices and has nobody outside who supervises them, else -1."""
    if not ground.control.any():
        return -1
    segment, count = Counter(ground.segment[ground.control].tolist()).most_common(1)[0]
    if count < _MOST_CONTROL * ground.control.sum():
        return -1
    here = ground.segment == segment
    a, b = ground.ties.a, ground.ties.b
    outside = (ground.control[a] & here[a] & ~here[b] & (ground.supervisor | ground.panel)[b]) | (
        ground.control[b] & here[b] & ~here[a] & (ground.supervisor | ground.panel)[a]
    )
    own = ground.supervisor & here
    return segment if own.any() or not outside.any() else -1


def _with_field_networks(ground: Ground, segment: Ints, ties: Ties, field: Mask) -> Ints:
    """Segments of which at least half the members are field devices of one other segment's controllers join it."""
    across = field & (segment[ties.a] != segment[ties.b]) & ground.control[ties.a] & ground.control[ties.b]
    if not across.any():
        return segment.copy()
    size = np.bincount(segment, minlength=len(segment))
    tied: dict[tuple[int, int], set[int]] = {}
    for a, b in zip(ties.a[across].tolist(), ties.b[across].tolist(), strict=True):
        tied.setdefault((int(segment[a]), int(segment[b])), set()).add(a)
        tied.setdefault((int(segment[b]), int(segment[a])), set()).add(b)
    pairs = [here for here, nodes in tied.items() if 2 * len(nodes) >= size[here[0]]]
    left, right = np.array(sorted(pairs), dtype=np.int64).reshape(-1, 2).T
    return joined(len(segment), left, right)[segment]


def _cut(ground: Ground, zone: Ints, here: Mask, ties: Ties) -> Ints:
    """A segment cut into cells and the rest: supervisors and whoever else is in no cell."""
    supervisor = ground.supervisor.copy()
    for _ in range(3):
        inner = here & ~supervisor & ~ground.stranger
        found = groups(ties.among(inner), len(zone))
        spread = _spread(ground, found, ties.among(inner)) & inner & ~supervisor
        if not spread.any():
            break
        supervisor |= spread
    zone = zone.copy()
    chosen = here & ~supervisor & ~ground.stranger
    size = np.bincount(found[chosen], minlength=len(zone))
    has_control = np.bincount(found[chosen & ground.control], minlength=len(zone)) > 0
    in_cell = chosen & (size[found] > 1) & has_control[found]
    cells = len(set(found[in_cell].tolist()))
    if not (here & supervisor).any() and cells < 2:
        return zone
    lone = chosen & ~in_cell & (ground.control | ground.panel)
    rest = here & ~in_cell & ~lone
    zone[in_cell] = found[in_cell]
    for kind in (lone, rest):
        if kind.any():
            zone[kind] = np.flatnonzero(kind)[0]
    return zone


def _spread(ground: Ground, found: Ints, ties: Ties) -> Mask:
    """Panels and others, not control devices, whose ties go to several groups with no preference."""
    count = len(found)
    near = np.concatenate([ties.a, ties.b])
    far = found[np.concatenate([ties.b, ties.a])]
    weight = np.concatenate([ties.weight, ties.weight])
    whole = np.bincount(near, weight, minlength=count)
    keys, number = np.unique(near * count + far, return_inverse=True)
    most = np.zeros(count)
    np.maximum.at(most, keys // count, np.bincount(np.ravel(number), weight))
    return (whole > 0) & (most < _SPREAD * whole) & ~ground.control


def _listed(ground: Ground, zone: Ints) -> Ints:
    """Zones of the inventory; who has none there goes with those of the same learned zone, if they agree."""
    names = sorted({node.zone for node in ground.members if node.zone})
    if not names:
        return zone
    given = np.array([names.index(n.zone) if n.zone else -1 for n in ground.members], dtype=np.int64)
    base, result = len(zone), zone.copy()
    listed = given >= 0
    for number in sorted(set(zone[listed].tolist())):
        here = zone == number
        counts = Counter(given[here & listed].tolist())
        same_segment = {
            s: Counter(given[here & listed & (ground.segment == s)].tolist())
            for s in set(ground.segment[here].tolist())
        }
        for member in np.flatnonzero(here & ~listed):
            local = same_segment[int(ground.segment[member])] or counts
            result[member] = base + min(local, key=lambda g: (-local[g], g))
    result[listed] = base + given[listed]
    return result
