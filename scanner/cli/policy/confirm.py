"""``otaudit policy confirm``: what people decide about operations that were seen."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scanner.cli._command import Command
from scanner.cli._errors import explain, tell
from scanner.cli._general import general
from scanner.cli._help import SpokenCommand, option
from scanner.cli._reading import own_rules
from scanner.cli._spoken import in_own_words, usage_error
from scanner.cli.policy._decider import Decider
from scanner.columns import columns
from scanner.wording import at_line, listed, said, term

if TYPE_CHECKING:
    from scanner.confirm.file import DecisionFile
    from scanner.confirm.reviews import Review, Reviews
    from scanner.confirm.text import Answer

STDOUT = "-"
_SEVERITY = 8  # columns of the list


@dataclass(frozen=True)
class Chosen:
    """What was chosen on the command line: ids of reviews, and rules."""

    allow: tuple[str, ...]
    forbid: tuple[str, ...]
    allow_all_of: tuple[str, ...]
    forbid_all_of: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.allow or self.forbid or self.allow_all_of or self.forbid_all_of)


@click.command(name="confirm", cls=SpokenCommand)
@click.argument("results", metavar="RESULTS.json")
@option("-o", "--output", metavar="FILE", help="File of decisions, new or to be added to; - for stdout.")
@option("--list", "only_list", is_flag=True, help="List the reviews with their ids and decide nothing.")
@option("--allow", multiple=True, metavar="ID", help="Allow this review; the beginning of its id is enough.")
@option("--forbid", multiple=True, metavar="ID", help="Forbid this review.")
@option("--allow-all-of", multiple=True, metavar="RULE", help="Allow every review of a rule; needs --reason.")
@option("--forbid-all-of", multiple=True, metavar="RULE", help="Forbid every review of a rule.")
@option("--by", metavar="NAME", help="Who decides.")
@option("--reason", metavar="TEXT", help="Why.")
@option("--until", metavar="DATE", help="Last day it holds, or 'never' ends; allowed: one year if left out.")
@own_rules
def command(  # noqa: PLR0917 - one for each option
    results: str,
    output: str | None,
    only_list: bool,
    allow: tuple[str, ...],
    forbid: tuple[str, ...],
    allow_all_of: tuple[str, ...],
    forbid_all_of: tuple[str, ...],
    by: str | None,
    reason: str | None,
    until: str | None,
    rules: tuple[Path, ...],
) -> None:
    """Decide about what was seen while nobody has said whether it is allowed.

    RESULTS.json are saved results (otaudit scan -o RESULTS.json). On a terminal every finding for review is shown with
    its evidence, and you are asked; otherwise --allow and --forbid name findings. The decisions go to a file of their
    own, to be given to later scans beside the policy: otaudit scan INPUT... -z policy.yaml -z decisions.yaml. What was
    allowed then passes, what was forbidden fails.

    A decision is about authority: somebody who may say so says that this client is, or is not, to do this. Use a waiver
    in the policy where the thing is wrong but accepted for a time; a report goes on showing it as a deviation.
    A decision never excuses what fails.

    A decision covers what was shown and no more: rule, client, server, protocol, verb, function, unit, port and tunnel.

    \b
    Exit status: 0  written, listed, or nothing was left to decide
                 2  usage error, results or a file of decisions that cannot be used
    """  # noqa: D301 - click looks for the backspace itself
    named = Chosen(allow, forbid, allow_all_of, forbid_all_of)
    decider = Decider(datetime.now(UTC).date(), (by or "").strip(), (reason or "").strip(), until)
    decider.last_day(allowed=True)  # refused now rather than after all answers
    with explain():
        from scanner.confirm.reviews import Reviews
        from scanner.results.serialise import load

        reviews = Reviews(results, load(Path(results)), general().language)
        if only_list:
            _list(reviews)
            return
        if output is None:
            raise usage_error(said("say with -o where the decisions go, or --list the reviews"))
        file = _file(output, results, rules)
        if named:
            answers = _named(named, reviews, file, decider)
        elif _on_terminal():
            from scanner.cli.policy._walk import Walk

            answers = Walk(reviews, file, decider).answers()
        else:
            raise usage_error(said("not on a terminal: name reviews with --allow and --forbid, or --list them"))
        _write(answers, file, output)
        _tell_rest(answers, reviews, file, decider.today)


def _on_terminal() -> bool:
    return sys.stdin.isatty() and sys.stderr.isatty()


def _list(reviews: Reviews) -> None:
    from scanner.report._words import one_line, printable

    for review in reviews.all:
        severity = in_own_words(term(f"severity.{review.finding.severity}"))
        severity += " " * (_SEVERITY - columns(severity))
        click.echo(printable(f"{review.finding.id}  {severity}  {one_line(f'{review.rule}: {review.message}')}"))
    if not reviews.all:
        click.echo(in_own_words(said("nothing is for review")), err=True)


def _file(output: str, results: str, folders: tuple[Path, ...]) -> DecisionFile:
    from scanner.confirm.file import DecisionFile, read_decision_file
    from scanner.engine.definitions.together import load_definitions
    from scanner.errors import DefinitionError, Problem

    rules = load_definitions(folders).rules
    if output == STDOUT:
        return DecisionFile(in_own_words(said("standard output")), rules)
    if Path(output).resolve() == Path(results).resolve():
        raise DefinitionError(Problem(output, said("is one of the inputs; nothing is written over it")))
    return read_decision_file(Path(output), rules)


def _named(
    named: Chosen,
    reviews: Reviews,
    file: DecisionFile,
    decider: Decider,
) -> list[Answer]:
    """The answers to what was named; refused when it contradicts itself or the file."""
    from scanner.confirm.text import Answer
    from scanner.errors import DefinitionError, Problem

    if not decider.by:
        raise usage_error(said("say with --by who decides"))
    if named.allow_all_of and not decider.reason:
        raise usage_error(said("to allow every review of a rule needs a --reason"))
    chosen = {True: _chosen(reviews, named.allow, named.allow_all_of)}
    chosen[False] = _chosen(reviews, named.forbid, named.forbid_all_of)
    both = chosen[True].keys() & chosen[False].keys()
    if both:
        raise usage_error(said("both allowed and forbidden: {reviews}", reviews=listed(sorted(both))))
    for review in chosen[True].values():
        forbidding = file.forbidding(review, decider.today)
        if forbidding:
            what = said(
                "{id} is forbidden by a decision of {person}, which takes precedence",
                id=review.finding.id,
                person=forbidding.decided_by,
            )
            raise DefinitionError(
                Problem(file.source, what, at_line(forbidding.line), said("remove that one if it is void"))
            )
    return [
        Answer(review, allowed, decider.by, decider.today, decider.last_day(allowed=allowed), decider.reason)
        for allowed, found in chosen.items()
        for review in found.values()
    ]


def _chosen(reviews: Reviews, ids: Sequence[str], rules: Sequence[str]) -> dict[str, Review]:
    from scanner.errors import DefinitionError, Problem

    found = [*map(reviews.by_id, ids), *(review for rule in rules for review in reviews.of_rule(rule))]
    for review in found:
        if not review.finding.matches:
            what = said(
                "no decision can name {id}: nothing that was seen itself distinguishes it", id=review.finding.id
            )
            raise DefinitionError(Problem(reviews.source, what, remedy=said("accept it with a waiver")))
    return {review.finding.id: review for review in found}


def _write(answers: Sequence[Answer], file: DecisionFile, output: str) -> None:
    from scanner.confirm.file import write

    if not answers:
        return
    addition = file.addition(answers)
    if output == STDOUT:
        sys.stdout.buffer.write(addition)
        sys.stdout.buffer.flush()
    else:
        write(file, addition, Path(output))


def _tell_rest(answers: Sequence[Answer], reviews: Reviews, file: DecisionFile, today: date) -> None:
    """How many were decided, and how many are left."""
    answered = {answer.review.finding.id for answer in answers}
    left = sum(1 for r in reviews.all if r.finding.id not in answered and not file.decided(r, today))
    allowed = sum(answer.allowed for answer in answers)
    made = said("{allowed:,} allowed, {forbidden:,} forbidden", allowed=allowed, forbidden=len(answers) - allowed)
    if answers:
        made = said("{decisions} in {file}", decisions=made, file=file.source)
    tell(said("{decisions}; {left:,} left to decide", decisions=made, left=left))


COMMAND = Command.of(command)
