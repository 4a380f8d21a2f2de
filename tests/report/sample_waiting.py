"""Rules that wait for something: what kept them from being judged."""

from __future__ import annotations

import dataclasses

from scanner.results.model import Cause, Doubt, Results, RuleResult, Verdict
from tests.report import sample


def doubted(number: int, cause: Cause, why: str) -> tuple[RuleResult, ...]:
    """Rules that one cause kept from being judged."""
    rule = next(r for r in sample.plant().rules if r.verdict is Verdict.NO_EVIDENCE)
    doubts = (Doubt(cause, {"en": why}),)
    return tuple(dataclasses.replace(rule, rule=f"{cause.value}-{number}-{n}", doubts=doubts) for n in range(number))


def bare_capture() -> Results:
    """A capture of a program download, without anything that says whether it was allowed."""
    plant = sample.plant()
    review = next(r for r in plant.rules if r.verdict is Verdict.REVIEW)
    rules = (
        *doubted(24, Cause.CONFIGURATION, "no device configuration was given"),
        *doubted(16, Cause.ZONES, "no policy that declares zones was given"),
        *doubted(3, Cause.POLICY, "no zones-and-conduits policy was given"),
        *doubted(56, Cause.DURATION, "only 6.0 s of traffic was captured (at least 1 min is needed)"),
        *doubted(4, Cause.DURATION, "only 6.0 s of traffic was captured (at least 10 min is needed)"),
    )
    return dataclasses.replace(plant, rules=(review, *rules), inputs=plant.inputs[:1], problems=(), complete=True)
