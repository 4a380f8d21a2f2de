"""What somebody must know of the answers of people: those that do not count, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping

from scanner.engine.definitions.frameworks import Framework
from scanner.engine.standings import Account, Given
from scanner.engine.texts import problem
from scanner.engine.verdict.answers import GivenAnswer
from scanner.results.answers import AnswerState
from scanner.results.model import ProblemRow
from scanner.wording import NOTHING, Plural, Said, at_line, listed, said

_NOT_SHOWN = Plural(
    "{n} answer is about {framework}, which the profile does not show",
    "{n} answers are about {framework}, which the profile does not show",
)
_BEYOND = Plural(
    "{n} answer is about requirements of {framework} beyond the level of the profile",
    "{n} answers are about requirements of {framework} beyond the level of the profile",
)


def answer_problems(
    answers: Collection[GivenAnswer], accounts: Mapping[str, Account], shown: Iterable[Framework]
) -> Iterator[ProblemRow]:
    """A row for each answer that counts for less than its author thinks; answers to frameworks not shown together."""
    current = {answer.question for answer in answers if not _over(accounts, answer)}
    for answer in answers:
        given = _given(accounts, answer)
        if given is None or (given.state is AnswerState.EXPIRED and answer.question in current):
            continue  # somebody answered it again
        for what, remedy in _about(given, accounts[answer.framework]):
            yield problem(answer.source, at_line(answer.line), what, remedy)
    visible = {name for framework in shown for name in framework.spoken_of}
    frameworks = {name for name, _ in visible}
    hidden = [a for a in answers if (a.framework, a.requirement) not in visible]
    for (source, framework), number in sorted(Counter((a.source, a.framework) for a in hidden).items()):
        what = (_BEYOND if framework in frameworks else _NOT_SHOWN).of(number, framework=framework)
        yield problem(source, NOTHING, what, said("choose a profile that shows it"))


def _given(accounts: Mapping[str, Account], answer: GivenAnswer) -> Given | None:
    account = accounts.get(answer.framework)
    found = account.given.get(answer.requirement, ()) if account else ()
    return next((given for given in found if given.answer == answer), None)


def _over(accounts: Mapping[str, Account], answer: GivenAnswer) -> bool:
    given = _given(accounts, answer)
    return given is None or given.state is AnswerState.EXPIRED


def _about(given: Given, account: Account) -> Iterator[tuple[Said, Said]]:
    """What is wrong, and what to do."""
    answer = given.answer
    name = said("answer of {who} about {requirement}", who=answer.answered_by, requirement=answer.requirement)
    match given.state:
        case AnswerState.EXPIRED:
            what = said("{answer} expired on {day}, so it does not count", answer=name, day=answer.period[1])
            yield what, said("have it answered again")
        case AnswerState.NOT_YET:
            what = said("{answer} is dated {day}, so it does not count yet", answer=name, day=answer.answered_on)
            yield what, said("correct the date")
        case AnswerState.EVIDENCE_DIFFERS:
            yield (
                said("{answer} does not count: {evidence} has another SHA-256", answer=name, evidence=answer.evidence),
                said("answer again about the evidence as it is now, or put back what was answered about"),
            )
        case AnswerState.ZONE_UNKNOWN:
            what = said("{answer} does not count: no policy says what zone '{zone}' is", answer=name, zone=answer.zone)
            yield what, said("give the policy")
        case AnswerState.CONTRADICTED:
            rules = listed(sorted({rule.rule for rule in account.failing(answer)}))
            yield (
                said("{answer} does not count: what was seen contradicts it (rule {rules})", answer=name, rules=rules),
                said("correct what fails, or the answer"),
            )
    if answer.evidence_state == "absent":
        what = said("{answer}: there is no file {evidence} beside it", answer=name, evidence=answer.evidence)
        yield what, said("its SHA-256 was not compared")
    elif answer.evidence_state == "too-large":
        what = said("{answer}: the file {evidence} is too large", answer=name, evidence=answer.evidence)
        yield what, said("its SHA-256 was not compared")
