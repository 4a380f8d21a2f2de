"""Which framings a message can be of, by its first byte."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scanner.framing.layout import HEADER_BLOCK
from scanner.framing.plan import FramingPlan


@lru_cache(maxsize=2)  # each file of a folder is looked at with the same plan
def first_bytes(plan: FramingPlan) -> NDArray[np.bool_]:
    """For each framing and each value whether messages of the framing may begin with it."""
    return np.array([_may_begin_with(plan, framing) for framing in plan.framings], np.bool_).reshape(-1, 256)


def _may_begin_with(plan: FramingPlan, framing: Any) -> NDArray[np.bool_]:
    tests, masks, *_ = plan.tables_that_grow
    may = np.ones(256, np.bool_)
    if framing["kind"] == HEADER_BLOCK:
        firsts = plan.tokens["first"][framing["first_token"] : framing["last_token"]]
        may[:] = False
        may[plan.token_bytes[firsts]] = True
    for test in tests[framing["first_test"] : framing["last_test"]]:
        if test["at"] == 0 and (mask := test["mask"]) >= 0:
            may &= masks[mask : mask + 256] != 0
    return may


def by_first_byte(plan: FramingPlan, orders: list[tuple[int, ...]]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """The framings of each order that a message beginning with 0 may be of, then those with 1, and so on; and where
    each of these begins, 256 for each order; behind them those that nothing may be of.
    """
    found = [np.zeros(0, np.int32)]
    counts = [np.zeros(1, np.int64)]
    for order in orders:
        framings = np.array(order, np.int32)
        may = first_bytes(plan)[framings]
        found.append(framings[np.nonzero(may.T)[1]])
        counts.append(may.sum(axis=0))
    spans = np.cumsum(np.concatenate(counts))
    together = np.concatenate(found)
    return together if together.size else np.zeros(1, np.int32), np.append(spans, spans[-1]).astype(np.int32)
