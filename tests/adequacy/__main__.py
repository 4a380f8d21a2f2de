"""``python -m tests.adequacy``: every violation in every form; writes ``docs/adequacy.md``.

``python -m tests.adequacy NAME`` prints what becomes of the violations whose names hold NAME.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from tests.adequacy import page, proving
from tests.twins import ANY_LAYER, IP_ONLY

PAGE = Path(__file__).parents[2] / "docs" / "adequacy.md"


def _mutants(number: int) -> list[proving.Mutant]:
    violation = proving.violations()[number]
    return list(proving.mutants(violation, ANY_LAYER | IP_ONLY if violation.over_ip else ANY_LAYER))


def main(arguments: Sequence[str]) -> int:
    """All violations, or those that are named."""
    wanted = [n for n, v in enumerate(proving.violations()) if all(part in v.name for part in arguments)]
    found: list[proving.Mutant] = []
    with ProcessPoolExecutor() as pool:
        for mutants in pool.map(_mutants, wanted):
            found += mutants
            sys.stderr.write(f"\r{len(found):,} mutants")
    sys.stderr.write("\n")
    for mutant in found:
        if mutant.fooled:
            sys.stdout.write(f"{mutant.rule}: {mutant.verdict.value}: {mutant.violation}, {mutant.form}\n")
    if not arguments:
        PAGE.write_text(page.text(found), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
