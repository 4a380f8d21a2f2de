"""For how long traffic was seen of anything that flows are of: a zone, a pair of zones, a device.

A flow says in which slots of its capture it had packets, a capture how much of each slot had traffic at all. Silence
between two slots counts as far as it belongs to a rhythm: silence about as long was seen at least three times. So one
frame an hour later adds nothing, and a device that is asked once a minute was observed all the time.
"""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import numpy.typing as npt
import polars as pl

RHYTHM = 3  # silences at least half as long, the one in question included, make a rhythm
LONGEST_SILENCE = 300.0  # seconds that count at most, whatever the rhythm
OVERLAP = 1.0  # seconds by which captures of one recording may overlap
_AT_ONCE = 4096  # groups whose slots are unpacked at one time

Numbers = npt.NDArray[np.int64]
Seconds = npt.NDArray[np.float64]


class Presence:
    """The slots of all flows, row by row as in the table."""

    def __init__(self, flows: pl.DataFrame, captures: pl.DataFrame) -> None:
        names = {name: number for number, name in enumerate(captures["capture"])}
        self._capture = flows["capture"].replace_strict(names, default=-1, return_dtype=pl.Int64).to_numpy()
        width = max([2, *flows["slots"].str.len_bytes().unique()])
        packed = bytes.fromhex("".join(flows["slots"].str.pad_end(width, "0")))
        self._slots = np.frombuffer(packed, np.uint8).reshape(flows.height, width // 2)
        times = flows.select(pl.col("first_time", "last_time").to_physical().fill_null(0))
        self._first, self._last = times["first_time"].to_numpy(), times["last_time"].to_numpy()
        self._length = captures["slot_seconds"].fill_null(0.0).to_numpy()
        self._activity = np.zeros((captures.height, 4 * width))
        for number, slots in enumerate(captures["slot_activity"]):
            self._activity[number, : len(slots)] = slots.to_numpy()[: 4 * width] / 1e6
        self._together = _overlapping(captures)

    def seconds(self, rows: Numbers, groups: Numbers, height: int) -> Seconds:
        """How long each group below ``height`` was seen; ``rows`` are flows, each in the group beside it.

        What captures that overlap in time saw counts once: that of the one that saw most.
        """
        known = self._capture[rows] >= 0
        rows, groups = rows[known], groups[known]
        if not len(rows):
            return np.zeros(height)
        captures = self._capture[rows]
        order = np.lexsort((captures, groups))
        rows, groups, captures = rows[order], groups[order], captures[order]
        starts = np.flatnonzero(np.diff(groups, prepend=-1) | np.diff(captures, prepend=-1))
        slots = np.bitwise_or.reduceat(self._slots[rows], starts)
        first, last = np.minimum.reduceat(self._first[rows], starts), np.maximum.reduceat(self._last[rows], starts)
        seen = np.empty(len(starts))
        for at in range(0, len(starts), _AT_ONCE):
            part = slice(at, at + _AT_ONCE)
            seen[part] = self._counted(slots[part], (last[part] - first[part]) / 1e9, captures[starts[part]])
        key = groups[starts] * (self._together.max() + 1) + self._together[captures[starts]]
        places, which = np.unique(key, return_inverse=True)
        most = np.zeros(len(places))
        np.maximum.at(most, which, seen)
        found: Seconds = np.bincount(places // (self._together.max() + 1), most, height)[:height].astype(float)
        return found

    def _counted(self, packed: npt.NDArray[np.uint8], spans: Seconds, captures: Numbers) -> Seconds:
        """Seconds of the slots that have packets, and of silences that belong to a rhythm; a row for each group.

        spans: from the first packet to the last. What comes before and after counts as far as it is no longer silence
        than the others.
        """
        occupied = np.unpackbits(packed, axis=1, bitorder="little").astype(bool)
        slots = np.arange(occupied.shape[1])
        before = np.maximum.accumulate(np.where(occupied, slots, -1), axis=1)
        after = np.minimum.accumulate(np.where(occupied, slots, len(slots))[:, ::-1], axis=1)[:, ::-1]
        silence = after - before - 1
        between = (before >= 0) & (after < len(slots))
        ends = np.zeros_like(silence)
        ends[:, :-1] = np.where(occupied[:, 1:] & between[:, :-1], silence[:, :-1], 0)
        usual = 2 * np.partition(ends, -RHYTHM, axis=1)[:, -RHYTHM]
        usual = np.maximum(usual, np.sum(occupied, axis=1) > RHYTHM)  # what is shorter than a slot
        length = self._length[captures]
        longest = np.minimum(usual * length, LONGEST_SILENCE)
        counts = occupied | (between & (silence * length[:, None] <= longest[:, None]))
        found: Seconds = np.minimum(np.sum(counts * self._activity[captures], axis=1), spans + longest)
        edges = [
            np.sum((where & ~occupied) * self._activity[captures], axis=1)
            for where in (before < 0, after == len(slots))
        ]
        for edge in edges:
            found += np.where(edge <= longest, edge, 0)
        return found


def _overlapping(captures: pl.DataFrame) -> Numbers:
    """A number for each capture, the same for those that overlap in time."""
    times = captures.select(pl.col("first_time", "last_time").to_physical().fill_null(0))
    first, last = times["first_time"].to_numpy(), times["last_time"].to_numpy()
    found = np.zeros(max(1, captures.height), np.int64)
    reached, number = -(1 << 62), 0
    for capture in np.argsort(first, kind="stable"):
        if first[capture] + OVERLAP * 1e9 > reached and found.size:
            number += reached > -(1 << 62)
        found[capture] = number
        reached = max(reached, last[capture])
    return found


def recordings(captures: pl.DataFrame) -> dict[str, int]:
    """Capture id -> a number, the same for captures of one place: files of one name but for digits that follow each
    other in time.
    """
    ends: dict[str, list[tuple[int, int]]] = defaultdict(list)
    found: dict[str, int] = {}
    rows = captures.select("capture", "source", pl.col("first_time", "last_time").to_physical().fill_null(0))
    for capture, source, first, last in rows.sort("first_time", "source").iter_rows():
        name = "".join(c for c in source if not c.isdigit())
        places = ends[name]
        for at, (end, number) in enumerate(places):
            if first + OVERLAP * 1e9 > end:
                places[at] = (last, number)
                found[capture] = number
                break
        else:
            found[capture] = len(set(found.values()))
            places.append((last, found[capture]))
    return found
