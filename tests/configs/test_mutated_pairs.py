"""Of each rule on configurations and each dialect that is read: a line that fails and one that passes, or the reason
why not (``mutated_pairs.yaml``). A new rule or dialect is missing there until somebody says what it can express.
"""

from __future__ import annotations

from collections import Counter
from functools import cache
from pathlib import Path

import pytest
import yaml

from scanner.results.model import Verdict
from tests.configs.dialect_cases import FIXTURES, READ, cases, read
from tests.configs.side_by_side import mistaken
from tests.configs.test_otherwise import written
from tests.configs.test_rule_twins import rules, twins

Pair = tuple[str, str]
FAILS, PASSES = ("fail", "seen"), ("pass", "calm")


@cache
def listed() -> dict[str, dict[str, list[str]]]:
    """By reason and dialect: the rules."""
    file = Path(__file__).with_name("mutated_pairs.yaml")
    return dict(yaml.safe_load(file.read_text(encoding="utf-8")))


@cache
def expected() -> dict[Pair, frozenset[str]]:
    """What lines are there of a dialect and a rule."""
    found: dict[Pair, set[str]] = {}
    for dialect, rule, verdict, _ in twins():
        found.setdefault((dialect, rule), set()).add(verdict.value)
    for rule, kinds in written().items():
        for kind, named in kinds.items():
            for dialect, _ in named.values():
                found.setdefault((dialect, rule), set()).add(kind)
    return {pair: frozenset(kinds) for pair, kinds in found.items()}


def test_every_pair_has_both_or_a_reason() -> None:
    both = [p for p, kinds in expected().items() if not (kinds.isdisjoint(FAILS) or kinds.isdisjoint(PASSES))]
    reasons = [(dialect, rule) for named in listed().values() for dialect, of in named.items() for rule in of]
    times = Counter(both + reasons)
    assert not {(d, r) for d in READ for r in rules()} - times.keys(), "write twins, or say why there are none"
    assert not [pair for pair, number in times.items() if number > 1], "has twins, or two reasons"
    assert times.keys() <= {(d, r) for d in READ for r in rules()}, "no such rule or dialect"


def test_what_is_not_there_is_not_judged() -> None:
    for reason in ("unread", "nothing"):
        for dialect, of in listed()[reason].items():
            told = {rule for rule in of if expected().get((dialect, rule), frozenset()) & {*FAILS, *PASSES}}
            assert not told, (reason, dialect)


@pytest.mark.parametrize("dialect", sorted(listed()["story"]))
def test_stories_differ(dialect: str) -> None:
    for rule in listed()["story"][dialect]:
        for name, verdict in (("good.cfg", Verdict.PASS), ("bad.cfg", Verdict.FAIL)):
            files = [FIXTURES / story / name for story in cases(dialect)["stories"]]
            rows = {file.parent.name: read(dialect, file.read_bytes()).rows for file in files}
            assert len(mistaken(rules()[rule], rows, frozenset({verdict}))) < len(rows), (rule, name)
