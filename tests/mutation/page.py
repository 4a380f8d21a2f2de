"""``docs/mutation.md``: what part of the mutants the tests notice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from pathlib import Path

import yaml

from tests.mutation.mutants import Mutant

_EQUIVALENT = Path(__file__).parent / "equivalent.yaml"
_Z = 1.96  # of the normal distribution, for 95 %
_INTRODUCTION = """\
# Mutation testing: are changes of the engine noticed?

The lines of the engine, and of all that verdicts depend on, are drawn at random, and on each line one change of its
code: another comparison, a condition turned around, an argument left out, another constant, no result. A *mutant* is
killed when a test of its module fails: tests named like the module, then those that import it, those that import what
imports it and so on, a minute of them in all, and at last whole scans: snapshots, plants, twins and every twelfth
adversarial case.
`make mutation N={number} SEED={seed}` wrote this page; another seed draws other mutants. Sentences are not changed, nor
is `attack_techniques.py`, a table of names. Changes that no input can tell from the original are listed with their
reasons in `tests/mutation/equivalent.yaml` and not counted.

**{share} killed** (95 % confidence, Wilson).

| module | mutants | killed |
|---|---:|---:|
"""


@dataclass(frozen=True)
class Tried:
    """A mutant, and the tests that noticed it; empty, if none did."""

    mutant: Mutant
    killer: str
    equivalent: bool


def equivalents() -> dict[tuple[str, str, str], str]:
    """Changes that change nothing, by module, line before and after: the reason."""
    listed = yaml.safe_load(_EQUIVALENT.read_text(encoding="utf-8")) or []
    return {(e["module"], e["was"], e["becomes"]): e["because"] for e in listed}


def interval(killed: int, of: int) -> tuple[float, float]:
    """Wilson's score interval of a share."""
    if not of:
        return 0.0, 1.0
    share, square = killed / of, _Z * _Z
    middle = (share + square / (2 * of)) / (1 + square / of)
    half = _Z / (1 + square / of) * sqrt(share * (1 - share) / of + square / (4 * of * of))
    return middle - half, middle + half


def share(tried: Sequence[Tried]) -> str:
    """Killed of all that are no equivalents: ``93.1 % (89.7 to 95.4 %) of 300 mutants``."""
    counted = [t for t in tried if not t.equivalent]
    killed = sum(bool(t.killer) for t in counted)
    low, high = interval(killed, len(counted))
    return f"{killed / max(len(counted), 1):.1%} ({low:.1%} to {high:.1%}) of {len(counted):,} mutants".replace(
        "%", " %"
    )


def text(tried: Sequence[Tried], seed: int) -> str:
    """The whole page."""
    modules: defaultdict[str, list[Tried]] = defaultdict(list)
    for each in tried:
        if not each.equivalent:
            modules[each.mutant.path].append(each)
    rows = [f"| `{path}` | {len(m):,} | {sum(bool(t.killer) for t in m):,} |\n" for path, m in sorted(modules.items())]
    alive = [t.mutant for m in modules.values() for t in m if not t.killer]
    return "".join(
        [
            _INTRODUCTION.format(number=len(tried), seed=seed, share=share(tried)),
            *rows,
            "\n## Alive\n",
            *(f"\n`{m.path}`\n\n```diff\n- {m.was}\n+ {m.becomes}\n```\n" for m in alive),
            "" if alive else "\nNone.\n",
        ]
    )
