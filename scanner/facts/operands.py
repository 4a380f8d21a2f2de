"""Operations of one kind that touch very many objects, as one row that names them all.

A client whose start address moves through a controller would otherwise have as many rows as there are addresses, in
every conversation. What changes something keeps a row for each object, since policies and rules say who may change
which, and so does what was refused, and what is called by a name and not by a number.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import cache

import numpy as np
import numpy.typing as npt
import polars as pl

from scanner.facts.carried import dense, distinct, numbered
from scanner.protocols.base import Verb
from scanner.spans import either, spans

MOST_OBJECTS = 128  # of one kind between the same two that stand in rows of their own

_ALIKE = ("path", "seen_as", "verb", "function", "code", "unit", "detail")
_NUMBERS = re.compile(r"\d+")
_NAMED = re.compile(r"\.[A-Za-z]{2,}\.?$|^/.*\.[A-Za-z]\w*(?:$|[?#])")  # hosts, and files, which end in what they are

Numbers = npt.NDArray[np.int64]


def folded(found: pl.DataFrame, apart: Collection[str]) -> tuple[pl.DataFrame, Numbers | None]:
    """The operations with those of more than ``MOST_OBJECTS`` objects as one, and which row each became; None: all are
    as they were. apart: objects that keep rows of their own. What is summed up has to be summed up again.
    """
    moves = found.select(
        (pl.col("verb") == Verb.READ) & (pl.col("object") != "") & (pl.col("refused") == 0)
    ).to_series()
    place = moves.arg_true().to_numpy().astype(np.int64)
    if len(place) <= MOST_OBJECTS:
        return found, None
    rows = found[place]
    group = dense(numbered(rows, _ALIKE) << 1 | (rows["accepted"] > 0).to_numpy())
    place, rows, group = _crowded(place, rows, group)
    shapes = {text: _shape(text) for text in rows["object"].unique().to_list()}
    shape = rows["object"].replace_strict(shapes, return_dtype=pl.String).to_frame()
    group = dense(group << 32 | numbered(shape, shape.columns))
    moving = ((shape["object"] != "") & ~rows["object"].is_in(list(apart))).to_numpy()
    place, rows, group = _crowded(place[moving], rows.filter(moving), group[moving])
    if not len(place):
        return found, None
    _, first, group = np.unique(group, return_index=True, return_inverse=True)
    first = place[first]
    into = np.arange(found.height)
    into[place] = first[group]
    told = rows.select("object", "filter", group=pl.Series(group)).group_by("group").agg("object", "filter")
    told = told.sort("group")
    named = cache(spans)  # many clients touch the same ones
    one = found.with_columns(
        found["object"].clone().scatter(first, [named(tuple(each)) for each in told["object"].to_list()]),
        found["filter"].clone().scatter(first, [either(each) for each in told["filter"].to_list()]),
    )
    kept = distinct(into)
    return one[kept], np.searchsorted(kept, into)


def _crowded(place: Numbers, rows: pl.DataFrame, group: Numbers) -> tuple[Numbers, pl.DataFrame, Numbers]:
    """The rows of groups that have too many."""
    many = (np.bincount(group) > MOST_OBJECTS)[group]
    return place[many], rows.filter(many), group[many]


def _shape(text: str) -> str:
    """The text without its numbers; nothing where it has none, or is a name."""
    return "" if _NAMED.search(text) or not _NUMBERS.search(text) else _NUMBERS.sub("#", text)
