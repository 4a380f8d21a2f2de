"""``docs/adequacy.md``: what part of the violations each rule and each requirement sees."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from tests.adequacy.proving import Mutant, violations
from tests.conformance.changes import rules

LOSSY = ("5 % of frames lost", "cut after 96 bytes", "cut after 60 bytes", "answers only", "in ESP")
EXPLAINED = Path(__file__).parent / "explained.yaml"
NOT_EXPLAINED = "Not explained:"
_INTRODUCTION = """\
# Adequacy: what part of the violations is seen

A plant in which everything is as it should be (`tests/adequacy/plant/`) is violated in {violations} ways
(`tests/adequacy/violations.yaml`), each of them as its author wrote it and in forms of `tests/twins.py` that nobody
chose: in VLANs and tunnels, in IPv6, on other ports, in pieces, behind decoys, in one direction, cut short, encrypted,
with frames lost. What is no violation (`tests/adequacy/innocents.yaml`) is held beside it by `tests/test_adequacy.py`.
A *mutant* is one violation in one form before one rule that must see it. `make adequacy` writes this page.

- **caught**: the rule objects to more than it objects to in the plant as it is: it fails, or wants it confirmed;
- **doubted**: the rule says that the evidence does not suffice, or objects to what it objects to anyway and no more;
- **missed**: the rule passes, or says that there is nothing. Every such mutant is listed below with its reason
  (`tests/adequacy/explained.yaml`).

Forms that lose evidence ({lossy}) cannot always be caught; there it counts that nothing is missed.

| | mutants | caught | doubted | missed |
|---|---:|---:|---:|---:|
"""


_HELD_OTHERWISE = (
    "\n\nThey are held by their own examples, and rules on configurations by the files of `fixtures/configs/`."
)


def text(mutants: Sequence[Mutant]) -> str:
    """The whole page."""
    whole = [m for m in mutants if m.form not in LOSSY]
    lost = [m for m in mutants if m.form in LOSSY]
    requirements = {rule.id: [f"{m.framework} {m.requirement}" for m in rule.mappings] for rule in rules()}
    without = sorted(requirements.keys() - {m.rule for m in mutants})
    parts = [
        _INTRODUCTION.format(violations=len(violations()), lossy=", ".join(LOSSY)),
        _row("all of the evidence there", whole),
        _row("evidence lost", lost),
        "\n## By form\n\n| form | mutants | caught | doubted | missed |\n|---|---:|---:|---:|---:|\n",
        *_table(mutants, lambda m: [m.form]),
        "\n## By rule\n\nForms that lose evidence are left out.\n\n",
        "| rule | mutants | caught | doubted | missed |\n|---|---:|---:|---:|---:|\n",
        *_table(whole, lambda m: [m.rule]),
        "\n## By requirement\n\nForms that lose evidence are left out. A requirement has the mutants of its rules.\n\n",
        "| requirement | mutants | caught | doubted | missed |\n|---|---:|---:|---:|---:|\n",
        *_table(whole, lambda m: requirements[m.rule]),
        "\n## Missed\n\n",
        *(_missed(mutants) if any(m.missed for m in mutants) else ["None.\n\n"]),
        "## Rules without a violation here\n\n",
        ", ".join(f"`{rule}`" for rule in without) + (_HELD_OTHERWISE if without else "None."),
        "\n",
    ]
    return "".join(parts)


def _row(name: str, mutants: Sequence[Mutant]) -> str:
    caught, missed = sum(m.caught for m in mutants), sum(m.missed for m in mutants)
    return f"| {name} | {len(mutants):,} | {caught:,} | {len(mutants) - caught - missed:,} | {missed:,} |\n"


def _table(mutants: Iterable[Mutant], keys: Callable[[Mutant], Iterable[str]]) -> Iterator[str]:
    groups: defaultdict[str, list[Mutant]] = defaultdict(list)
    for mutant in mutants:
        for key in keys(mutant):
            groups[key].append(mutant)
    yield from (_row(key, groups[key]) for key in sorted(groups))


def _missed(mutants: Iterable[Mutant]) -> Iterator[str]:
    """Those that are missed, below the reason why nobody can see them."""
    groups: defaultdict[str, list[Mutant]] = defaultdict(list)
    for mutant in mutants:
        if mutant.missed:
            groups[reason(mutant)].append(mutant)
    for why in sorted(groups):
        yield f"{why or NOT_EXPLAINED}\n\n"
        yield from (f"- `{m.rule}`: {m.violation}, {m.form}\n" for m in groups[why])
        yield "\n"


def reason(mutant: Mutant) -> str:
    """Why nobody can see the mutant; empty when nothing says so."""
    asked = {"rules": mutant.rule, "violations": mutant.violation, "forms": mutant.form}
    for entry in explained():
        if all(any(fnmatchcase(value, p) for p in entry.get(key, "*")) for key, value in asked.items()):
            return str(entry["why"])
    return ""


@cache
def explained() -> tuple[Mapping[str, Any], ...]:
    """All of ``explained.yaml``."""
    return tuple(yaml.safe_load(EXPLAINED.read_text(encoding="utf-8")))
