"""Purdue levels of segments, from what their members are and how far they are from the control devices.

1: control devices. 3: supervises them, or serves those that do. 3.5: between these and an outer network. 4: an outer
network, which opens connections inwards and has nothing to do with control devices itself.
"""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Mapping

import numpy as np
import polars as pl

from scanner.learn.conduct import CHANGES, WRITES, Conduct
from scanner.learn.ground import Ground
from scanner.learn.seen import Seen

CONTROL, SUPERVISION, DMZ, OUTER = 1.0, 3.0, 3.5, 4.0


def segment_levels(seen: Seen, ground: Ground, conduct: Conduct) -> dict[int, float]:
    """The level of each segment, by its number."""
    names = sorted({int(s) for s in ground.segment})
    control = {int(s) for s in ground.segment[ground.control]}
    opened = _opened(seen, ground)
    near: defaultdict[int, set[int]] = defaultdict(set)
    for client, server in opened:
        near[client].add(server)
        near[server].add(client)
    distance = _distances(control, near)
    commands = {int(ground.segment[n]) for n in _commanders(seen, ground)}
    supervises = {int(s) for s in ground.segment[ground.supervisor | ground.panel]}
    polling = {int(ground.segment[ground.number[c]]) for c, _ in conduct.polls if c in ground.number}
    inner = {s for s in names if distance.get(s) == 1}
    found = {}
    for name in names:
        away = distance.get(name)
        outside = {n for n in near[name] if distance[n] > distance[name]}
        if away == 0:
            found[name] = CONTROL
        elif away == 1:
            between = outside and name not in commands and len(inner) > 1
            found[name] = DMZ if between else SUPERVISION
        elif away is not None and outside:
            found[name] = DMZ
        elif away is None and (name in supervises or name in polling):
            found[name] = SUPERVISION
        elif away is None or any(client == name for client, _ in opened):
            found[name] = OUTER
        else:
            found[name] = SUPERVISION
    return found


def _opened(seen: Seen, ground: Ground) -> set[tuple[int, int]]:
    """Pairs of segments (client, server) between which something was said and answered, strangers left out."""
    pairs = seen.relations.filter(pl.col("answered") & pl.col("carried")).select("c", "s").unique()
    found = set()
    for client, server in pairs.iter_rows():
        if client in ground.number and server in ground.number:
            a, b = ground.number[client], ground.number[server]
            if ground.segment[a] != ground.segment[b] and not (ground.stranger[a] or ground.stranger[b]):
                found.add((int(ground.segment[a]), int(ground.segment[b])))
    return found


def _distances(start: Iterable[int], near: Mapping[int, set[int]]) -> dict[int, int]:
    """Steps from the control segments."""
    found = dict.fromkeys(start, 0)
    waiting = deque(sorted(found))
    while waiting:
        here = waiting.popleft()
        for name in sorted(near.get(here, ())):
            if name not in found:
                found[name] = found[here] + 1
                waiting.append(name)
    return found


def _commanders(seen: Seen, ground: Ground) -> list[int]:
    done = seen.operations.filter(pl.col("verb").is_in([*CHANGES, *WRITES]) & pl.col("industrial"))["c"].unique()
    return [ground.number[c] for c in done if c in ground.number]


def listed_level(ground: Ground, chosen: np.ndarray) -> float | None:  # type: ignore[type-arg]
    """The level that the inventory gives most of these members; of equally many the higher."""
    counts = Counter(
        node.level for node, kept in zip(ground.members, chosen, strict=True) if kept and node.level is not None
    )
    return max(counts, key=lambda level: (counts[level], level)) if counts else None
