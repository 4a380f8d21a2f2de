"""The rules of a SARIF run and its taxonomies: frameworks, and ATT&CK for ICS."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from scanner.report._order import TECHNIQUE_PAGE, citations
from scanner.report._sarif.places import message
from scanner.report._words import one_line, say
from scanner.results.model import RequirementResult, Results, RuleResult, Severity
from scanner.results.ratings import Confidence
from scanner.results.texts import pick

Json = dict[str, Any]

# GitHub: above 9.0 critical, 7.0-8.9 high, 4.0-6.9 medium, 0.1-3.9 low.
_SCORES = {
    Severity.CRITICAL: "9.5",
    Severity.HIGH: "8.0",
    Severity.MEDIUM: "5.5",
    Severity.LOW: "3.0",
    Severity.INFO: "0.0",
}
LEVELS = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "note",
    Severity.INFO: "note",
}
_SURE = {Confidence.HIGH: 10.0, Confidence.MEDIUM: 7.0, Confidence.LOW: 4.0}
_COUNTS = ("subjects", "failing", "review", "waived", "unjudged", "confirmed")
_MAX_TAGS = 20  # GitHub's limit on tags of a rule
_ATTACK = "ATT&CK-ICS"


def rank(rule: RuleResult) -> float:
    """Its priority from 0 to 100 (section 3.27.24): how grave it is, and how sure."""
    return round(float(_SCORES[rule.severity]) * _SURE[rule.confidence], 1)


class Catalogue:
    """The rules and taxa of a run, and the indices by which results refer to them. Texts are printable, and in the
    language, already.
    """

    def __init__(self, results: Results, rules: Sequence[RuleResult], language: str) -> None:
        self._language = language
        self._results = results
        self._rules = rules
        self._frameworks = {f.framework: f for f in results.frameworks}
        self._taxa = self._collect_taxa()
        self._taxonomies = {name: n for n, name in enumerate(self._taxa)}

    def taxonomies(self) -> list[Json]:
        """Every framework with the requirements that may be cited."""
        return [self._taxonomy(name) for name in self._taxa]

    def supported(self) -> list[Json]:
        """References to the taxonomies."""
        return [{"name": name, "index": n} for name, n in self._taxonomies.items()]

    def rules(self) -> list[Json]:
        """The descriptor of every rule."""
        return [self._rule(rule) for rule in self._rules]

    def references(self, rule: RuleResult) -> list[Json]:
        """The taxa that the rule gives evidence about."""
        return [self._taxon_reference(*pair) for pair in self._pairs(rule)]

    def _collect_taxa(self) -> dict[str, dict[str, int]]:
        """Framework id -> requirement -> index, for every requirement that may be cited."""
        cited = citations(replace(self._results, rules=tuple(self._rules)))
        taxa: dict[str, dict[str, int]] = {}
        for framework in self._results.frameworks:
            taxa[framework.framework] = {}
            for requirement in framework.requirements:
                if requirement.confidence != "M":
                    taxa[framework.framework].setdefault(requirement.requirement, len(taxa[framework.framework]))
        for rule in self._rules:
            for mapping in rule.mappings:
                if cited[mapping].number:
                    group = taxa.setdefault(mapping.framework, {})
                    group.setdefault(mapping.requirement, len(group))
            for technique in rule.attack:
                group = taxa.setdefault(_ATTACK, {})
                group.setdefault(technique, len(group))
        return {name: group for name, group in taxa.items() if group}

    def _pairs(self, rule: RuleResult) -> list[tuple[str, str]]:
        pairs = [(m.framework, m.requirement) for m in rule.mappings] + [(_ATTACK, t) for t in rule.attack]
        return [p for p in dict.fromkeys(pairs) if p[1] in self._taxa.get(p[0], {})]

    def _taxon_reference(self, framework: str, taxon: str) -> Json:
        component = {"name": framework, "index": self._taxonomies[framework]}
        return {"id": taxon, "index": self._taxa[framework][taxon], "toolComponent": component}

    def _taxonomy(self, name: str) -> Json:
        framework = self._frameworks.get(name)
        known = {r.requirement: r for r in framework.requirements} if framework else {}
        component: Json = {
            "name": name,
            "isComprehensive": False,
            "taxa": [_taxon(taxon, known.get(taxon), self._language) for taxon in self._taxa[name]],
        }
        if framework:
            component["version"] = framework.edition or "-"
            component["shortDescription"] = message(pick(framework.title))
        if name == _ATTACK:
            component["shortDescription"] = message("MITRE ATT&CK for Industrial Control Systems")
            component["organization"] = "MITRE"
            component["informationUri"] = "https://attack.mitre.org/matrices/ics/"
        return component

    def _rule(self, rule: RuleResult) -> Json:
        title = one_line(pick(rule.title)) or rule.rule
        descriptor: Json = {
            "id": rule.rule,
            "shortDescription": message(title),
            "fullDescription": message(pick(rule.description) or title),
            "help": {"text": _help_text(rule, self._language), "markdown": _help_markdown(rule, self._language)},
            "defaultConfiguration": {"level": LEVELS[rule.severity]},
            "relationships": [
                {"target": self._taxon_reference(*pair), "kinds": ["relevant"]} for pair in self._pairs(rule)
            ],
            "properties": {
                "severity": rule.severity.value,
                "security-severity": _SCORES[rule.severity],
                "problem.severity": LEVELS[rule.severity].replace("note", "recommendation"),
                "precision": rule.confidence.value,
                "audience": [audience.value for audience in rule.audience],
                "tags": _tags(rule),
                "family": rule.family,
                **({"origin": rule.origin} if rule.origin else {}),
                "verdict": rule.verdict.value,
                "reason": pick(rule.reason),
                "coverage": {name: getattr(rule.coverage, name) for name in _COUNTS},
            },
        }
        link = next((r for r in rule.references if re.fullmatch(r"https?://[!-~]+", r)), "")
        if link:
            descriptor["helpUri"] = quote(link, safe="/~!$&'()*+,;=@:?#[]%")
        return descriptor


def _taxon(taxon: str, requirement: RequirementResult | None, language: str) -> Json:
    result: Json = {"id": taxon}
    if requirement:
        doubt = {"S": "unchecked", "D": "disputed"}.get(requirement.confidence)
        title = pick(requirement.title)
        result["shortDescription"] = message(f"{title} ({say(language, doubt)})" if doubt else title)
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


def _help_parts(rule: RuleResult, language: str) -> list[tuple[str, str]]:
    parts = [
        ("what-checked", pick(rule.description)),
        ("why", pick(rule.rationale)),
        ("remediation", pick(rule.remediation)),
    ]
    return [(say(language, head), text) for head, text in parts if text]


def _help_text(rule: RuleResult, language: str) -> str:
    parts = [f"{head}{say(language, 'colon')}{text}" for head, text in _help_parts(rule, language)]
    parts += [say(language, "see", text=r) for r in rule.references]
    return "\n\n".join(parts) or pick(rule.title) or rule.rule


def _help_markdown(rule: RuleResult, language: str) -> str:
    parts = [f"**{head}.** {_plain(text)}" for head, text in _help_parts(rule, language)]
    parts += [f"- [{t}]({TECHNIQUE_PAGE}{t})" if re.fullmatch(r"T\d{4}", t) else f"- {_plain(t)}" for t in rule.attack]
    parts += [f"- {_plain(r)}" for r in rule.references]
    return "\n\n".join(parts) or _plain(pick(rule.title)) or rule.rule


def _plain(text: str) -> str:
    """Text whose characters mean nothing in Markdown."""
    return re.sub(r"([\\`*_{}\[\]<>()#!|~&])", r"\\\1", text)
