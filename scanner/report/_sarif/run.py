"""One SARIF run: what stands before its results, and each result. Only what is asked for is made."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from scanner.catalogues import tag
from scanner.report._order import frames_text, judged, ordered, problem_text, proofs, subject_text
from scanner.report._sarif.places import Places, message
from scanner.report._sarif.rules import LEVELS, Catalogue, rank
from scanner.report._words import cleaned, one_line, say
from scanner.results.comparing import guid
from scanner.results.model import Finding, ProblemRow, Results, Severity, Status, Verdict
from scanner.results.texts import pick

Json = dict[str, Any]

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_GUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")
PARTS = ("profile", "outside", "reach", "nursery")
"""Which rules: of the profile, outside of it, about the evidence itself, not proven."""
ASIDE = ("reach", "nursery")  # they fail nothing

_KINDS = {
    Verdict.PASS: "pass",
    Verdict.NOT_APPLICABLE: "notApplicable",
    Verdict.NO_EVIDENCE: "open",
    Verdict.ERROR: "open",
    Verdict.REVIEW: "review",
    Verdict.FAIL: "fail",
    Verdict.WAIVED: "fail",
}
_NOTES = {Verdict.FAIL: "warning", Verdict.ERROR: "error"}  # level of what a check of the evidence says


class Run:
    """The run of some results. Its rules are numbered in the order of ``rules``: (part, rule, what is shown of it)."""

    def __init__(self, results: Results, language: str) -> None:
        self.language = language
        self._problems = results.problems
        self._baseline, self._absent_rows = results.baseline, results.absent
        self._guid = guid(results)
        self._since = {c.rule: "updated" if c.before else "new" for c in results.verdict_changes}
        self._places = Places(results.inputs, language)
        parts = zip(PARTS, (results.rules, results.outside, results.reach, results.nursery), strict=True)
        self.rules = [
            (part, rule, cleaned(replace(rule, findings=()), language)) for part, own in parts for rule in ordered(own)
        ]
        self._shown = cleaned(
            replace(judged(results), rules=(), outside=(), reach=(), nursery=(), inputs=(), problems=()), language
        )
        self._catalogue = Catalogue(self._shown, [shown for *_, shown in self.rules], language)
        self._taxa = [self._catalogue.references(shown) for *_, shown in self.rules]

    # --- the results ---------------------------------------------------------------------------------------------

    def results(self) -> Iterator[Json]:
        """Every finding of every rule, and the verdict of each rule that has none or is undecided beside them."""
        for index, (part, rule, _) in enumerate(self.rules):
            for found in rule.findings:
                yield self.finding(index, found, *_kind(part, found))
            if not rule.findings or rule.verdict in {Verdict.NO_EVIDENCE, Verdict.ERROR}:
                yield self._verdict(index)
        yield from self._absent()

    def finding(self, index: int, found: Finding, kind: str, level: str, most_places: int | None = None) -> Json:
        """The finding as a result, with at most ``most_places`` places; its message says how many there are more."""
        places = [self._places.location(e) for e in islice(found.evidence, most_places)]
        related = [{"id": n, **place} for n, place in enumerate(places[1:], 1)]
        shown = cleaned(replace(found, evidence=found.evidence[:1]), self.language)
        hidden = len(found.evidence) - len(places)
        text = _finding_text(shown, self.language)
        if hidden:
            text += f" ({say(self.language, 'and-more-places', n=hidden)})"
        result = self._result(index, kind, level, text)
        result["locations"] = places[:1] or [self._places.anywhere()]
        if related:
            result["relatedLocations"] = related
        result["partialFingerprints"] = _fingerprints(shown.id)
        result["suppressions"] = _suppressions(pick(shown.waiver))
        result["properties"] = {
            "verdict": found.status.value,
            "part": self.rules[index][0],
            "subject": subject_text(shown, self.language),
            "devices": list(shown.devices),
            "evidenceTotal": proofs(found),
        }
        if found.baseline_state:
            result["baselineState"] = found.baseline_state.value
        return result

    def _verdict(self, index: int) -> Json:
        """A result that says what became of a rule without findings."""
        part, rule, shown = self.rules[index]
        reason = " ".join(t for t in (pick(shown.reason), pick(shown.coverage.text)) if t)
        kind = "informational" if part in ASIDE else _KINDS[rule.verdict]
        level = LEVELS[rule.severity] if kind == "fail" else "none"
        result = self._result(index, kind, level, reason or rule.verdict.value)
        result["locations"] = [self._places.anywhere()]
        result["partialFingerprints"] = _fingerprints(f"{shown.rule}/{rule.verdict.value}")
        result["suppressions"] = _suppressions(reason if rule.verdict is Verdict.WAIVED else "")
        result["properties"] = {"verdict": rule.verdict.value, "part": part, "subjects": rule.coverage.subjects}
        if self._baseline.source:
            result["baselineState"] = self._since.get(rule.rule, "unchanged")
        return result

    def _absent(self) -> Iterator[Json]:
        """The findings of the baseline that are no longer there."""
        index = {shown.rule: number for number, (*_, shown) in enumerate(self.rules)}
        for row in self._absent_rows:
            shown = cleaned(row, self.language)
            level = LEVELS[Severity(row.severity)] if row.status == Status.FAIL else "none"
            result: Json = {
                "ruleId": shown.rule,
                **({"ruleIndex": index[shown.rule]} if shown.rule in index else {}),
                "kind": "fail" if row.status == Status.FAIL else "review",
                "level": level,
                "message": message(pick(shown.message)),
                "locations": [self._places.line(row.source, row.line) if row.source else self._places.anywhere()],
                "partialFingerprints": _fingerprints(shown.id),
                "suppressions": [],
                "baselineState": "absent",
                "properties": {"verdict": row.status, "part": "baseline", "judged": row.judged},
            }
            yield result

    def _result(self, index: int, kind: str, level: str, text: str) -> Json:
        return {
            "ruleId": self.rules[index][2].rule,
            "ruleIndex": index,
            "kind": kind,
            "level": level,
            "rank": rank(self.rules[index][1]),
            "message": message(text),
            "taxa": self._taxa[index],
        }

    # --- what stands before them ---------------------------------------------------------------------------------

    def head(self, notes: Sequence[str] = ()) -> Json:
        """Everything but the results. ``notes``: what else there is to say of the run."""
        results = self._shown
        return {
            "tool": {"driver": self._driver()},
            "language": tag(self.language),
            **({"baselineGuid": self._baseline.guid} if _GUID.fullmatch(self._baseline.guid) else {}),
            "columnKind": "unicodeCodePoints",
            "automationDetails": {"id": f"otaudit/{results.profile or 'default'}/", "guid": self._guid},
            "invocations": [self._invocation(notes)],
            "artifacts": self._places.artifacts(),
            "taxonomies": self._catalogue.taxonomies(),
            "properties": {
                "site": results.site,
                "profile": results.profile,
                "complete": results.complete,
                "verdicts": {r.rule: r.verdict.value for part, _, r in self.rules if part == "profile"},
                "outside": {r.rule: r.verdict.value for part, _, r in self.rules if part == "outside"},
                "reach": {r.rule: r.verdict.value for part, _, r in self.rules if part == "reach"},
                "nursery": {r.rule: r.verdict.value for part, _, r in self.rules if part == "nursery"},
            },
        }

    def _driver(self) -> Json:
        version = self._shown.run.version
        driver: Json = {
            "name": "otaudit",
            "fullName": f"otaudit {version}",
            "version": version or "-",
            "shortDescription": message("Evidence-based compliance scanning of industrial networks"),
            "language": tag(self.language),
            "isComprehensive": False,
            "rules": self._catalogue.rules(),
            "supportedTaxonomies": self._catalogue.supported(),
        }
        if re.fullmatch(r"\d+\.\d+\.\d+", version):
            driver["semanticVersion"] = version
        return driver

    def _invocation(self, notes: Sequence[str]) -> Json:
        told = [self._problem(problem) for problem in self._problems]
        told += [
            self._about(n, "error", pick(rule.reason) or say(self.language, "means.error"))
            for n, (part, _, rule) in enumerate(self.rules)
            if rule.verdict is Verdict.ERROR and part not in ASIDE
        ]
        told += [
            self._about(n, _NOTES.get(rule.verdict, "note"), f"{one_line(pick(rule.title))}: {pick(rule.reason)}")
            for n, (part, _, rule) in enumerate(self.rules)
            if part == "reach"
        ]
        told += [{"level": "warning", "message": message(note)} for note in notes]
        errors = any(rule.verdict is Verdict.ERROR for part, rule, _ in self.rules if part != "nursery")
        return {
            "executionSuccessful": self._shown.complete and not errors,
            "toolExecutionNotifications": told,
            **_times(self._shown.run.started, self._shown.run.seconds),
        }

    def _about(self, index: int, level: str, text: str) -> Json:
        rule = {"id": self.rules[index][2].rule, "index": index}
        return {"level": level, "message": message(text), "associatedRule": rule}

    def _problem(self, problem: ProblemRow) -> Json:
        line = re.match(r"(?:line|row) (\d{1,9})", pick(problem.place))
        return {
            "level": "warning",
            "message": message(problem_text(cleaned(problem, self.language), self.language)),
            "locations": [self._places.line(problem.source, int(line[1]) if line else 1)],
        }


def log(head: Json, results: Iterable[Json]) -> Iterator[str]:
    """A log of one run, piece by piece; a result to a line."""
    yield f'{{\n"$schema": {_text(SCHEMA)},\n"version": "2.1.0",\n"runs": [{{\n'
    for name, value in head.items():
        yield f"{_text(name)}: {_text(value)},\n"
    lead = '"results": [\n'
    for result in results:
        yield lead + _text(result)
        lead = ",\n"
    yield ('"results": [' if lead.startswith('"') else "\n") + "]\n}]\n}\n"


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _kind(part: str, found: Finding) -> tuple[str, str]:
    """Kind and level of a finding (section 3.27.10: what does not fail has the level none)."""
    if part in ASIDE:
        return "informational", "none"
    return ("review", "none") if found.status is Status.REVIEW else ("fail", LEVELS[found.severity])


def _finding_text(finding: Finding, language: str) -> str:
    text = pick(finding.message) or subject_text(finding, language)
    first = finding.evidence[0] if finding.evidence else None
    if first and first.frames:
        text += f" ({first.source}, {say(language, 'frames-list', frames=frames_text(first))})"
    return text


def _suppressions(reason: str) -> list[Json]:
    """All results of a run carry the list, empty or not (section 3.27.23)."""
    return [{"kind": "external", "status": "accepted", "justification": reason}] if reason else []


def _fingerprints(identity: str) -> dict[str, str]:
    """``primaryLocationLineHash`` is the one that GitHub compares: hash and occurrence."""
    digest = hashlib.sha256(identity.encode("utf-8", "surrogatepass")).hexdigest()
    return {"otauditFinding/v1": identity, "primaryLocationLineHash": f"{digest[:16]}:1"}


def _times(started: str, seconds: float) -> Json:
    try:
        start = datetime.fromisoformat(started)
        end = start + timedelta(seconds=seconds)
    except (ValueError, OverflowError):
        return {}
    return {"startTimeUtc": _stamp(start), "endTimeUtc": _stamp(end)} if start.tzinfo else {}


def _stamp(time: datetime) -> str:
    return time.isoformat(timespec="milliseconds").replace("+00:00", "Z")
