"""Which distinct messages say the same, whoever sent them to whom: those of one case and side whose key is equal."""

from __future__ import annotations

from typing import Any

import numpy as np

Numbers = Any  # an array of numpy
_IN_ROW = 16  # bytes of a key that are in the row itself
_AT_ONCE = 8192  # rows that are Python objects at one time
_ODD = np.uint64(0x9E3779B97F4A7C15)


def contents(found: Any, from_client: Numbers, keys: Numbers) -> Numbers:
    """For each row of the kernel's messages the first one that says the same.

    Also equal are how long they are, how much of them is kept, and whether they set a counter back. One that stands for
    many (it found no room) has no key and is alone.
    """
    alone = np.where(found["overflow"] > 0, np.arange(1, len(found) + 1), 0)
    columns = [
        found["identity"] >> 1 & 0x7FFFFFFF,
        from_client,
        *(found[name] for name in ("length", "kept_size", "set_back", "key_size", "key0", "key1")),
        _longer(found, keys),
        alone,
    ]
    words = [column.astype(np.uint64) for column in columns]
    digest = np.zeros(len(found), np.uint64)
    for word in words:
        digest = (digest ^ word) * _ODD
        digest ^= digest >> np.uint64(29)
    _, first, group = np.unique(digest, return_index=True, return_inverse=True)
    place = first[group]
    for word in words:  # what only has the same digest is not the same
        place = np.where(word[place] == word, place, np.arange(len(found)))
    return place


def _longer(found: Any, keys: Numbers) -> Numbers:
    """A number for each key that is not wholly in its row, 0 for every other."""
    numbers = np.zeros(len(found), np.uint64)
    known: dict[bytes, int] = {}
    longer = np.flatnonzero(found["key_size"] > _IN_ROW)
    for start in range(0, len(longer), _AT_ONCE):
        part = longer[start : start + _AT_ONCE]
        spans = zip(found["key_at"][part].tolist(), found["key_size"][part].tolist(), strict=True)
        numbers[part] = [
            known.setdefault(keys[at : at + (size + 7) // 8].tobytes()[:size], len(known) + 1) for at, size in spans
        ]
    return numbers
