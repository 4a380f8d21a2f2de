"""What kept rules from being judged, cause by cause, and what would help: the same in every report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from scanner.report._order import ordered
from scanner.report._words import one_line, printable, say
from scanner.results.model import Cause, Results, RuleResult, Text, Verdict
from scanner.results.texts import pick

_TEXTS = 2  # of one cause


@dataclass
class Waiting:
    """Rules that one cause kept from being judged, or from passing. ``cause``: None where the results name none."""

    cause: Cause | None
    rules: dict[str, RuleResult] = field(default_factory=dict)  # by id
    texts: Counter[str] = field(default_factory=Counter)  # in English: how many rules say it
    said: dict[str, Text] = field(default_factory=dict)  # the same texts in every language

    def add(self, rule: RuleResult, texts: Iterable[Text]) -> None:
        """The rule, and what it says of the cause."""
        self.rules[rule.rule] = rule
        said = {pick(text): text for text in texts}
        self.said |= said
        self.texts.update(said.keys())

    def sentence(self, language: str) -> str:
        """How many checks it concerns, and what to provide."""
        key = f"provide.{self.cause.value}" if self.cause else "brief.checks-because"
        return say(language, key, n=len(self.rules), why=self._why(language))

    def _why(self, language: str) -> str:
        """The most frequent texts, and how many more there are."""
        shown = [self.said[text] for text, _ in self.texts.most_common(_TEXTS)]
        why = say(language, "brief.join").join(one_line(printable(pick(text, language))) for text in shown)
        hidden = len(self.texts) - len(shown)
        return f"{why} {say(language, 'more-here', n=hidden)}" if hidden > 0 else why


def waiting(results: Results, verdicts: Iterable[Verdict] = (Verdict.NO_EVIDENCE,)) -> list[Waiting]:
    """What would help the rules of these verdicts, what helps most of them first; those to be confirmed count as well,
    because the same input may decide them. Nothing when no rule has one of the verdicts.
    """
    rules = ordered(results.rules)
    concerned = [rule for rule in rules if rule.verdict in {*verdicts}]
    if not concerned:
        return []
    groups: dict[Cause | str, Waiting] = {}
    policy = any(given.kind == "policy" for given in results.inputs)
    for rule in (*concerned, *(rule for rule in rules if rule.verdict is Verdict.REVIEW)):
        texts: dict[Cause, list[Text]] = {}
        for doubt in rule.doubts:
            texts.setdefault(doubt.cause, []).append(doubt.text)
        for cause, said in texts.items():
            groups.setdefault(cause, Waiting(cause)).add(rule, said)
        if not texts:
            groups.setdefault(pick(rule.reason), Waiting(None)).add(rule, [rule.reason])
    if not policy and Cause.POLICY in groups and Cause.ZONES in groups:  # one policy serves both
        _fold(groups[Cause.POLICY], groups.pop(Cause.ZONES))
    return [group for _, group in sorted(groups.items(), key=lambda item: _rank(*item))]


def _fold(into: Waiting, other: Waiting) -> None:
    into.rules |= other.rules
    into.texts += other.texts
    into.said |= other.said


def _rank(key: Cause | str, group: Waiting) -> tuple[bool, int, str]:
    return (group.cause is None, -len(group.rules), str(key))


def several(groups: Iterable[Waiting]) -> bool:
    """Whether some rule is counted under more than one cause."""
    counted = Counter(rule for group in groups for rule in group.rules)
    return any(n > 1 for n in counted.values())
