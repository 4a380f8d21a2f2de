"""Weaknesses as their rules' authors did not write them, and what only resembles one: ``otherwise/<dialect>.yaml``.

Each case names the rule, and how it is written: the lines of ``seen`` must fail, those of ``doubt`` must not pass,
those of ``calm`` must pass or not apply, and those of ``unmoved`` must not fail. ``whole``: they are the whole file.
What was expected was written down before anybody ran it.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
import yaml

from scanner.results.model import Verdict
from tests.configs.dialect_cases import READ, cases, read
from tests.configs.side_by_side import mistaken
from tests.configs.test_rule_twins import rules

FOLDER = Path(__file__).parent / "otherwise"
MAY_BE = {
    "seen": frozenset({Verdict.FAIL}),
    "doubt": frozenset({Verdict.FAIL, Verdict.NO_EVIDENCE}),
    "calm": frozenset({Verdict.PASS, Verdict.NOT_APPLICABLE}),
    "unmoved": frozenset({Verdict.PASS, Verdict.NOT_APPLICABLE, Verdict.NO_EVIDENCE}),
}
Cases = dict[str, dict[str, tuple[str, str]]]


@cache
def written() -> dict[str, Cases]:
    """By rule and by what is expected: how each is written, its dialect and its whole configuration."""
    found: dict[str, Cases] = {}
    for dialect in READ:
        file = FOLDER / f"{dialect.replace('-', '_')}.yaml"
        for case in yaml.safe_load(file.read_text("utf-8")) if file.is_file() else ():
            around = "{}" if case.pop("whole", False) else cases(dialect)["around"]
            [(rule, how)] = [(key, value) for key, value in case.items() if key not in MAY_BE]
            for expected in case.keys() & MAY_BE.keys():
                named = found.setdefault(rule, {}).setdefault(expected, {})
                named[f"{dialect}: {how}: {len(named)}"] = dialect, around.replace("{}", case[expected])
    return found


@pytest.mark.parametrize("rule", sorted(written()))
def test_verdicts(rule: str) -> None:
    for expected, named in written()[rule].items():
        rows = {how: read(dialect, text.encode()).rows for how, (dialect, text) in named.items()}
        assert not mistaken(rules()[rule], rows, MAY_BE[expected]), expected
