"""What the HTML page shows beside the results themselves: its sentences, its cards, its limits."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping as AbstractMapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scanner.report._order import (
    VERDICTS,
    Citation,
    active,
    citations,
    ordered,
    severity_counts,
    verdict_counts,
    with_verdict,
)
from scanner.report._words import cleaned, columns, natural, one_line, pick, say
from scanner.results.model import (
    DeviceRow,
    Finding,
    FrameworkResult,
    RequirementResult,
    Results,
    RuleResult,
    Text,
    Verdict,
    waived_findings,
)

if TYPE_CHECKING:
    from markupsafe import Markup

LANGUAGES = {"en": "en", "zh": "zh-Hans"}  # our name -> language tag of HTML


@dataclass(frozen=True)
class Limits:
    """How much a page can hold and still be usable; the JSON results have the rest."""

    first: int = 5  # rules on the first screen
    first_findings: int = 2  # of each of them
    brief: int = 240  # columns of what to do there, whole sentences; the finding has the rest
    not_checked: int = 6  # reasons
    unjudged: int = 3  # rules of one reason
    findings: int = 100  # of one rule
    all_findings: int = 1500
    open_findings: int = 5  # of a rule: more are folded
    evidence: int = 6  # of one finding
    devices: int = 3000
    addresses: int = 4  # of one device
    traffic: int = 500
    matrix: int = 24
    problems: int = 200


LIMITS = Limits()
_SENTENCE_ENDS = re.compile(r"(?<=[.!?]\s)(?=[A-Z\u4e00-\u9fff])|(?<=[。！？])")


class Words:
    """Text in every language at once; the style shows one of them."""

    def __init__(self) -> None:
        from markupsafe import Markup

        self._markup = Markup
        self._spans = {k: Markup(f'<span class="{k}" lang="{tag}">{{}}</span>') for k, tag in LANGUAGES.items()}  # noqa: S704
        self._fixed: dict[str, Markup] = {}

    def both(self, text: Text) -> Markup:
        """A text of the results."""
        return self._join({language: pick(text, language) for language in LANGUAGES})

    def fixed(self, key: str, /, **values: object) -> Markup:
        """Fixed words, with values put in."""
        if values:
            return self._join({language: say(language, key, **values) for language in LANGUAGES})
        if key not in self._fixed:
            self._fixed[key] = self._join({language: say(language, key) for language in LANGUAGES})
        return self._fixed[key]

    def link(self, address: str, text: str) -> Markup:
        """A link when the address is one of the web, else the text alone."""
        if not re.fullmatch(r"https?://[^\s<>\"'\\]+", address):
            return self._markup.escape(text)
        return self._markup('<a href="{}" rel="noopener noreferrer external">{}</a>').format(address, text)

    def titles(self, text: AbstractMapping[str, str]) -> Markup:
        """Attributes from which the script sets a tooltip in the chosen language."""
        pair = self._markup(' data-{}="{}"')
        return self._markup("").join(pair.format(language, text[language]) for language in LANGUAGES)

    def _join(self, text: AbstractMapping[str, str]) -> Markup:
        if len(set(text.values())) == 1:
            return self._markup.escape(next(iter(text.values())))
        return self._markup("").join(self._spans[language].format(t) for language, t in text.items())


@dataclass(frozen=True)
class Card:
    """One rule as it is shown."""

    rule: RuleResult
    order: int  # of its verdict
    active: int
    waived: int
    shown: tuple[Finding, ...]
    hidden: int
    open: bool
    citations: tuple[Citation, ...]
    frameworks: str  # indices of its frameworks, for the filter


@dataclass(frozen=True)
class First:
    """One failing rule on the first screen: who is concerned, and the beginning of what to do."""

    rule: RuleResult
    findings: tuple[Finding, ...]
    hidden: int
    todo: Text


@dataclass(frozen=True)
class Unjudged:
    """Rules that could not be judged, all for one reason."""

    verdict: Verdict
    reason: Text
    rules: tuple[RuleResult, ...]


@dataclass(frozen=True)
class FrameworkView:
    """A framework with its counts."""

    title: Text
    edition: str
    judged: tuple[RequirementResult, ...]
    manual: tuple[RequirementResult, ...]
    counts: tuple[tuple[str, int], ...]
    remainder: Text  # what stays manual in many of the judged requirements, so that it is said once
    same: bool  # in every one of them
    levelled: bool  # some requirement says from which level it applies
    unjudged_remainder: Text  # likewise in the requirements without a check


@dataclass(frozen=True)
class DeviceView:
    """A device and how many findings name it."""

    device: DeviceRow
    findings: int


def page(results: Results) -> dict[str, Any]:
    """The variables of the template."""
    failing = with_verdict(results, Verdict.FAIL)
    unjudged = with_verdict(results, Verdict.ERROR) + with_verdict(results, Verdict.NO_EVIDENCE)
    reasons = _reasons(unjudged)
    counts = verdict_counts(results)
    anchors = _anchors(results)
    places = {rule.rule: n for n, rule in enumerate(ordered(results.rules))}
    return {
        "limits": LIMITS,
        "cards": _cards(results),
        "frameworks": [_framework(f) for f in results.frameworks],
        "rows": results.traffic[: LIMITS.traffic],
        "verdict_of": {r.rule: r.verdict for r in results.rules},
        "worst_first": lambda ids: sorted(ids, key=lambda rule: (places.get(rule, len(places)), rule)),
        "anchor": lambda rule: anchors.get(rule, "findings"),
        "page": {
            "title": one_line(f"otaudit: {results.site or results.profile}").removesuffix(": "),
            "seconds": f"{results.run.seconds:.1f}",
            "headline": _headline(results, counts),
            "urgency": _urgency(results, counts, failing),
            "failing_severities": [(s, n) for s, n in severity_counts(failing).items() if n],
            "verdicts": [(v, counts[v]) for v in VERDICTS],
            "severities": [(s, n) for s, n in severity_counts(results.rules).items() if n],
            "first": [_first(rule) for rule in failing[: LIMITS.first]],
            "first_hidden": len(failing) - len(failing[: LIMITS.first]),
            "unjudged": len(unjudged),
            "not_checked": reasons[: LIMITS.not_checked],
            "not_checked_hidden": sum(len(u.rules) for u in reasons[LIMITS.not_checked :]),
            "partial": [i.source for i in results.inputs if not i.complete],
            "manual": sum(1 for f in results.frameworks for r in f.requirements if r.verdict is None),
        },
    }


def _headline(results: Results, counts: AbstractMapping[Verdict, int]) -> Markup:
    words = Words()
    if not results.rules:
        return words.fixed("headline.empty")
    if counts[Verdict.FAIL]:
        return words.fixed("headline.fail", n=counts[Verdict.FAIL], total=len(results.rules))
    if counts[Verdict.PASS] + counts[Verdict.WAIVED]:
        return words.fixed("headline.pass", n=counts[Verdict.PASS])
    return words.fixed("headline.nothing")


def _urgency(results: Results, counts: AbstractMapping[Verdict, int], failing: list[RuleResult]) -> str:
    if failing:
        return max((r.severity for r in failing), key=lambda s: s.rank).value
    return "none" if results.rules and counts[Verdict.PASS] + counts[Verdict.WAIVED] else "nothing"


def _anchors(results: Results) -> dict[str, str]:
    """An element id for each rule, from its own id where that can stand in an address."""
    return {
        r.rule: f"rule-{r.rule}" if re.fullmatch(r"[A-Za-z0-9_.-]+", r.rule) else f"rule-{n}"
        for n, r in enumerate(results.rules)
    }


def _cards(results: Results) -> list[Card]:
    cited = citations(results)
    indices = {f.framework: n for n, f in enumerate(results.frameworks)}
    room = LIMITS.all_findings
    cards = []
    for rule in ordered(results.rules):
        findings = rule.findings
        shown = tuple(findings[: min(LIMITS.findings, max(room, LIMITS.open_findings))])
        room -= len(shown)
        frameworks = sorted({indices[m.framework] for m in rule.mappings if m.framework in indices})
        cards.append(
            Card(
                rule=rule,
                order=VERDICTS.index(rule.verdict),
                active=len(active(rule)),
                waived=len(waived_findings(rule)),
                shown=shown,
                hidden=len(findings) - len(shown),
                open=len(findings) <= LIMITS.open_findings,
                # how sure a number is, only a framework of the report says
                citations=tuple(cited[m] for m in rule.mappings if m.framework in indices),
                frameworks=" ".join(str(n) for n in frameworks),
            )
        )
    return cards


def _reasons(rules: list[RuleResult]) -> list[Unjudged]:
    """The rules by verdict and reason, errors first, then what most of them want."""
    groups: dict[tuple[Verdict, str], list[RuleResult]] = {}
    for rule in rules:
        groups.setdefault((rule.verdict, pick(rule.reason)), []).append(rule)
    ranked = sorted(groups.items(), key=lambda item: (VERDICTS.index(item[0][0]), -len(item[1]), item[0][1]))
    return [Unjudged(verdict, found[0].reason, tuple(found)) for (verdict, _), found in ranked]


def _first(rule: RuleResult) -> First:
    findings = active(rule)
    shown = tuple(findings[: LIMITS.first_findings])
    todo = {language: brief(text, LIMITS.brief) for language, text in rule.remediation.items()}
    return First(rule, shown, len(findings) - len(shown), todo)


def brief(text: str, width: int) -> str:
    """The first sentences that fit into so many columns, one at least, and an ellipsis when there are more."""
    sentences = [s for s in _SENTENCE_ENDS.split(one_line(text)) if s]
    shown: list[str] = []
    used = 0
    for sentence in sentences:
        used += columns(sentence)
        if shown and used > width:
            return f"{''.join(shown).rstrip()}\N{NO-BREAK SPACE}…"
        shown.append(sentence)
    return "".join(shown).rstrip()


def _framework(framework: FrameworkResult) -> FrameworkView:
    counts = Counter("manual" if r.verdict is None else r.verdict.value for r in framework.requirements)
    order = [v.value for v in VERDICTS] + ["manual"]
    title = framework.title or {"en": framework.framework}
    judged = tuple(r for r in framework.requirements if r.verdict is not None)
    manual = tuple(r for r in framework.requirements if r.verdict is None)
    remainder = _usual([r.manual for r in judged])
    return FrameworkView(
        title,
        framework.edition,
        judged=judged,
        manual=manual,
        counts=tuple((v, counts[v]) for v in order),
        remainder=remainder,
        same=all(r.manual == remainder for r in judged),
        levelled=any(r.level for r in judged),
        unjudged_remainder=_usual([r.manual for r in manual]),
    )


def _usual(texts: list[Text]) -> Text:
    """The text that stands at the most places, if at three and at a third of them or more; else none."""
    best = max(texts, key=texts.count, default={})
    return best if best and texts.count(best) >= max(3, len(texts) / 3) else {}


def device_list(results: Results) -> dict[str, Any]:
    """The variables of the template that are about devices.

    They are chosen before texts are made fit to show: of very many, few are shown.
    """
    named = Counter(d for rule in results.rules for f in active(rule) for d in dict.fromkeys(f.devices))
    devices = sorted(
        results.devices,
        key=lambda d: (d.level is None, -(d.level or 0), d.zone, -named[d.device], natural(d.name), d.device),
    )
    return {
        "devices": [DeviceView(cleaned(d), named[d.device]) for d in devices[: LIMITS.devices]],
        "devices_hidden": len(devices[LIMITS.devices :]),
        "device_columns": _device_columns(results),
    }


def _device_columns(results: Results) -> list[str]:
    """The columns of the device table that say anything here."""
    absent = set()
    if not results.zones and not any(d.zone for d in results.devices):
        absent.add("zone")
    if all(d.level is None for d in results.devices):
        absent.add("level")
    if all(d.listed is None for d in results.devices):
        absent.add("inventory")
    every = ("name", "zone", "level", "roles", "addresses", "identity", "protocols", "inventory", "findings", "packets")
    return [c for c in every if c not in absent]
