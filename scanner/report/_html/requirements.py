"""Each framework requirement by requirement: what was judged, and what no passive scan can judge."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from scanner.report._html.anchors import Anchors, slug
from scanner.report._html.cards import requirement_key
from scanner.report._order import VERDICTS
from scanner.results.model import FrameworkResult, RequirementResult, Results, Text


@dataclass(frozen=True)
class Requirement:
    """A requirement, its address in the page, and its rules, the worst verdict first."""

    row: RequirementResult
    anchor: str
    rules: tuple[str, ...]


@dataclass(frozen=True)
class FrameworkView:
    """A framework with its counts."""

    anchor: str
    key: str  # the end of its address
    title: Text
    edition: str
    judged: tuple[Requirement, ...]
    manual: tuple[Requirement, ...]
    counts: tuple[tuple[str, int], ...]
    remainder: Text  # what stays manual in many of the judged requirements, so that it is said once
    same: bool  # in every one of them
    levelled: bool  # some requirement says from which level it applies
    unjudged_remainder: Text  # likewise in the requirements without a check


def frameworks(results: Results, anchors: Anchors, places: dict[str, int]) -> list[FrameworkView]:
    """All frameworks of the results. ``places``: rank of each rule, the worst first."""
    return [_framework(f, anchors, places) for f in results.frameworks]


def _framework(framework: FrameworkResult, anchors: Anchors, places: dict[str, int]) -> FrameworkView:
    counts = Counter("manual" if r.verdict is None else r.verdict.value for r in framework.requirements)
    order = [v.value for v in VERDICTS] + ["manual"]
    rows = [
        Requirement(
            r,
            anchors.of("req", requirement_key(framework.framework, r.requirement)),
            tuple(sorted(r.rules, key=lambda rule: (places.get(rule, len(places)), rule))),
        )
        for r in _unique(framework)
    ]
    judged = tuple(r for r in rows if r.row.verdict is not None)
    manual = tuple(r for r in rows if r.row.verdict is None)
    remainder = _usual([r.row.manual for r in judged])
    return FrameworkView(
        anchor=anchors.add("framework", framework.framework),
        key=slug(framework.framework),
        title=framework.title or {"en": framework.framework},
        edition=framework.edition,
        judged=judged,
        manual=manual,
        counts=tuple((v, counts[v]) for v in order),
        remainder=remainder,
        same=all(r.row.manual == remainder for r in judged),
        levelled=any(r.row.level for r in judged),
        unjudged_remainder=_usual([r.row.manual for r in manual]),
    )


def _unique(framework: FrameworkResult) -> list[RequirementResult]:
    return list({r.requirement: r for r in framework.requirements}.values())


def _usual(texts: list[Text]) -> Text:
    """The text that stands at the most places, if at three and at a third of them or more; else none."""
    best = max(texts, key=texts.count, default={})
    return best if best and texts.count(best) >= max(3, len(texts) / 3) else {}
