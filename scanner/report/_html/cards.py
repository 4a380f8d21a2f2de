"""Every rule as a card with its findings, grouped by verdict; what has no evidence is grouped by what would help."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from scanner.catalogues import languages
from scanner.report._doubts import several, waiting
from scanner.report._html.anchors import Anchors
from scanner.report._html.limits import LIMITS
from scanner.report._html.named import Place
from scanner.report._html.repeats import unless_in, usual
from scanner.report._order import VERDICTS, Citation, active, citations, cut, ordered
from scanner.results.model import Finding, Mapping, Results, RuleResult, Text, Verdict, waived_findings

_BY_CAUSE = (Verdict.ERROR, Verdict.NO_EVIDENCE)
_BESIDE = ("outside", "nursery")  # groups of what the profile has not
_FOLDED = (Verdict.PASS, Verdict.NOT_APPLICABLE)
_TOLD = (Verdict.PASS, Verdict.WAIVED)


@dataclass(frozen=True)
class Shown:
    """A finding and its address in the page."""

    finding: Finding
    anchor: str


@dataclass(frozen=True)
class Card:
    """One rule as it is shown."""

    rule: RuleResult
    anchor: str
    number: int  # on paper; 0: nothing fails and nothing must be confirmed
    active: int
    waived: int
    shown: tuple[Shown, ...]
    hidden: int
    open: bool  # its findings are unfolded
    citations: dict[str, list[tuple[Citation, str]]]  # by framework, with the address of the requirement
    told: bool  # the reason stands in its heading
    reason: Text  # that is said nowhere else
    observed: Text  # that the reason does not say
    unproven: bool = False  # it is in the nursery

    @property
    def advises(self) -> bool:
        """It says what to do and why: something fails, is to be confirmed or could not be judged."""
        return self.rule.verdict not in _FOLDED


@dataclass(frozen=True)
class Cause:
    """What would help rules that could not be judged."""

    verdict: Verdict  # that decides about its icon
    said: Text  # how many they are, and what to provide
    cards: tuple[Card, ...]
    others: tuple[Card, ...] = ()  # that it would help as well, and whose cards stand elsewhere


@dataclass(frozen=True)
class Group:
    """Cards under one heading. ``key``: a verdict, ``outside`` (the profile), ``nursery``, ``reach`` (of evidence)."""

    key: str
    cards: tuple[Card, ...]
    causes: tuple[Cause, ...] = ()
    folded: bool = False
    reason: Text = field(default_factory=dict)  # of many of its cards, said once


@dataclass
class Cards:
    """All cards; addresses of what they show are entered into ``anchors``."""

    results: Results
    anchors: Anchors
    groups: list[Group] = field(default_factory=list)
    reach: Group = field(init=False)
    causes: tuple[Cause, ...] = ()  # what would help, each with all of its cards
    several: bool = False  # some rule waits for more than one of them
    numbers: dict[str, int] = field(default_factory=dict)  # of cards, by rule
    places: dict[Place, str] = field(default_factory=dict)  # addresses of the findings that are shown
    _number: int = 0
    _room: int = LIMITS.all_findings

    def __post_init__(self) -> None:
        self._cited = citations(self.results)
        self._frameworks = {f.framework for f in self.results.frameworks}
        for framework in self.results.frameworks:
            for requirement in framework.requirements:
                self.anchors.add("req", requirement_key(framework.framework, requirement.requirement))
        for verdict in VERDICTS:
            cards = self._made(r for r in self.results.rules if r.verdict is verdict)
            self._add(_folded(verdict.value, cards) if verdict in _FOLDED else Group(verdict.value, cards))
            if verdict is Verdict.REVIEW:
                self._add(Group("outside", self._made(self.results.outside)))
        self._add(_folded("nursery", self._made(self.results.nursery, unproven=True)))
        self.reach = Group("reach", self._made(self.results.reach))
        self._find_causes()

    def _find_causes(self) -> None:
        """What would help all rules together, and each group by it."""
        made = {card.rule.rule: card for group in self.groups for card in group.cards if group.key not in _BESIDE}
        found = waiting(self.results, _BY_CAUSE)
        self.several = several(found)
        said = [{language: group.sentence(language) for language in languages()} for group in found]
        helped = [tuple(made[rule] for rule in group.rules) for group in found]
        self.causes = tuple(Cause(_worst(cards), text, cards) for text, cards in zip(said, helped, strict=True))
        for n, group in enumerate(self.groups):
            if group.key in _BY_CAUSE:
                self.groups[n] = replace(group, causes=tuple(_placed(group, self.causes)))

    def _add(self, group: Group) -> None:
        if group.cards:
            self.groups.append(group)

    def _made(self, rules: Iterable[RuleResult], *, unproven: bool = False) -> tuple[Card, ...]:
        return tuple(self._card(rule, unproven=unproven) for rule in ordered(rules))

    def _card(self, rule: RuleResult, *, unproven: bool) -> Card:
        findings = cut(rule.findings, min(LIMITS.findings, max(self._room, LIMITS.open_findings)))
        self._room -= len(findings.shown)
        for place, finding in enumerate(findings.shown):
            self.places[rule.rule, place] = self.anchors.add("finding", finding.id)
        if active(rule) and not unproven:
            self._number += 1
            self.numbers[rule.rule] = self._number
        mapped = [m for m in rule.mappings if m.framework in self._frameworks]
        told = rule.verdict in _TOLD and bool(rule.reason)
        return Card(
            rule=rule,
            anchor=self.anchors.add("rule", rule.rule),
            number=self.numbers.get(rule.rule, 0),
            active=len(active(rule)),
            waived=len(waived_findings(rule)),
            shown=tuple(Shown(f, self.anchors.of("finding", f.id)) for f in _unique(findings.shown)),
            hidden=findings.hidden,
            open=findings.total <= LIMITS.open_findings,
            citations=self._citations(mapped),
            told=told,
            reason={} if told else rule.reason,
            observed=unless_in(rule.coverage.text, rule.reason),
            unproven=unproven,
        )

    def _citations(self, mapped: Iterable[Mapping]) -> dict[str, list[tuple[Citation, str]]]:
        """How sure a number is, only a framework of the report says."""
        found: dict[str, list[tuple[Citation, str]]] = {}
        for m in mapped:
            address = self.anchors.of("req", requirement_key(m.framework, m.requirement))
            found.setdefault(m.framework, []).append((self._cited.get(m, _cited(m)), address))
        return found


def requirement_key(framework: str, requirement: str) -> str:
    """The key of a requirement's address: unique over all frameworks."""
    return f"{framework}-{requirement}"


