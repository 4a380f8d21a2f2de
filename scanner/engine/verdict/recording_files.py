"""In which file of a recording a frame is, and which number it has there: what a reader can open and check."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl


@dataclass(frozen=True)
class Files:
    """sources: recording -> name of its first file. parts: of those with several files, each with the number of its
    frames' predecessors.
    """

    sources: Mapping[str, str]
    parts: Mapping[str, tuple[Sequence[int], Sequence[str]]]

    @classmethod
    def of(cls, captures: pl.DataFrame, files: pl.DataFrame) -> Files:
        """The files of all recordings."""
        parts: dict[str, tuple[list[int], list[str]]] = {}
        several = files.filter(pl.col("capture").count().over("capture") > 1, pl.col("packets") > 0)
        rows = several.sort("capture", "frames_before", "source")
        for capture, before, source in rows.select("capture", "frames_before", "source").iter_rows():
            counts, names = parts.setdefault(capture, ([], []))
            if not counts or before > counts[-1]:  # one that was given twice has two names
                counts.append(before)
                names.append(source)
        return cls(dict(captures.select("capture", "source").sort("source").iter_rows()), parts)

    def several(self, capture: str) -> bool:
        """The recording has more than one file."""
        return capture in self.parts

    def at(self, capture: str, frames: Sequence[int]) -> tuple[str, tuple[int, ...]]:
        """The file that holds the first of these frames, and which numbers those of them that are in it have there."""
        source = self.sources.get(capture, capture)
        known = list(filter(None, frames))
        if capture not in self.parts or not known:
            return source, tuple(frames)
        counts, names = self.parts[capture]
        place = bisect_left(counts, known[0]) - 1
        low, high = counts[place], counts[place + 1] if place + 1 < len(counts) else 1 << 62
        return names[place], tuple(frame - low for frame in frames if low < frame <= high)

    def one(self, capture: str, frame: int) -> tuple[str, int]:
        """The file of a frame, and its number there; 0 stays 0."""
        source, frames = self.at(capture, [frame])
        return source, next(iter(frames), 0)
