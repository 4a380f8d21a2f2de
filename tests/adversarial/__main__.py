"""``python -m tests.adversarial [WORD...]``: every case, or those whose topic and name hold all of the words.

What rules answer that was not expected of them is printed; the exit status is 1 when anything was.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from tests.adversarial.topics import answered, every_case

PROCESSES = 2


def main(words: Sequence[str]) -> int:
    """All cases that are asked for."""
    named = [f"{topic}: {case.name}" for topic, case in every_case()]
    wanted = [number for number, name in enumerate(named) if all(word in name for word in words)]
    wrong = 0
    with ProcessPoolExecutor(PROCESSES, get_context("spawn")) as pool:  # polars does not survive a fork
        for number, found in zip(wanted, pool.map(answered, wanted, chunksize=8), strict=True):
            wrong += bool(found)
            sys.stdout.writelines(f"{named[number]}: {line}\n" for line in found)
            sys.stdout.flush()
    sys.stdout.write(f"{len(wanted) - wrong:,} of {len(wanted):,} as expected\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
