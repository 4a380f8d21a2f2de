"""Purdue levels of segments, from what their members are and how far they are from the control devices.

1: control devices. 3: supervises them, or serves those that do. 3.5: between these and an outer network. 4: an outer
network, which opens connections inwards and has nothing to do with control devices itself.
"""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Mapping

import polars as pl

from scanner.learn.conduct import CHANGES, REMOTE, WRITES, Conduct
from scanner.learn.ground import Ground, Mask
from scanner.learn.seen import SeenTraffic

CONTROL, SUPERVISION, DMZ, OUTER = 1.0, 3.0, 3.5, 4.0
_PART, _SEVERAL = 0.25, 3  # of a network that asks controllers; controllers that it asks


def segment_levels(seen: SeenTraffic, ground: Ground, conduct: Conduct) -> dict[int, float]:
    """The level of each segment, by its number."""
    names = sorted({int(s) for s in ground.segment})
    control = {int(s) for s in ground.segment[ground.control]}
    opened = _opened(seen, ground, conduct)
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
        outside = away is not None and any(distance[n] > away for n in near[name])
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


def _opened(seen: SeenTraffic, ground: Ground, conduct: Conduct) -> set[tuple[int, int]]:
    """Pairs of segments (client, server) between which something was said and answered, strangers left out.

    Who reaches into a control segment counts when it does so all the time by an industrial protocol, and is either a
    good part of its network or asks several controllers: one office PC does not make the office a control room.
    """
    kept = pl.col("answered") & pl.col("carried") & ~pl.col("service").is_in(list(REMOTE))
    rows = seen.relations.filter(kept).group_by("c", "s").agg(pl.col("industrial").any()).sort("c", "s")
    control = {int(s) for s in ground.segment[ground.control]}
    reaching: defaultdict[tuple[int, int], tuple[set[int], set[int]]] = defaultdict(lambda: (set(), set()))
    found = set()
    for client, server, industrial in rows.iter_rows():
        if client not in ground.number or server not in ground.number:
            continue
        a, b = ground.number[client], ground.number[server]
        pair = int(ground.segment[a]), int(ground.segment[b])
        if pair[0] == pair[1] or ground.stranger[a] or ground.stranger[b]:
            continue
        if pair[1] not in control or pair[0] in control:
            found.add(pair)
        elif industrial and (client, server) in conduct.polls:
            clients, servers = reaching[pair]
            clients.add(a)
            servers.add(b)
    asked: defaultdict[int, set[int]] = defaultdict(set)
    asking: defaultdict[int, set[int]] = defaultdict(set)
    for (start, _), (clients, servers) in reaching.items():
        asking[start] |= clients
        asked[start] |= servers
    for start, end in reaching:
        size = int((ground.segment == start).sum())
        if (
            len(asking[start]) >= _PART * size
            or len(asked[start]) >= _SEVERAL
            or ground.supervisor[list(asking[start])].any()
        ):
            found.add((start, end))
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


def _commanders(seen: SeenTraffic, ground: Ground) -> list[int]:
    done = seen.operations.filter(pl.col("verb").is_in([*CHANGES, *WRITES]) & pl.col("industrial"))["c"].unique()
    return [ground.number[c] for c in done if c in ground.number]


def listed_level(ground: Ground, chosen: Mask) -> float | None:
    """The level that the inventory gives most of these members; of equally many the higher."""
    counts = Counter(
        node.level for node, kept in zip(ground.members, chosen, strict=True) if kept and node.level is not None
    )
    return max(counts, key=lambda level: (counts[level], level)) if counts else None
