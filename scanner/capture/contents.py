"""Which distinct messages say the same, whoever sent them to whom: those of one case and side whose key is equal."""

from __future__ import annotations

from typing import Any

import numpy as np

from scanner.capture.kernel.messages.equal_rows import first_equal

Numbers = Any  # an array of numpy
_IN_ROW = 16  # bytes of a key that are in the row itself


def contents(found: Any, from_client: Numbers, keys: Numbers) -> Numbers:
    """For each row of the kernel's messages the first one that says the same.

    Also equal are how long they are, how much of them is kept, and whether they set a counter back. One that stands for
    many (it found no room) has no key and is alone.
    """
    words = np.empty((len(found), 7), np.uint64)
    words[:, 0] = found["identity"] & 0xFFFFFFFE | from_client  # the case, and the side of what has become one
    for column, name in enumerate(("length", "kept_size", "set_back", "key0", "key1"), 1):
        words[:, column] = found[name]
    words[:, 6] = np.where(found["overflow"] > 0, np.arange(1, len(found) + 1), 0)
    size = found["key_size"].astype(np.int64)
    begins = 8 * found["key_at"].astype(np.int64)
    longer = size > _IN_ROW
    words[:, 6] ^= np.where(longer, 0, size).astype(np.uint64) << np.uint64(32)
    return first_equal(words, keys.view(np.uint8), begins, begins + np.where(longer, size, 0))
