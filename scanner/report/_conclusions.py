"""What is concluded of each requirement of a framework, how often, and the word for it."""

from __future__ import annotations

from collections import Counter

from scanner.catalogues import ENGLISH, labels
from scanner.report._order import VERDICTS
from scanner.results.model import FrameworkResult, RequirementResult, Verdict

CONCLUSIONS = ("fail", "partial", *(v.value for v in VERDICTS if v is not Verdict.FAIL), "manual")


def conclusion_of(framework: FrameworkResult, requirement: RequirementResult) -> str:
    """In the scale of the framework, or the verdict of its checks; "manual" where nobody has judged."""
    if framework.scale and requirement.conclusion in CONCLUSIONS:
        return requirement.conclusion
    return "manual" if requirement.verdict is None else requirement.verdict.value


def unique(framework: FrameworkResult) -> list[RequirementResult]:
    """Its requirements, each once."""
    return list({r.requirement: r for r in framework.requirements}.values())


def counted(framework: FrameworkResult) -> tuple[tuple[str, int], ...]:
    """Each conclusion with the number of its requirements, zero included."""
    counts = Counter(conclusion_of(framework, r) for r in unique(framework))
    return tuple((conclusion, counts[conclusion]) for conclusion in CONCLUSIONS)


def conclusion_key(scale: str, conclusion: str) -> str:
    """The key of the fixed word for a conclusion, in the scale of its framework."""
    keys = (f"scale.{scale}.{conclusion}", f"verdict.{'fail' if conclusion == 'partial' else conclusion}")
    return next((key for key in keys if key in labels(ENGLISH)), "manual")
