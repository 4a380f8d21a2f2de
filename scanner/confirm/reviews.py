"""The reviews of results: what was seen while nobody has said whether it is allowed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from scanner.catalogues import ENGLISH
from scanner.errors import DefinitionError, Problem
from scanner.results.model import DeviceRow, Finding, Results, RuleResult, review_findings
from scanner.results.texts import pick
from scanner.wording import Said, said

_SHORTEST = 4  # digits that an id may be abbreviated to
_LISTED = 5


@dataclass(frozen=True)
class Review:
    """One finding for review, the rule that asks, and the devices concerned. language: in which it is shown."""

    rule: str
    title: str
    finding: Finding
    devices: tuple[DeviceRow, ...]
    language: str = ENGLISH

    @property
    def message(self) -> str:
        """What was seen, in one sentence."""
        return pick(self.finding.message, self.language)

    @property
    def client(self) -> str:
        """Who did it; empty where the subject has no client."""
        return next((match["client"] for match in self.finding.matches if "client" in match), "")


@dataclass(frozen=True)
class Reviews:
    """The reviews of results that were saved as ``source``. language: in which they are shown."""

    source: str
    results: Results
    language: str = ENGLISH

    @cached_property
    def all(self) -> list[Review]:
        """Every review, also of rules outside the profile, the gravest first."""
        devices = {device.device: device for device in self.results.devices}

        def review(rule: RuleResult, finding: Finding) -> Review:
            concerned = tuple(devices[name] for name in finding.devices if name in devices)
            return Review(rule.rule, pick(rule.title, self.language) or rule.rule, finding, concerned, self.language)

        rules = (*self.results.rules, *self.results.outside)
        found = [review(rule, finding) for rule in rules for finding in review_findings(rule)]
        return sorted(found, key=lambda r: -r.finding.severity.rank)

    def by_id(self, prefix: str) -> Review:
        """The review whose id begins so; DefinitionError when none does, or several do."""
        if not re.fullmatch(f"[0-9a-f]{{{_SHORTEST},16}}", prefix):
            remedy = said("--list shows the ids, of which {count} digits or more are needed", count=_SHORTEST)
            raise self._wrong(said("'{prefix}' is not the id of a review", prefix=prefix), remedy)
        meant = [review for review in self.all if review.finding.id.startswith(prefix)]
        if len(meant) == 1:
            return meant[0]
        if meant:
            ids = ", ".join(review.finding.id for review in meant[:_LISTED])
            raise self._wrong(
                said("{count} reviews have an id that begins with '{prefix}'", count=len(meant), prefix=prefix),
                said("give more of it: {ids}", ids=ids),
            )
        if any(finding.id.startswith(prefix) for finding in self._findings()):
            remedy = said("a decision settles reviews only; correct what fails, or accept it with a waiver")
            raise self._wrong(said("finding '{prefix}' is not for review", prefix=prefix), remedy)
        raise self._wrong(
            said("no review has an id that begins with '{prefix}'", prefix=prefix), said("--list shows the ids")
        )

    def of_rule(self, rule: str) -> list[Review]:
        """The reviews of a rule; DefinitionError when it has none."""
        found = [review for review in self.all if review.rule == rule]
        if not found:
            asking = ", ".join(sorted({review.rule for review in self.all}))
            remedy = said("rules with reviews: {rules}", rules=asking) if asking else said("no rule has any reviews")
            raise self._wrong(said("rule '{rule}' has no reviews", rule=rule), remedy)
        return found

    def _findings(self) -> Iterator[Finding]:
        for rule in (*self.results.rules, *self.results.outside, *self.results.reach):
            yield from rule.findings

    def _wrong(self, what: Said, remedy: Said) -> DefinitionError:
        return DefinitionError(Problem(self.source, what, remedy=remedy))
