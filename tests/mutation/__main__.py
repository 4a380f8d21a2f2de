"""``python -m tests.mutation NUMBER SEED``: are changes of the engine noticed? Writes ``docs/mutation.md``.

``python -m tests.mutation NUMBER SEED PART`` tries only the modules whose path holds PART and writes no page. Ctrl-C
ends it early: mutants come in the order of the draw, so what was tried until then is a sample, too. What was tried is
kept in ``build/mutation`` and not tried again: a sample that went on after tests were written for it would be none.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.mutation import mutants, page, tree
from tests.mutation.ladder import TESTS
from tests.mutation.mutants import Mutant
from tests.mutation.trying import Bench

ROOT = Path(__file__).parents[2]
KEPT = ROOT / "build" / "mutation"
PAGE = ROOT / "docs" / "mutation.md"
_CONTROLS = 20  # every so many mutants, one is tried without its change


def main(arguments: Sequence[str]) -> int:
    """Draws, tries and tells."""
    number, seed, part = int(arguments[0]), int(arguments[1]), "".join(arguments[2:3])
    with tempfile.TemporaryDirectory(prefix="mutation-") as folder:
        copied = tree.copy(ROOT, Path(folder), TESTS)
        chosen = mutants.drawn(copied, number, seed, part)
        bench = Bench(copied, KEPT)
        tried: list[page.Tried] = []
        with contextlib.suppress(KeyboardInterrupt):
            for one in _try(bench, chosen, KEPT / f"{seed}{part.replace('/', '.')}.json"):
                tried.append(one)  # noqa: PERF402 (what was tried is kept when it ends early)
    sys.stdout.write(f"{page.share(tried)} killed\n")
    if not part:
        PAGE.write_text(page.text(tried, seed), encoding="utf-8")
    return 0


def _try(bench: Bench, chosen: Sequence[Mutant], kept: Path) -> Iterator[page.Tried]:
    equivalent = page.equivalents()
    known: dict[str, str] = json.loads(kept.read_text(encoding="utf-8")) if kept.exists() else {}
    for number, mutant in enumerate(chosen):
        if mutant.key in equivalent:
            yield page.Tried(mutant, "", equivalent=True)
            continue
        name = "\n".join(mutant.key)
        if name not in known:
            if number % _CONTROLS == 0:
                _control(bench, mutant)
            known[name] = bench.killer(mutant)
            kept.write_text(json.dumps(known, indent=1), encoding="utf-8")
        if not known[name]:
            sys.stdout.write(f"{mutant.path}:{mutant.line}\n-   {mutant.was}\n+   {mutant.becomes}\n")
            sys.stdout.flush()
        sys.stderr.write(f"\r{number + 1:,} of {len(chosen):,} mutants")
        yield page.Tried(mutant, known[name], equivalent=False)
    sys.stderr.write("\n")


def _control(bench: Bench, mutant: Mutant) -> None:
    code = (bench.tree / mutant.path).read_text(encoding="utf-8")
    killer = bench.killer(dataclasses.replace(mutant, code=code))
    if killer:
        raise SystemExit(f"{killer} fails without any change of {mutant.path}; kills would mean nothing")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
