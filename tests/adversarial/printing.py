"""Many cases on two cores, and what is wrong with them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import TypeVar

T = TypeVar("T")
PROCESSES = 2


def printed(asked: Callable[[T], list[str]], cases: Sequence[T]) -> int:
    """Print what is wrong with each, and how many are as expected; the exit status. asked: of one of them."""
    wrong = 0
    with ProcessPoolExecutor(PROCESSES, get_context("spawn")) as pool:  # polars does not survive a fork
        for lines in pool.map(asked, cases, chunksize=4):
            wrong += bool(lines)
            sys.stdout.writelines(f"{line}\n" for line in lines)
            sys.stdout.flush()
    sys.stdout.write(f"{len(cases) - wrong:,} of {len(cases):,} as expected\n")
    return 1 if wrong else 0
