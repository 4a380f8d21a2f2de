"""No packaged rule knows what year it is: what is old is old by its age on the day of the judgement."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

import pytest

from scanner.engine.definitions.rules import Rule
from scanner.engine.language.modifiers import Compare, Like, Match, Regex
from scanner.engine.language.selections import And, Not, Or, Selection, Test
from tests.packaged import rules

RULES = tuple(rules().values())
YEAR = re.compile(r"(?<![0-9])(?:19|20)(?:[0-9]{2}(?![0-9])|[0-9]?\[|\(|\\d|[0-9]\?)")


def _matches(selection: Selection | None) -> Iterator[Match]:
    match selection:
        case Test(_, matches):
            yield from matches
        case And(parts) | Or(parts):
            for part in parts:
                yield from _matches(part)
        case Not(part):
            yield from _matches(part)


def _selections(rule: Rule) -> Iterator[Selection | None]:
    yield from (rule.where, rule.fail, rule.unknown_when, rule.review.when if rule.review else None)
    for measure in rule.correlate:
        yield measure.where
        yield from (selection for _, selection in measure.steps)
    yield from (gathering.where for gathering in rule.gather)


def _years(rule: Rule) -> Iterator[str]:
    for selection in _selections(rule):
        for match in _matches(selection):
            match match:
                case Like(pieces) if YEAR.search("".join(p if isinstance(p, str) else p.value for p in pieces)):
                    yield str(pieces)
                case Regex(pattern) if YEAR.search(pattern):
                    yield pattern
                case Compare(_, datetime() as moment):
                    yield moment.isoformat()


@pytest.mark.parametrize("text", ["202[0-5]", "end of life 2019", "20(1|2)", r"20\d\d", "202?", "19[0-9][0-9]"])
def test_a_year_is_seen(text: str) -> None:
    assert YEAR.search(text)


@pytest.mark.parametrize("text", ["12019", "SHA-256", "10.20.1.5"])
def test_numbers_are_no_years(text: str) -> None:
    assert not YEAR.search(text)


def test_no_condition_holds_a_year() -> None:
    assert {rule.id: found for rule in RULES if (found := list(_years(rule)))} == {}
