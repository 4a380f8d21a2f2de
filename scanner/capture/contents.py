"""Which distinct messages are equal, or say the same, whoever sent them to whom: by their keys."""

from __future__ import annotations

from typing import Any

import numpy as np

from scanner.capture.kernel.messages.equal_rows import first_equal

Numbers = Any  # an array of numpy


def contents(found: Any, from_client: Numbers, keys: Numbers) -> Numbers:
    """For each row of the kernel's messages the first one that says the same: of one case and side, with one key.

    Also equal are how long they are, how much of them is kept, and whether they set a counter back. One that stands for
    many (it found no room) has no key and is alone.
    """
    case = found["identity"] & 0xFFFFFFFE  # and the side of what has become one conversation beside it
    alone = np.where(found["overflow"] > 0, np.arange(1, len(found) + 1), 0)
    return equal(found, keys, case, from_client, found["length"], found["kept_size"], found["set_back"], alone)


def equal(found: Any, keys: Numbers, *columns: Numbers) -> Numbers:
    """For each row of the kernel's messages the first one with the same key and the same values in these columns."""
    words = np.empty((len(found), len(columns)), np.uint64)
    for place, column in enumerate(columns):
        words[:, place] = column
    begins = 8 * found["key_at"].astype(np.int64)
    return first_equal(words, keys.view(np.uint8), begins, begins + found["key_size"])
