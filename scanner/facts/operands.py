"""Operations of one kind that touch very many objects, as one row that names them all.

A client whose start address moves through a controller would otherwise have as many rows as there are addresses, in
every conversation. What changes something keeps a row for each object, since policies and rules say who may change
which, and so does what was refused, and what is called by a name and not by a number.
"""

from __future__ import annotations

import re
from collections.abc import Collection

import numpy as np
import numpy.typing as npt
import polars as pl

from scanner.facts.carried import DistinctOperations, dense, distinct, numbered
from scanner.protocols.base import Verb
from scanner.spans import either, spans

MOST_OBJECTS = 128  # of one kind between the same two that stand in rows of their own

_ALIKE = ("verb", "function", "code", "unit", "detail")
_NUMBERS = re.compile(r"\d+")
_NAMED = re.compile(r"\.[A-Za-z]{2,}\.?$|^/.*\.[A-Za-z]\w*(?:$|[?#])")  # hosts, and files, which end in what they are

Numbers = npt.NDArray[np.int64]


def folded(
    found: DistinctOperations, accepted: Numbers, refused: Numbers, apart: Collection[str]
) -> tuple[DistinctOperations, Numbers | None]:
    """The operations with those of more than ``MOST_OBJECTS`` objects as one, and which row each became; None: all are
    as they were. accepted, refused: how often each was. apart: objects that keep rows of their own.
    """
    said, text = found.said, found.text
    reads = said.select((pl.col("verb") == Verb.READ) & (pl.col("object") != "")).to_series().to_numpy()
    place = np.flatnonzero(reads[text] & (refused == 0))
    if len(place) <= MOST_OBJECTS:
        return found, None
    alike = numbered(said, _ALIKE)[text[place]] << 1 | (accepted[place] > 0)
    place, group = _crowded(place, dense(dense(found.between[place]) << 32 | alike))
    shape = _shapes(said["object"], text[place], apart)[text[place]]
    place, group = _crowded(place[shape >= 0], dense(group << 32 | shape)[shape >= 0])
    if not len(place):
        return found, None
    _, first, group = np.unique(group, return_index=True, return_inverse=True)
    first = place[first]
    into = np.arange(len(found))
    into[place] = first[group]
    named = said[text[first]].with_columns(_named(said, text[place], group))
    text = text.copy()
    text[first] = said.height + np.arange(len(first))
    kept = distinct(into)
    one = DistinctOperations(found.between[kept], text[kept], pl.concat([said, named]))
    return one, np.searchsorted(kept, into)


def _crowded(place: Numbers, group: Numbers) -> tuple[Numbers, Numbers]:
    """The rows of groups that have too many."""
    many = (np.bincount(group) > MOST_OBJECTS)[group]
    return place[many], group[many]


def _shapes(objects: pl.Series, text: Numbers, apart: Collection[str]) -> Numbers:
    """Of each object of these texts a number for its shape; -1 for none, and for those that stay apart."""
    found = np.full(len(objects), -1, np.int64)
    known: dict[str, int] = {}
    of = distinct(text)
    shapes = ["" if each in apart else _shape(each) for each in objects[of].to_list()]
    found[of] = [known.setdefault(shape, len(known)) if shape else -1 for shape in shapes]
    return found


def _named(said: pl.DataFrame, text: Numbers, group: Numbers) -> list[pl.Series]:
    """``object`` and ``filter`` of each group of texts; many groups are of the same ones."""
    pairs = distinct(group << 32 | text)
    ends = np.flatnonzero(np.diff(pairs >> 32)) + 1
    groups = np.split(pairs & 0xFFFFFFFF, ends)
    objects, filters = said["object"], said["filter"]
    known: dict[bytes, tuple[str, str]] = {}
    names = []
    for each in groups:
        key = each.tobytes()
        if key not in known:
            known[key] = spans(objects[each].to_list()), either(filters[each].to_list())
        names.append(known[key])
    return [pl.Series("object", [name for name, _ in names]), pl.Series("filter", [shown for _, shown in names])]


def _shape(text: str) -> str:
    """The text without its numbers; nothing where it has none, or is a name."""
    return "" if _NAMED.search(text) or not _NUMBERS.search(text) else _NUMBERS.sub("#", text)
