"""A rule that takes far too long is an error, and the others are judged."""

from __future__ import annotations

from typing import Any

import pytest

from scanner.engine import judge as judging_module
from scanner.engine.judge import judge
from scanner.engine.verdict import verdicts
from scanner.facts.frames import Facts
from scanner.facts.watchdog import Watchdog
from scanner.results.model import Verdict
from tests.conformance.changes import TODAY, judging, status


def test_a_rule_that_takes_too_long_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    as_it_is = verdicts._judge_rule

    def endless(rule: Any, *more: Any) -> Any:
        while rule.id == "telnet-in-use":
            pass
        return as_it_is(rule, *more)

    monkeypatch.setattr(verdicts, "_judge_rule", endless)
    monkeypatch.setattr(judging_module, "Watchdog", lambda _: Watchdog(0.3))
    results = judge(Facts({}, (), (), ""), *judging(), today=TODAY)
    told = {rule.rule: rule.verdict for rule in results.rules}
    assert status(results) == 3
    assert told.pop("telnet-in-use") is Verdict.ERROR
    assert Verdict.ERROR not in told.values()
