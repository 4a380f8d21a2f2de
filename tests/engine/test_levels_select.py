"""Security levels select: each takes more rules than the one below, all of its rules, and never laxer values."""

from __future__ import annotations

import itertools
from functools import cache

import pytest

from scanner.engine import profile_reference
from scanner.engine.definitions.together import load_definitions
from scanner.engine.language.parameters import measured
from scanner.results.model import Severity

LEVELS = ("iec62443-sl1", "iec62443-sl2", "iec62443-sl3", "iec62443-sl4")
OF_PLANTS = (*LEVELS, "cpg-2", "gb-t-44462-1", "industrial-internet-2030", "iso-27001", "miit-2024", "mlps2", "mlps3")
STRICTER_WHEN_LESS = {("session-timeout-missing", "idle"), ("login-lockout-lenient", "tries")}

DEFINITIONS = load_definitions()
PLANT = [rule for rule in DEFINITIONS.rules if not (rule.about_evidence or rule.in_nursery)]


@cache
def selected(name: str) -> frozenset[str]:
    return frozenset(rule.id for rule in DEFINITIONS.profile(name).chosen(PLANT, DEFINITIONS.frameworks))


def test_levels_are_nested_and_each_adds_rules() -> None:
    for lower, higher in itertools.pairwise(LEVELS):
        assert selected(lower) < selected(higher)


def test_the_first_level_takes_little_more_than_two_thirds_and_the_last_nearly_all() -> None:
    """docs/profile-reference.md has the numbers; 95 to 111 of 111 rules would select nothing."""
    shares = [len(selected(name)) / len(PLANT) for name in LEVELS]
    assert shares[0] < 0.75
    assert shares[-1] > 0.95
    assert shares[1] - shares[0] > 0.1


@pytest.mark.parametrize("level", LEVELS)
def test_a_level_takes_a_rule_for_a_requirement_of_it_or_because_it_is_critical(level: str) -> None:
    profile = DEFINITIONS.profile(level)
    number = profile.select.controls["iec-62443-3-3"]
    framework = next(f for f in DEFINITIONS.frameworks if f.id == "iec-62443-3-3")
    highest = framework.rank(number)
    for rule in PLANT:
        ids = [m.requirement for m in rule.mappings if m.framework == "iec-62443-3-3"]
        ranks = [framework.rank(framework.requirements[name].level) for name in ids]
        if rule.id in selected(level) and rule.severity is not Severity.CRITICAL and ids:
            zones = any(m.framework == "iec-62443-3-2" for m in rule.mappings)
            assert min(ranks) <= highest or zones, rule.id
        elif ranks and min(ranks) <= highest:
            assert rule.id in selected(level), rule.id


def test_a_higher_level_is_never_laxer() -> None:
    for lower, higher in itertools.pairwise(LEVELS):
        before = {r.id: r.values for r in DEFINITIONS.profile(lower).tuned(PLANT)}
        for rule in DEFINITIONS.profile(higher).tuned(PLANT):
            for name, value in rule.values.items():
                was, now = measured(before[rule.id][name]), measured(value)
                assert now <= was if (rule.id, name) in STRICTER_WHEN_LESS else now >= was, (rule.id, name)


@pytest.mark.parametrize("name", OF_PLANTS)
def test_profiles_of_plants_leave_no_critical_rule_out(name: str) -> None:
    """A controller that is stopped or loaded by anybody fails whatever regulation was asked for."""
    assert {r.id for r in PLANT if r.severity is Severity.CRITICAL} <= selected(name)
    assert {"controller-stop-unauthorised", "program-download-unauthorised"} <= selected(name)


def test_the_reference_page_of_profiles_is_current() -> None:
    written = profile_reference.PAGE.read_text(encoding="utf-8")
    assert written == profile_reference.page(DEFINITIONS.rules, DEFINITIONS.frameworks), "run: make docs"
