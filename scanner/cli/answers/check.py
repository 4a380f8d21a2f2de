"""``otaudit answers check``: whether files of answers can be used, and what in them needs attention."""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scanner.cli._command import Command
from scanner.cli._errors import FAILING, explain, tell
from scanner.cli._general import general
from scanner.cli._help import SpokenCommand, option
from scanner.cli._reading import own_rules

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scanner.engine.verdict.answers import GivenAnswer
    from scanner.errors import Problem

_SOON = timedelta(days=90)


@click.command(name="check", cls=SpokenCommand)
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=click.Path())
@option("-z", "--policy", multiple=True, metavar="FILE", type=click.Path(), help="Policy whose zones the answers name.")
@own_rules
def command(files: tuple[str, ...], policy: tuple[str, ...], rules: tuple[Path, ...]) -> None:
    """Check files of answers: that every framework, requirement and zone exists, that no question is answered twice,
    that evidence beside them has the stated SHA-256, and which answers have expired or soon will.

    \b
    Exit status: 0  the answers can be used, and all of them count today
                 1  an answer has expired, is dated in the future, or its evidence is another or missing
                 2  a mistake in a file; nothing of it would be used
    """  # noqa: D301 - click looks for the backspace itself
    with explain():
        from scanner.engine.definitions.together import load_definitions
        from scanner.engine.verdict.answers import read_answers
        from scanner.inputs import Input, InputKind
        from scanner.scan import read_inputs
        from scanner.wording import Plural, said
        from scanner.wording.spoken import spoken

        frameworks = load_definitions(rules).frameworks
        found = [Input(InputKind.ANSWERS, name, Path(name)) for name in files]
        found += [Input(InputKind.POLICY, name, Path(name)) for name in policy]
        scan = read_inputs(found)
        for problem in scan.problems:
            tell(problem)
        table, zones = scan.facts["answers"], scan.facts["zones"]["zone"].to_list()
        rows: list[dict[str, Any]] = table.to_dicts()
        answers = read_answers(table, frameworks, zones)
        today = datetime.now(UTC).date()
        remarks = [remark for answer in answers for remark in _remarks(answer, today)]
        for remark, _ in remarks:
            tell(remark)
        told = said(
            "{answers}, {questions} not answered yet",
            answers=Plural("{n} answer", "{n} answers").of(len(answers)),
            questions=Plural("{n} question", "{n} questions").of(len(rows) - len(answers)),
        )
        if not general().quiet:
            click.echo(spoken(told, general().language))
        amiss = bool(scan.problems) or any(counts for _, counts in remarks)
    sys.exit(FAILING if amiss else 0)


def _remarks(answer: GivenAnswer, today: date) -> Iterator[tuple[Problem, bool]]:
    """What is to be known of an answer, and whether it keeps the answer from counting as it stands."""
    from scanner.errors import Problem
    from scanner.wording import at_line, said

    name = said("answer of {who} about {requirement}", who=answer.answered_by, requirement=answer.requirement)
    place = at_line(answer.line)
    if answer.period[1] < today:
        what = said("{answer} expired on {day}, so it does not count", answer=name, day=answer.period[1])
        yield Problem(answer.source, what, place, said("have it answered again")), True
    elif answer.period[1] - today <= _SOON:
        yield Problem(answer.source, said("{answer} expires on {day}", answer=name, day=answer.period[1]), place), False
    if answer.answered_on > today:
        what = said("{answer} is dated {day}, so it does not count yet", answer=name, day=answer.answered_on)
        yield Problem(answer.source, what, place, said("correct the date")), True
    if answer.evidence_state == "differs":
        what = said("{answer} does not count: {evidence} has another SHA-256", answer=name, evidence=answer.evidence)
        yield Problem(answer.source, what, place), True
    elif answer.evidence_state == "absent":
        what = said("{answer}: there is no file {evidence} beside it", answer=name, evidence=answer.evidence)
        yield Problem(answer.source, what, place), True


COMMAND = Command.of(command)
