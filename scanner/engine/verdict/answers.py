"""What people answer about requirements: read from the facts, and refused where it names what there is not."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from scanner.engine.definitions.frameworks import Framework
from scanner.engine.language.suggestions import expected
from scanner.errors import DefinitionError, Problem
from scanner.results.answers import Answered
from scanner.wording import NOTHING, Said, at_line, said

LAST_DAY = date.max
_PLACES = {"framework": 0, "requirement": 2, "zone": 4}  # where the line and column of each are in ``places``


@dataclass(frozen=True)
class GivenAnswer:
    """One answer. zone: empty for the whole plant."""

    framework: str
    requirement: str
    zone: str
    verdict: Answered
    answered_by: str
    answered_on: date
    until: date | None
    evidence: str
    sha256: str
    evidence_state: str
    remark: str
    source: str
    line: int

    @property
    def question(self) -> tuple[str, str, str]:
        """What it answers."""
        return self.framework, self.requirement, self.zone

    @property
    def period(self) -> tuple[date, date]:
        """The days on which it holds."""
        return self.answered_on, self.until or LAST_DAY


def read_answers(table: pl.DataFrame, frameworks: Collection[Framework], zones: Collection[str]) -> list[GivenAnswer]:
    """The answers in the order of the files, without questions that nobody has answered yet.

    zones: those of the policy; without any, no zone is refused. DefinitionError for frameworks, requirements and zones
    that there are not, and for two answers to one question at one time.
    """
    known = {framework.id: framework for framework in frameworks}
    problems: list[Problem] = []
    found = []
    for row in table.sort("source", "line").to_dicts():
        wrong = _unknown(row, known, zones)
        if wrong:
            problems.append(wrong)
        elif row["verdict"]:
            found.append(_answer(row))
    problems += _twice(found)
    if problems:
        raise DefinitionError(*problems)
    return found


def _answer(row: dict[str, Any]) -> GivenAnswer:
    return GivenAnswer(
        framework=row["framework"],
        requirement=row["requirement"],
        zone=row["zone"],
        verdict=Answered(row["verdict"]),
        answered_by=row["answered_by"],
        answered_on=date.fromisoformat(row["answered_on"]),
        until=date.fromisoformat(row["until"]) if row["until"] else None,
        evidence=row["evidence"],
        sha256=row["sha256"],
        evidence_state=row["evidence_state"],
        remark=row["remark"],
        source=row["source"],
        line=row["line"],
    )


def _unknown(row: dict[str, Any], frameworks: dict[str, Framework], zones: Collection[str]) -> Problem | None:
    """That what an answer names does not exist."""
    framework, requirement, zone = row["framework"], row["requirement"], row["zone"]
    if framework not in frameworks:
        what = said("answer about unknown framework '{framework}'", framework=framework)
        return _problem(row, "framework", what, expected(framework, frameworks))
    if requirement not in frameworks[framework].requirements:
        what = said("{framework} has no requirement '{requirement}'", framework=framework, requirement=requirement)
        return _problem(row, "requirement", what, expected(requirement, frameworks[framework].requirements))
    if zone and zones and zone not in zones:
        return _problem(row, "zone", said("the policy has no zone '{zone}'", zone=zone), expected(zone, zones))
    return None


def _problem(row: dict[str, Any], key: str, what: Said, remedy: Said = NOTHING) -> Problem:
    place = tuple(row["places"][_PLACES[key] : _PLACES[key] + 2]) or (row["line"],)
    return Problem(row["source"], what, at_line(*place), remedy, place)


def _twice(answers: Iterable[GivenAnswer]) -> Iterator[Problem]:
    """Answers to one question that hold on the same days. One that follows when the other has expired is none."""
    by_question: dict[tuple[str, str, str], list[GivenAnswer]] = {}
    for answer in answers:
        by_question.setdefault(answer.question, []).append(answer)
    for found in by_question.values():
        in_time = sorted(found, key=lambda answer: answer.period)
        for first, second in itertools.pairwise(in_time):
            if second.period[0] <= first.period[1]:
                yield _both(first, second)


def _both(first: GivenAnswer, second: GivenAnswer) -> Problem:
    what = said(
        "{requirement} of {framework} is answered twice: also in {source}, {place}",
        requirement=second.requirement,
        framework=second.framework,
        source=first.source,
        place=at_line(first.line),
    )
    remedy = said("remove one, or end the older one with until")
    return Problem(second.source, what, at_line(second.line), remedy, (second.line,))