def _folded(key: str, cards: tuple[Card, ...]) -> Group:
    """A group that is closed at first. What is the reason of many of its cards is said once."""
    reason = usual([card.reason for card in cards])
    cards = tuple(replace(card, reason={}) if card.reason == reason else card for card in cards)
    return Group(key, cards, folded=True, reason=reason)


def _cited(mapping: Mapping) -> Citation:
    return Citation(mapping.framework, mapping.requirement, mapping.requirement, "")


def _unique(findings: Iterable[Finding]) -> Iterable[Finding]:
    return {f.id: f for f in findings}.values()


def _worst(cards: Iterable[Card]) -> Verdict:
    found = {card.rule.verdict for card in cards}
    return next((verdict for verdict in _BY_CAUSE if verdict in found), Verdict.REVIEW)


def _placed(group: Group, causes: Iterable[Cause]) -> Iterator[Cause]:
    """The causes that concern the group; a card stands under the first of its causes, and the others link to it."""
    placed: set[str] = set()
    for cause in causes:
        own = tuple(c for c in cause.cards if c.rule.verdict == group.key and c.anchor not in placed)
        if not any(c.rule.verdict == group.key for c in cause.cards):
            continue
        here = {card.anchor for card in own}
        placed |= here
        others = tuple(card for card in cause.cards if card.anchor not in here)
        yield replace(cause, verdict=Verdict(group.key), cards=own, others=others)
