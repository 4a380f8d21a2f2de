"""The questionnaire of what no input has judged: from the roll-ups of a scan to a file of answers without verdicts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from scanner.catalogues import labels
from scanner.policy.yaml_text import comment, scalar
from scanner.results.answers import AnswerRow
from scanner.results.model import FrameworkResult, RequirementResult, Results, RuleResult
from scanner.results.standing import unsettled
from scanner.results.texts import pick
from scanner.wording import Plural, Said, said
from scanner.wording.spoken import spoken

_WIDTH = 400
_SEEN = 12  # rules told of one requirement
_HEAD = (
    said("Questions that no input of a scan has answered whole"),
    said(
        "verdict: {words}; leave it empty while nobody knows",
        words="met, partly-met, not-met, not-applicable",
    ),
    said("evidence: a file beside this one, an address or a reference; sha256 of a file beside it is checked"),
    said("zone: the only zone that an answer is about; without it, the whole plant"),
    said("Then: {command}", command="otaudit answers check FILE; otaudit scan INPUT... --answers FILE"),
)
_MORE = Plural("{n} check more", "{n} checks more")


@dataclass(frozen=True)
class Question:
    """A requirement of a framework that somebody must answer about, and the rules that say something of it."""

    framework: FrameworkResult
    requirement: RequirementResult
    rules: tuple[RuleResult, ...]


def questions(frameworks: Iterable[FrameworkResult], rules: Iterable[RuleResult]) -> list[Question]:
    """What is open, partly judged or to be confirmed, framework by framework."""
    known = {rule.rule: rule for rule in rules}
    return [
        Question(framework, row, tuple(known[name] for name in row.rules if name in known))
        for framework in frameworks
        for row in unsettled(framework)
    ]


def of_results(results: Results) -> list[Question]:
    """The same of saved results."""
    return questions(results.frameworks, (*results.rules, *results.outside))


def text(asked: Sequence[Question], language: str, site: str = "") -> str:
    """The file, in YAML; what was seen and asked stands in comments."""
    lines = [f"# {comment(spoken(line, language), _WIDTH)}" for line in _HEAD]
    lines += ["otaudit_answers: 1", *([f"site: {scalar(site)}"] if site.strip() else [])]
    lines += ["answered_by:", "answered_on:", "until:", "answers:" if asked else "answers: []"]
    framework = ""
    for question in asked:
        if question.framework.framework != framework:
            framework = question.framework.framework
            lines += ["", f"  # === {comment(pick(question.framework.title, language), _WIDTH)} ==="]
        lines += ["", *_entry(question, language)]
    return "\n".join(lines) + "\n"


def _entry(question: Question, language: str) -> Iterator[str]:
    row = question.requirement
    number = "" if row.confidence == "M" else f"{row.requirement} "
    yield f"  # {comment(number + pick(row.title, language), _WIDTH)}"
    for line in _comments(question, language):
        yield f"  #   {comment(line, _WIDTH)}"
    yield f"  - framework: {scalar(question.framework.framework)}"
    yield f"    requirement: {scalar(row.requirement)}"
    yield from ("    verdict:", "    evidence:", "    sha256:", "    remark:")


def _comments(question: Question, language: str) -> Iterator[str]:
    row = question.requirement
    for key, part in (("ask-question", row.question), ("ask-for", row.ask_for), ("stays-manual", row.manual)):
        if asked := pick(part, language):
            yield f"{labels(language)[key]}: {asked}"
    for rule in question.rules[:_SEEN]:
        verdict = labels(language)[f"verdict.{rule.verdict.value}"]
        seen = pick(rule.coverage.text, language) or pick(rule.reason, language)
        yield f"{verdict}: {pick(rule.title, language)} [{rule.rule}]{': ' if seen else ''}{seen}"
    if len(question.rules) > _SEEN:
        yield spoken(_MORE.of(len(question.rules) - _SEEN), language)
    for answer in row.answers:
        yield _answered(answer, language)


def _answered(answer: AnswerRow, language: str) -> str:
    words = labels(language)
    said_by = words["answer-by"].format(who=answer.answered_by, day=answer.answered_on)
    state = words[f"answer-state.{answer.state.value}"]
    return (
        f"{words['answered.' + answer.verdict.value]}: {said_by} ({state}) {answer.evidence} {answer.remark}".rstrip()
    )


def summary(asked: Sequence[Question]) -> Said:
    """How many there are, and of how many frameworks."""
    number = len({question.framework.framework for question in asked})
    return said(
        "{questions} of {frameworks}",
        questions=Plural("{n} question", "{n} questions").of(len(asked)),
        frameworks=Plural("{n} framework", "{n} frameworks").of(number),
    )
