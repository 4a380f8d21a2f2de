"""Weaknesses as their rules' authors did not write them, and what only resembles one: ``otherwise/<dialect>.yaml``.

Each case names the rule, and how it is written: the lines of ``seen`` must fail, those of ``doubt`` must not pass,
those of ``calm`` must pass or not apply, and those of ``unmoved`` must not fail. ``whole``: they are the whole file.
What was expected was written down before anybody ran it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from scanner.engine.definitions.rules import Example
from scanner.engine.examples import run_example
from scanner.results.model import Verdict
from tests.configs.dialect_cases import READ, cases, read
from tests.configs.test_rule_twins import rules

FOLDER = Path(__file__).parent / "otherwise"
MAY_BE = {
    "seen": {"fail"},
    "doubt": {"fail", "no-evidence"},
    "calm": {"pass", "not-applicable"},
    "unmoved": {"pass", "not-applicable", "no-evidence"},
}


def written() -> list[Any]:
    """Dialect, rule, whole, what is expected, and the lines of each case."""
    found = []
    for dialect in READ:
        file = FOLDER / f"{dialect.replace('-', '_')}.yaml"
        for case in yaml.safe_load(file.read_text("utf-8")) if file.is_file() else ():
            whole = case.pop("whole", False)
            [(rule, how)] = [(key, value) for key, value in case.items() if key not in MAY_BE]
            for expected in case.keys() & MAY_BE.keys():
                name = f"{dialect}: {rule}: {how}: {expected}"
                found.append(pytest.param(dialect, rule, whole, expected, case[expected], id=name))
    return sorted(found, key=lambda case: str(case.id))


@pytest.mark.parametrize(("dialect", "rule", "whole", "expected", "lines"), written())
def test_verdict(dialect: str, rule: str, whole: bool, expected: str, lines: str) -> None:
    text = lines if whole else cases(dialect)["around"].replace("{}", lines)
    given = Example(Verdict.PASS, "", facts={"settings": list(read(dialect, text.encode()).rows)})
    result = run_example(rules()[rule], given)
    assert result.verdict.value in MAY_BE[expected], [f.message["en"] for f in result.findings] or result.reason["en"]
