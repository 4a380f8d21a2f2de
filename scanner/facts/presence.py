"""For how long traffic was seen of anything that flows are of: a zone, a pair of zones, a device.

A flow says in which slots of its capture it had packets, a capture how much of each slot had traffic at all. Silence
between two slots counts as far as it belongs to a rhythm: silence about as long was seen at least three times. So one
frame an hour later adds nothing, and a device that is asked once a minute was observed all the time.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from scanner.succession import CaptureSpan, in_turn, lanes, place_of

RHYTHM = 3  # silences at least half as long, the one in question included, make a rhythm
LONGEST_SILENCE = 300.0  # seconds that count at most, whatever the rhythm
_AT_ONCE = 4096  # groups whose slots are unpacked at one time
_CELLS = 1 << 20  # groups times captures that are weighed at one time

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
        self._turns = in_turn(_spans(captures))

    def seconds(self, rows: Numbers, groups: Numbers, height: int) -> Seconds:
        """How long each group below ``height`` was seen; ``rows`` are flows, each in the group beside it.

        What captures that overlap in time saw counts once.
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
        return self._together(groups[starts], captures[starts], seen, height)

    def _together(self, groups: Numbers, captures: Numbers, seen: Seconds, height: int) -> Seconds:
        """What captures that follow one another saw is added up; of those that saw the same time, the choice counts
        that saw most.
        """
        order, before = self._turns
        if len(order) < 2:
            return np.bincount(groups, seen, height)[:height].astype(float)
        found = np.zeros(height)
        by_group = np.argsort(groups, kind="stable")
        groups, captures, seen = groups[by_group], captures[by_group], seen[by_group]
        step = max(1, _CELLS // (len(order) + 1))
        for low in range(0, height, step):
            part = slice(*np.searchsorted(groups, (low, low + step)))
            here = np.zeros((len(order), min(step, height - low)))
            here[captures[part], groups[part] - low] = seen[part]
            best = np.zeros((len(order) + 1, here.shape[1]))
            for place, capture in enumerate(order):
                best[place + 1] = np.maximum(best[place], here[capture] + best[before[place]])
            found[low : low + step] = best[-1]
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


def recordings(captures: pl.DataFrame) -> dict[str, int]:
    """Capture id -> a number, the same for captures of one place that follow one another."""
    return lanes(_spans(captures))


def _spans(captures: pl.DataFrame) -> list[CaptureSpan]:
    rows = captures.select("capture", pl.col("first_time", "last_time").to_physical(), "source")
    return [CaptureSpan(capture, first, last, place_of(source)) for capture, first, last, source in rows.iter_rows()]
