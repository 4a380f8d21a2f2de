"""SARIF 2.1.0 (OASIS, errata 01): every verdict as a result with a place, for viewers and dashboards of findings.

Kinds (section 3.27.9): a failing finding is ``fail``, a waived one ``fail`` with an accepted suppression, a pass
``pass``, not applicable ``notApplicable``; no evidence and error are ``open``: evaluated, too little known to decide.
GitHub code scanning shows every result as an open alert whatever its kind or suppression; ``sarif-github`` is for it.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from scanner.places import file_and_sheet
from scanner.report._order import (
    TECHNIQUE_PAGE,
    citations,
    ends_text,
    frames_text,
    judged,
    ordered,
    problem_text,
    proofs,
)
from scanner.report._words import cleaned, moment, one_line, pick
from scanner.results.model import (
    Evidence,
    Finding,
    InputRecord,
    ProblemRow,
    RequirementResult,
    Results,
    RuleResult,
    Severity,
    Status,
    Verdict,
)

NAME = "sarif"
EXTENSION = ".sarif"
TITLE = "SARIF 2.1.0 with every verdict, for viewers of findings"

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

Json = dict[str, Any]

# GitHub: above 9.0 critical, 7.0-8.9 high, 4.0-6.9 medium, 0.1-3.9 low.
_SCORES = {
    Severity.CRITICAL: "9.5",
    Severity.HIGH: "8.0",
    Severity.MEDIUM: "5.5",
    Severity.LOW: "3.0",
    Severity.INFO: "0.0",
}
_LEVELS = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "note",
    Severity.INFO: "note",
}
_KINDS = {
    Verdict.PASS: "pass",
    Verdict.NOT_APPLICABLE: "notApplicable",
    Verdict.NO_EVIDENCE: "open",
    Verdict.ERROR: "open",
    Verdict.REVIEW: "review",
    Verdict.FAIL: "fail",
    Verdict.WAIVED: "fail",
}
_MAX_PLACES = 100  # GitHub refuses a result with more than 1,000 locations and shows 100
_MAX_TAGS = 20  # GitHub's limit on tags of a rule
_ATTACK = "ATT&CK-ICS"


def render(results: Results) -> str:
    """One log with one run. Text is English; the other languages are in the JSON results."""
    return dump(log(results))


def log(results: Results) -> Json:
    """The SARIF log as plain objects."""
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [_Run(cleaned(judged(results)), uri_sources(results)).run()]}


def dump(document: Json) -> str:
    """The log as text."""
    return json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def uri_sources(results: Results) -> dict[str, str]:
    """Each source as it appears in cleaned results -> the URI of its true name."""
    names = [i.source for i in results.inputs] + [p.source for p in results.problems]
    names += [e.source for r in results.rules for f in r.findings for e in f.evidence]
    return {cleaned(n): uri(n) for n in dict.fromkeys(names)}


def uri(source: str) -> str:
    """A file name as a URI reference: forward slashes, percent-encoded, relative unless the name is absolute."""
    if source in {"", "-"}:
        return "stdin"
    path = source.replace("\\", "/")
    drive = re.match(r"[A-Za-z]:/", path)
    path = re.sub(r"^(?:\./+)+", "", path)
    head = "file:///" if drive else "file://" if path.startswith("/") else ""
    if path.startswith("//"):
        head, path = "file:", "//" + path.lstrip("/")
    encoded = quote(_file_name_bytes(path), safe="/~!$&'()*+,;=@")
    return head + (encoded.replace("%3A", ":", 1) if drive else encoded)


def _file_name_bytes(name: str) -> bytes:
    """The name as the file system has it: bytes that are not UTF-8 come as surrogates from U+DC80 to U+DCFF."""
    try:
        return name.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return name.encode("utf-8", "replace")


def _message(text: str) -> Json:
    return {"text": text or "-"}


class _Run:
    """One run under construction: the indices that its parts use to refer to each other."""

    def __init__(self, results: Results, uris: dict[str, str]) -> None:
        self.results = results
        self.uris = uris
        self.rules = ordered(results.rules)
        self.artifacts = {i.source: n for n, i in reversed(list(enumerate(results.inputs)))}
        self.frameworks = {f.framework: f for f in results.frameworks}
        self.taxa = self._collect_taxa()
        self.taxonomies = {name: n for n, name in enumerate(self.taxa)}

    def run(self) -> Json:
        results = self.results
        return {
            "tool": {"driver": self._driver()},
            "language": "en",
            "automationDetails": {"id": f"otaudit/{results.profile or 'default'}/"},
            "columnKind": "unicodeCodePoints",
            "invocations": [self._invocation()],
            "artifacts": [self._artifact(i) for i in results.inputs],
            "taxonomies": [self._taxonomy(name) for name in self.taxa],
            "results": [r for n, rule in enumerate(self.rules) for r in self._results(n, rule)],
            "properties": {
                "site": results.site,
                "profile": results.profile,
                "complete": results.complete,
                "verdicts": {r.rule: r.verdict.value for r in self.rules},
            },
        }

    # --- taxonomies: frameworks and ATT&CK ---------------------------------------------------------------------

    def _collect_taxa(self) -> dict[str, dict[str, int]]:
        """Framework id -> requirement -> index, for every requirement that may be cited."""
        cited = citations(self.results)
        taxa: dict[str, dict[str, int]] = {}
        for framework in self.results.frameworks:
            taxa[framework.framework] = {}
            for requirement in framework.requirements:
                if requirement.confidence != "M":
                    taxa[framework.framework].setdefault(requirement.requirement, len(taxa[framework.framework]))
        for rule in self.rules:
            for mapping in rule.mappings:
                if cited[mapping].number:
                    group = taxa.setdefault(mapping.framework, {})
                    group.setdefault(mapping.requirement, len(group))
            for technique in rule.attack:
                group = taxa.setdefault(_ATTACK, {})
                group.setdefault(technique, len(group))
        return {name: group for name, group in taxa.items() if group}

    def _references(self, rule: RuleResult) -> list[tuple[str, str]]:
        pairs = [(m.framework, m.requirement) for m in rule.mappings] + [(_ATTACK, t) for t in rule.attack]
        return [p for p in dict.fromkeys(pairs) if p[1] in self.taxa.get(p[0], {})]

    def _taxon_reference(self, framework: str, taxon: str) -> Json:
        component = {"name": framework, "index": self.taxonomies[framework]}
        return {"id": taxon, "index": self.taxa[framework][taxon], "toolComponent": component}

    def _taxonomy(self, name: str) -> Json:
        framework = self.frameworks.get(name)
        known = {r.requirement: r for r in framework.requirements} if framework else {}
        component: Json = {
            "name": name,
            "isComprehensive": False,
            "taxa": [_taxon(taxon, known.get(taxon)) for taxon in self.taxa[name]],
        }
        if framework:
            component["version"] = framework.edition or "-"
            component["shortDescription"] = _message(pick(framework.title))
        if name == _ATTACK:
            component["shortDescription"] = _message("MITRE ATT&CK for Industrial Control Systems")
            component["organization"] = "MITRE"
            component["informationUri"] = "https://attack.mitre.org/matrices/ics/"
        return component

    # --- rules ---------------------------------------------------------------------------------------------------

    def _driver(self) -> Json:
        version = self.results.run.version
        driver: Json = {
            "name": "otaudit",
            "fullName": f"otaudit {version}",
            "version": version or "-",
            "shortDescription": _message("Evidence-based compliance scanning of industrial networks"),
            "language": "en",
            "isComprehensive": False,
            "rules": [self._rule(r) for r in self.rules],
            "supportedTaxonomies": [{"name": name, "index": n} for name, n in self.taxonomies.items()],
        }
        if re.fullmatch(r"\d+\.\d+\.\d+", version):
            driver["semanticVersion"] = version
        return driver

    def _rule(self, rule: RuleResult) -> Json:
        title = one_line(pick(rule.title)) or rule.rule
        descriptor: Json = {
            "id": rule.rule,
            "shortDescription": _message(title),
            "fullDescription": _message(pick(rule.description) or title),
            "help": {"text": _help_text(rule), "markdown": _help_markdown(rule)},
            "defaultConfiguration": {"level": _LEVELS[rule.severity]},
            "relationships": [
                {"target": self._taxon_reference(*pair), "kinds": ["relevant"]} for pair in self._references(rule)
            ],
            "properties": {
                "severity": rule.severity.value,
                "security-severity": _SCORES[rule.severity],
                "problem.severity": _LEVELS[rule.severity].replace("note", "recommendation"),
                "precision": "high",
                "tags": _tags(rule),
                "family": rule.family,
            },
        }
        link = next((r for r in rule.references if re.fullmatch(r"https?://[!-~]+", r)), "")
        if link:
            descriptor["helpUri"] = quote(link, safe="/~!$&'()*+,;=@:?#[]%")
        return descriptor

    # --- results -------------------------------------------------------------------------------------------------

    def _results(self, index: int, rule: RuleResult) -> Iterable[Json]:
        findings = rule.findings
        if not findings:
            yield self._verdict(index, rule)
        for finding in findings:
            yield self._finding(index, rule, finding)
        if rule.verdict in {Verdict.NO_EVIDENCE, Verdict.ERROR} and findings:
            yield self._verdict(index, rule)

    def _finding(self, index: int, rule: RuleResult, finding: Finding) -> Json:
        places = [self._location(e) for e in finding.evidence[:_MAX_PLACES]] or [self._anywhere()]
        related = [{"id": n, **place} for n, place in enumerate(places[1:], 1)]
        kind = "review" if finding.status is Status.REVIEW else "fail"
        level = _LEVELS[finding.severity] if kind == "fail" else "none"
        result = self._result(index, rule, kind, level, _finding_text(finding))
        result["locations"] = places[:1]
        if related:
            result["relatedLocations"] = related
        result["partialFingerprints"] = _fingerprints(finding.id)
        result["suppressions"] = _suppressions(pick(finding.waiver))
        result["properties"] = {
            "verdict": finding.status.value,
            "subject": pick(finding.subject),
            "devices": list(finding.devices),
            "evidenceTotal": proofs(finding),
        }
        return result

    def _verdict(self, index: int, rule: RuleResult) -> Json:
        """A result that says what became of a rule without findings."""
        reason = " ".join(t for t in (pick(rule.reason), pick(rule.coverage.text)) if t)
        kind = _KINDS[rule.verdict]
        level = _LEVELS[rule.severity] if kind == "fail" else "none"
        result = self._result(index, rule, kind, level, reason or rule.verdict.value)
        result["locations"] = [self._anywhere()]
        result["partialFingerprints"] = _fingerprints(f"{rule.rule}/{rule.verdict.value}")
        result["suppressions"] = _suppressions(reason if rule.verdict is Verdict.WAIVED else "")
        result["properties"] = {"verdict": rule.verdict.value, "subjects": rule.coverage.subjects}
        return result

    def _result(self, index: int, rule: RuleResult, kind: str, level: str, text: str) -> Json:
        return {
            "ruleId": rule.rule,
            "ruleIndex": index,
            "kind": kind,
            "level": level,
            "message": _message(text),
            "taxa": [self._taxon_reference(*pair) for pair in self._references(rule)],
        }

    # --- places --------------------------------------------------------------------------------------------------

    def _location(self, evidence: Evidence) -> Json:
        region: Json = {"startLine": max(evidence.line_start, 1)}
        if evidence.line_end > evidence.line_start:
            region["endLine"] = evidence.line_end
        if evidence.text:
            region["snippet"] = {"text": evidence.text}
        file, sheet = file_and_sheet(evidence.source, self.artifacts)
        physical = {"artifactLocation": self._artifact_location(file), "region": region}
        return {
            "physicalLocation": physical,
            **({"logicalLocations": [{"name": sheet, "kind": "sheet"}]} if sheet else {}),
            "message": _message(_evidence_text(evidence)),
            "properties": _evidence_properties(evidence),
        }

    def _anywhere(self) -> Json:
        """The first input: a result without a place is refused by GitHub."""
        source = self.results.inputs[0].source if self.results.inputs else "-"
        return {"physicalLocation": {"artifactLocation": self._artifact_location(source), "region": {"startLine": 1}}}

    def _artifact_location(self, source: str) -> Json:
        place: Json = {"uri": self.uris.get(source) or uri(source)}
        if source in self.artifacts:
            place["index"] = self.artifacts[source]
        return place

    def _artifact(self, record: InputRecord) -> Json:
        artifact: Json = {
            "location": {"uri": self.uris[record.source]},
            "length": record.size,
            "roles": ["analysisTarget"],
            "description": _message(pick(record.summary) or record.kind),
            "properties": {
                "kind": record.kind,
                "complete": record.complete,
                "details": {name: pick(text) for name, text in sorted(record.details.items())},
            },
        }
        if record.sha256:
            artifact["hashes"] = {"sha-256": record.sha256}
        return artifact

    # --- the run itself --------------------------------------------------------------------------------------------

    def _invocation(self) -> Json:
        errors = [(n, r) for n, r in enumerate(self.rules) if r.verdict is Verdict.ERROR]
        notes = [self._problem(p) for p in self.results.problems]
        notes += [
            {
                "level": "error",
                "message": _message(pick(rule.reason) or "the rule could not be evaluated"),
                "associatedRule": {"id": rule.rule, "index": n},
            }
            for n, rule in errors
        ]
        return {
            "executionSuccessful": self.results.complete and not errors,
            "toolExecutionNotifications": notes,
            **_times(self.results.run.started, self.results.run.seconds),
        }

    def _problem(self, problem: ProblemRow) -> Json:
        line = re.match(r"(?:line|row) (\d{1,9})", pick(problem.place))
        physical = {
            "artifactLocation": self._artifact_location(problem.source),
            "region": {"startLine": max(int(line[1]), 1) if line else 1},
        }
        return {
            "level": "warning",
            "message": _message(problem_text(problem)),
            "locations": [{"physicalLocation": physical}],
        }


def _taxon(taxon: str, requirement: RequirementResult | None) -> Json:
    result: Json = {"id": taxon}
    if requirement:
        unchecked = {"S": " (title unchecked)", "D": " (sources disagree)"}.get(requirement.confidence, "")
        result["shortDescription"] = _message(f"{pick(requirement.title)}{unchecked}")
        result["properties"] = {
            "verdict": requirement.verdict.value if requirement.verdict else "manual",
            "confidence": requirement.confidence,
            "manual": pick(requirement.manual),
            "note": pick(requirement.note),
        }
    return result


def _tags(rule: RuleResult) -> list[str]:
    tags = ["security", "ot", rule.family, *(f"attack.{t.lower()}" for t in rule.attack)]
    return [t for t in dict.fromkeys(tags) if t][:_MAX_TAGS]


def _help_parts(rule: RuleResult) -> list[tuple[str, str]]:
    parts = [
        ("What is checked", pick(rule.description)),
        ("Why it matters", pick(rule.rationale)),
        ("What to do", pick(rule.remediation)),
    ]
    return [(head, text) for head, text in parts if text]


def _help_text(rule: RuleResult) -> str:
    parts = [f"{head}: {text}" for head, text in _help_parts(rule)]
    parts += [f"See {r}" for r in rule.references]
    return "\n\n".join(parts) or pick(rule.title) or rule.rule


def _help_markdown(rule: RuleResult) -> str:
    parts = [f"**{head}.** {_plain(text)}" for head, text in _help_parts(rule)]
    parts += [f"- [{t}]({TECHNIQUE_PAGE}{t})" if re.fullmatch(r"T\d{4}", t) else f"- {_plain(t)}" for t in rule.attack]
    parts += [f"- {_plain(r)}" for r in rule.references]
    return "\n\n".join(parts) or _plain(pick(rule.title)) or rule.rule


def _plain(text: str) -> str:
    """Text whose characters mean nothing in Markdown."""
    return re.sub(r"([\\`*_{}\[\]<>()#!|~&])", r"\\\1", text)


def _finding_text(finding: Finding) -> str:
    text = pick(finding.message) or pick(finding.subject)
    first = finding.evidence[0] if finding.evidence else None
    if first and first.frames:
        text += f" ({first.source}, frames {frames_text(first)})"
    return text


def _evidence_text(evidence: Evidence) -> str:
    parts = [
        pick(evidence.message),
        ends_text(evidence),
        f"frames {frames_text(evidence)}" if evidence.frames else "",
        moment(evidence.first_time),
        evidence.outcome.get("en", ""),
    ]
    return "; ".join(p for p in parts if p) or evidence.text or evidence.source


def _evidence_properties(evidence: Evidence) -> Json:
    named: Json = {
        "frames": list(evidence.frames),
        "firstTime": evidence.first_time,
        "lastTime": evidence.last_time,
        "count": evidence.count,
        "client": evidence.client,
        "server": evidence.server,
        "port": evidence.port,
        "protocol": evidence.protocol,
        "outcome": evidence.outcome.get("en", ""),
        "displayFilter": evidence.filter,
    }
    return {k: v for k, v in named.items() if v}


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
