"""How often, when and in which frames something was seen that several messages say."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from scanner.capture.result import FIRST_FRAMES, Messages
from scanner.facts.carried import distinct

Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Together:
    """Messages taken together. first_frame: that of the earliest, 0 for none; frames: the first of all."""

    count: int
    first_time: int
    last_time: int
    first_frame: int
    frames: list[int]


def together(messages: Messages, message: Numbers, group: Numbers, height: int) -> list[Together]:
    """Each group below ``height``; a ``message`` (index) is in the ``group`` beside it, and none is empty."""
    times = messages.rows["first_time"][message]
    order = np.lexsort((times, group))
    begins = np.searchsorted(group[order], np.arange(height))
    earliest = order[begins]
    columns = (
        np.add.reduceat(messages.rows["count"][message[order]], begins) if height else begins,
        times[earliest],
        np.maximum.reduceat(messages.rows["last_time"][message[order]], begins) if height else begins,
        messages.rows["frames"][message[earliest], 0],
    )
    frames = first_frames(messages, message, group, height).to_list()
    return [Together(*row) for row in zip(*(column.tolist() for column in columns), frames, strict=True)]


def first_frames(messages: Messages, message: Numbers, group: Numbers, height: int) -> pl.Series:
    """The first frame numbers of each group below ``height``; a ``message`` (index) is in the ``group`` beside it."""
    begins = messages.rows["frames"][message, 0]
    of, frame = _earliest(group, begins)
    last = np.zeros(height, np.int64)
    np.maximum.at(last, of, frame)
    early = begins <= last[group]  # no others' frames are among the first
    group, message = group[early], message[early]
    counts = np.minimum(messages.rows["count"][message], FIRST_FRAMES)
    of, frame = _earliest(
        np.repeat(group, counts), messages.rows["frames"][message][np.arange(FIRST_FRAMES) < counts[:, None]]
    )
    places = np.zeros((height, FIRST_FRAMES), np.int64)
    places[of, np.arange(len(of)) - np.searchsorted(of, of)] = frame
    found = pl.DataFrame({"frames": places, "size": np.bincount(of, minlength=height)})
    return found.select(pl.col("frames").arr.to_list().list.head("size")).to_series()


def _earliest(group: Numbers, frame: Numbers) -> tuple[Numbers, Numbers]:
    """The first different frames of each group, in order: group and frame."""
    seen = distinct(group << 32 | frame)  # frames have 32 bits
    of = seen >> 32
    first = np.arange(len(seen)) - np.searchsorted(of, of) < FIRST_FRAMES
    return of[first], seen[first] & 0xFFFFFFFF
