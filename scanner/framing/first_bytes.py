"""Which framings a message can be of, by its first byte."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from scanner.framing.layout import HEADER_BLOCK
from scanner.framing.plan import FramingPlan


def first_bytes(plan: FramingPlan, framing: int) -> NDArray[np.bool_]:
    """For each value whether messages of the framing may begin with it."""
    row, (tests, masks, *_) = plan.framings[framing], plan.tables_that_grow
    may = np.ones(256, np.bool_)
    if row.kind == HEADER_BLOCK:
        may[:] = False
        may[plan.token_bytes[plan.tokens["first"][row.first_token : row.last_token]]] = True
    for test in tests[row.first_test : row.last_test]:
        if test["at"] == 0 and test["mask"] >= 0:
            may &= masks[test["mask"] : test["mask"] + 256] != 0
    return may


def by_first_byte(plan: FramingPlan, orders: list[tuple[int, ...]]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """The framings of each order that a message beginning with 0 may be of, then those with 1, and so on; and where
    each of these begins, 256 for each order; behind them those that nothing may be of.
    """
    found: list[int] = []
    spans = [0]
    for order in orders:
        may = np.array([first_bytes(plan, framing) for framing in order], np.bool_).reshape(-1, 256)
        for byte in range(256):
            found += np.array(order, np.int32)[may[:, byte]].tolist()
            spans.append(len(found))
    spans.append(len(found))
    return np.array(found or [0], np.int32), np.array(spans, np.int32)
