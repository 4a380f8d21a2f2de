"""Groups of nodes by the ties between them, and how good and how stable a grouping is. Plain arrays, no names.

Ties are three arrays: two node numbers and a weight. Every node hangs on its strongest tie, as an I/O station hangs on
its controller; groups that more than one pair ties together join when these ties are strong beside those inside. This
knows no resolution limit: two small cells stay apart in however large a plant.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

_JOIN = 0.3  # ties between two groups, beside those inside the looser of them, from which on they are one
_ROUNDS = 50


class Ties(NamedTuple):
    """Undirected ties, each pair once: node numbers, weight, and in how many slices of time it was seen."""

    a: Ints
    b: Ints
    weight: Floats
    slices: Ints

    def among(self, chosen: npt.NDArray[np.bool_]) -> Ties:
        """The ties of which both ends are chosen."""
        return self.where(chosen[self.a] & chosen[self.b])

    def where(self, kept: npt.NDArray[np.bool_]) -> Ties:
        """Some of the ties."""
        return Ties(self.a[kept], self.b[kept], self.weight[kept], self.slices[kept])


def groups(ties: Ties, count: int) -> Ints:
    """A group number for each of ``count`` nodes: the smallest number of a node in it."""
    found = joined(count, *_strongest(ties.a, ties.b, ties.weight))
    for _ in range(_ROUNDS):
        a, b, between, pairs = _between(found, ties)
        same = found[ties.a] == found[ties.b]
        inside = np.bincount(found[ties.a[same]], ties.weight[same], minlength=count)
        near = (pairs > 1) & (between >= _JOIN * np.minimum(inside[a], inside[b]))
        if not near.any():
            break
        a, b = _strongest(a[near], b[near], between[near])
        found = joined(count, a, b)[found]
    return found


def _strongest(a: Ints, b: Ints, weight: Floats) -> tuple[Ints, Ints]:
    """Each node that has ties, and the other end of its strongest; the smaller number decides between equals."""
    ends, others, weights = np.concatenate([a, b]), np.concatenate([b, a]), np.concatenate([weight, weight])
    order = np.lexsort((others, -weights, ends))
    ends, others = ends[order], others[order]
    first = np.ones(len(ends), dtype=bool)
    first[1:] = ends[1:] != ends[:-1]
    return ends[first], others[first]


def _between(found: Ints, ties: Ties) -> tuple[Ints, Ints, Floats, Ints]:
    """Pairs of groups that are tied, the weight of the ties, and between how many pairs of nodes they are."""
    low, high = np.minimum(found[ties.a], found[ties.b]), np.maximum(found[ties.a], found[ties.b])
    apart = low != high
    count = len(found)
    keys, number = np.unique(low[apart] * count + high[apart], return_inverse=True)
    weight = np.bincount(number, ties.weight[apart], minlength=len(keys))
    pairs = np.bincount(number, minlength=len(keys)).astype(np.int64)
    return keys // count, keys % count, weight.astype(np.float64), pairs


def joined(count: int, a: Ints, b: Ints) -> Ints:
    """Connected components: for each node the smallest number of its component."""
    label = np.arange(count, dtype=np.int64)
    while len(a):
        low = np.minimum(label[a], label[b])
        before = label.copy()
        np.minimum.at(label, label[a], low)
        np.minimum.at(label, label[b], low)
        label = label[label]
        if (label == before).all():
            break
    return label


def modularity(labels: Ints, ties: Ties) -> float:
    """Newman's modularity: how much more of the ties lies inside groups than chance would put there; -0.5 to 1."""
    total = float(ties.weight.sum())
    if total == 0:
        return 0.0
    _, numbers = np.unique(labels, return_inverse=True)
    a, b = numbers[ties.a], numbers[ties.b]
    size = int(numbers.max()) + 1
    degree = np.bincount(a, ties.weight, minlength=size) + np.bincount(b, ties.weight, minlength=size)
    inside = float(ties.weight[a == b].sum())
    return inside / total - float(((degree / (2 * total)) ** 2).sum())


def adjusted_rand(left: Ints, right: Ints) -> float:
    """How alike two groupings are: 1 the same, 0 as alike as chance makes them (Hubert and Arabie 1985)."""
    if len(left) < 2:
        return 1.0
    _, a = np.unique(left, return_inverse=True)
    _, b = np.unique(right, return_inverse=True)
    both = np.unique(a * (int(b.max()) + 1) + b, return_counts=True)[1]
    same, rows, columns = _pairs(both), _pairs(np.bincount(a)), _pairs(np.bincount(b))
    expected = rows * columns / _pairs(np.array([len(left)]))
    most = (rows + columns) / 2
    return 1.0 if most == expected else float((same - expected) / (most - expected))


def _pairs(counts: npt.NDArray[Any]) -> float:
    wide = counts.astype(np.float64)
    return float((wide * (wide - 1) / 2).sum())
