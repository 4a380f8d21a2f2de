"""The order in which every report lists verdicts, rules and requirements, and the counts that it gives."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Generic, TypeVar

from scanner.catalogues import labels
from scanner.report._words import say
from scanner.results.model import Evidence, Finding, Mapping, ProblemRow, Results, RuleResult, Severity, Verdict
from scanner.results.texts import pick

T = TypeVar("T")

VERDICTS = (
    Verdict.FAIL,
    Verdict.REVIEW,
    Verdict.ERROR,
    Verdict.NO_EVIDENCE,
    Verdict.WAIVED,
    Verdict.PASS,
    Verdict.NOT_APPLICABLE,
)  # what needs a person first

SEVERITIES = tuple(reversed(Severity))

_JUDGED = {
    "site",
    "techniques",
    "attack_version",
    "profile",
    "inputs",
    "problems",
    "rules",
    "frameworks",
    "zones",
    "outside",
    "reach",
    "waivers",
    "nursery",
    "absent",
    "verdict_changes",
}

TECHNIQUE_PAGE = "https://attack.mitre.org/techniques/"


def judged(results: Results) -> Results:
    """The results without what was observed beside the verdicts, of which there may be very much."""
    tables = (f.name for f in fields(results) if isinstance(getattr(results, f.name), Sequence))
    beside: dict[str, Any] = {name: () for name in tables if name not in _JUDGED}
    return replace(results, **beside)


def ordered(rules: Iterable[RuleResult]) -> list[RuleResult]:
    """By verdict, then the most severe first, then by id."""
    return sorted(rules, key=lambda r: (VERDICTS.index(r.verdict), -r.severity.rank, r.rule))


def with_verdict(results: Results, verdict: Verdict) -> list[RuleResult]:
    """The rules of this verdict, the most severe first."""
    return [r for r in ordered(results.rules) if r.verdict is verdict]


def verdict_counts(results: Results) -> dict[Verdict, int]:
    """How many rules have each verdict, zero included."""
    counts = Counter(r.verdict for r in results.rules)
    return {v: counts[v] for v in VERDICTS}


def severity_counts(rules: Iterable[RuleResult]) -> dict[Severity, int]:
    """How many of the rules have each severity, zero included."""
    counts = Counter(r.severity for r in rules)
    return {s: counts[s] for s in SEVERITIES}


def active(rule: RuleResult) -> Sequence[Finding]:
    """The findings that are not waived: what fails, then what must be confirmed."""
    return rule.findings[: rule.coverage.failing_findings + rule.coverage.review_findings]


def of_subjects(rule: RuleResult, language: str = "en") -> str:
    """``6 of 6 subjects fail``: the one sentence in which every format says how many."""
    coverage = rule.coverage
    key, n = ("of-subjects.fail", coverage.failing) if coverage.failing else ("of-subjects.review", coverage.review)
    return say(language, key, n=n, total=coverage.subjects)


@dataclass(frozen=True)
class Cut(Generic[T]):
    """The first rows of many, and how many there are beside them."""

    shown: tuple[T, ...]
    hidden: int

    @property
    def total(self) -> int:
        """All rows, shown or not."""
        return len(self.shown) + self.hidden


class Foremost(Generic[T]):
    """The first rows in an order, of very many that pass by one by one; the others are counted."""

    def __init__(self, limit: int, key: Callable[[T], Any]) -> None:
        self._limit, self._key = max(limit, 0), key
        self._kept: list[T] = []
        self._total = 0

    def add(self, row: T) -> None:
        """One more row."""
        self._total += 1
        self._kept.append(row)
        if len(self._kept) >= 4 * self._limit + 64:
            self._shorten()

    def __len__(self) -> int:
        return self._total

    def cut(self) -> Cut[T]:
        """Those that are shown, in their order, and how many are not."""
        self._shorten()
        return Cut(tuple(self._kept), self._total - len(self._kept))

    def _shorten(self) -> None:
        self._kept.sort(key=self._key)
        del self._kept[self._limit :]


def cut(rows: Sequence[T], limit: int) -> Cut[T]:
    """So many rows and the true remainder: every view that shows less than everything takes it from here."""
    shown = tuple(rows[: max(limit, 0)])
    return Cut(shown, len(rows) - len(shown))


def proofs(finding: Finding) -> int:
    """How many pieces of evidence there are, shown in the results or not."""
    return max(finding.proofs, len(finding.evidence))


def subject_text(finding: Finding, language: str = "en") -> str:
    """What a finding is about: ``client: 10.0.0.5; server: 10.0.0.9``, or the sentence that says it."""
    if "en" in finding.subject or language in finding.subject:
        return pick(finding.subject, language)
    words = labels(language)
    parts = (
        f"{words.get(f'subject.{name}', name)}{words['colon']}{value}"
        for name, value in sorted(finding.subject.items())
        if value
    )
    return words["semicolon"].join(parts)


def together(evidence: Iterable[Evidence]) -> list[list[Evidence]]:
    """Pieces of evidence by place and ends, in the order in which each pair comes first."""
    groups: dict[tuple[object, ...], list[Evidence]] = {}
    for e in evidence:
        groups.setdefault((e.source, e.client, e.server, e.port, e.protocol), []).append(e)
    return list(groups.values())


def frames_text(evidence: Evidence, limit: int = 10) -> str:
    """``3, 17, 204`` with an ellipsis when there are more."""
    shown = ", ".join(str(f) for f in evidence.frames[:limit])
    return f"{shown}, …" if len(evidence.frames) > limit else shown


def ends_text(evidence: Evidence) -> str:
    """``10.0.0.5 → 10.0.0.9:502 modbus`` from what is known of it."""
    ends = " → ".join(part for part in (evidence.client, _server(evidence.server, evidence.port)) if part)
    return " ".join(part for part in (ends, evidence.protocol) if part)


def _server(address: str, port: int) -> str:
    if not address or not port:
        return address
    if re.fullmatch("(?:[0-9a-f]{2}:){5}[0-9a-f]{2}", address, re.IGNORECASE):
        return f"{address} (EtherType 0x{port:04x})"
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


def place_text(evidence: Evidence) -> str:
    """``switch.cfg:12-14``, or the capture with the frame numbers."""
    if evidence.line_start:
        last = f"-{evidence.line_end}" if evidence.line_end > evidence.line_start else ""
        return f"{evidence.source}:{evidence.line_start}{last}"
    frames = frames_text(evidence)
    return f"{evidence.source} #{frames}" if frames else evidence.source


def problem_text(problem: ProblemRow, language: str = "en") -> str:
    """``line 3: the file is cut off; export it again``: where in the input, what is wrong, what to do."""
    place, what, remedy = (pick(text, language) for text in (problem.place, problem.what, problem.remedy))
    return (f"{place}: " if place else "") + what + (f"; {remedy}" if remedy else "")


@dataclass(frozen=True)
class Citation:
    """A requirement as it may be shown. ``number`` is empty when it was never read in a source (confidence M)."""

    framework: str
    number: str
    requirement: str
    confidence: str


def citations(results: Results) -> dict[Mapping, Citation]:
    """How each mapping of the rules may be cited, from the confidence that its framework file gives."""
    known = {(f.framework, r.requirement): r.confidence for f in results.frameworks for r in f.requirements}
    mappings = {m for rule in results.rules for m in rule.mappings}
    return {m: _citation(m, known.get((m.framework, m.requirement), "")) for m in mappings}


def _citation(mapping: Mapping, confidence: str) -> Citation:
    return Citation(mapping.framework, citable(mapping.requirement, confidence), mapping.requirement, confidence)


def citable(requirement: str, confidence: str) -> str:
    """The number of a requirement, empty when it was never read in a source."""
    return "" if confidence == "M" else requirement
