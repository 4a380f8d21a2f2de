"""What a profile sets otherwise than the one that it is compared with."""

from __future__ import annotations

from dataclasses import replace

from scanner.engine.definitions.together import load_definitions
from scanner.engine.profile_use import profile_use
from scanner.results.judged_by import Change
from scanner.results.model import Severity


def test_a_severity_of_its_own_is_a_change_of_that_rule_alone() -> None:
    known = load_definitions()
    base = known.profile("default")
    other = replace(base, severity={**base.severity, "undeclared-conduit": Severity.LOW})
    used = profile_use(other, known.rules, known.frameworks, base)
    assert used.changes == (Change("undeclared-conduit", "", {}, "high", "low"),)
    assert (used.added, used.excluded) == ((), ())
    assert profile_use(base, known.rules, known.frameworks, other).changes == (
        Change("undeclared-conduit", "", {}, "low", "high"),
    )
