"""``python -m tests.adequacy``: every violation in every form; writes ``docs/adequacy.md``.

``python -m tests.adequacy [NAME...] [--form FORM...]`` prints what becomes of the violations and forms whose names hold
all of the words of NAME and any FORM, and writes nothing. The exit status is 1 when any is missed and not explained.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from tests.adequacy import page, proving

PAGE = Path(__file__).parents[2] / "docs" / "adequacy.md"
PROCESSES = 2


def main(arguments: Sequence[str]) -> int:
    """All violations in all forms, or those that are named."""
    parser = argparse.ArgumentParser(prog="python -m tests.adequacy")
    parser.add_argument("name", nargs="*", help="a part of the violation's name")
    parser.add_argument("--form", nargs="+", default=[], help="a part of the form's name")
    asked = parser.parse_args(arguments)
    forms = [name for name in proving.FORMS if not asked.form or any(part in name for part in asked.form)]
    wanted = [v for v in proving.violations() if all(part in v.name for part in asked.name)]
    found: list[proving.Mutant] = []
    with ProcessPoolExecutor(PROCESSES, get_context("spawn")) as pool:  # polars does not survive a fork
        for mutants in pool.map(partial(proving.mutants, forms=forms), wanted):
            found += mutants
            sys.stdout.writelines(
                f"{m.rule}: {m.verdict.value}: {m.violation}, {m.form}\n"
                for m in mutants
                if asked.name or (m.missed and not page.reason(m))
            )
            sys.stdout.flush()
            sys.stderr.write(f"\r{len(found):,} mutants")
    sys.stderr.write("\n")
    if not asked.name and not asked.form:
        PAGE.write_text(page.text(found), encoding="utf-8")
    return 1 if any(m.missed and not page.reason(m) for m in found) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
