"""``otaudit rules explain``: how a rule comes to its verdict on facts, step by step."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scanner.cli._command import Command
from scanner.cli._errors import INCOMPLETE, explain
from scanner.cli._general import general
from scanner.cli._help import SpokenCommand, option
from scanner.cli._reading import inventories, own_rules, policies, saved_facts
from scanner.cli._spoken import usage_error
from scanner.wording import Plural, Said, joined, said, term

if TYPE_CHECKING:
    from scanner.engine.explaining import Explanation, Part, Traced

_SIGNS = {True: "+", False: "-", None: "?"}


@click.command(name="explain", cls=SpokenCommand)
@click.argument("rule_id", metavar="RULE")
@click.argument("inputs", nargs=-1, metavar="[INPUT]...")
@saved_facts
@inventories
@policies
@own_rules
@option("-p", "--profile", default="default", show_default=True, metavar="NAME", help="By which to judge.")
@option(
    "-n",
    "--rows",
    "each",
    type=click.IntRange(0),
    default=5,
    show_default=True,
    metavar="N",
    help="Rows of each outcome.",
)
def command(  # noqa: PLR0917 - one for each option
    rule_id: str,
    inputs: tuple[str, ...],
    facts: tuple[str, ...],
    inventory: tuple[str, ...],
    policy: tuple[str, ...],
    rules: tuple[Path, ...],
    profile: str,
    each: int,
) -> None:
    """Say step by step how a RULE comes to its verdict.

    Which rows its table has, which of them are in scope, which of its selections hold for them, which rows failed,
    passed or could not be judged and why, whether enough was observed to believe silence, and the verdict with the
    step that led to it. Of each row shown, + marks a selection that holds, - one that does not, ? one that is unknown.

    \b
    Exit status: 0  explained
                 2  usage, or a mistake in a rule or policy
                 3  an input could not be read completely
    """  # noqa: D301 - click looks for the backspace itself
    if not inputs and not facts and not inventory and not policy:
        raise usage_error(said("name facts or inputs (see {command})", command="otaudit rules explain --help"))
    with explain():
        from scanner.cli._inputs import find, tell_problems
        from scanner.cli.rules._known import contents, rule_called
        from scanner.engine.definitions.together import load_definitions
        from scanner.engine.definitions.waivers import read_ignored, read_waivers
        from scanner.engine.explaining import explained
        from scanner.engine.judge import case_of
        from scanner.engine.verdict.decisions import read_decisions
        from scanner.engine.verdict.verdicts import Terms
        from scanner.scan import read_inputs

        definitions = load_definitions(rules)
        rule, chosen = rule_called(rule_id, definitions), definitions.profile(profile)
        content = contents(definitions)[rule.source]
        rule = rule.tuned(chosen.values.get(rule.id, {}))
        found, problems, _ = find(inputs, inventory, policy, facts, rules=rules)
        scan = read_inputs(found)
        tell_problems(scan.problems + problems)
        case = case_of(scan.facts)
        waivers = read_waivers(case.tables["waivers"], definitions.rules)
        waivers += read_ignored(case.tables["waivers"], definitions.rules)[0]
        decisions = read_decisions(case.tables["decisions"], definitions.rules)
        terms = Terms(datetime.now(UTC).date(), waivers, decisions, chosen.minimum_duration)
        explanation = explained(rule, content, case, terms, severity=chosen.severity.get(rule.id), each=each)
        for line in _lines(explanation, general().language):
            click.echo(line)
    sys.exit(INCOMPLETE if scan.problems or problems else 0)


def _lines(explanation: Explanation, language: str) -> Iterator[str]:
    from scanner.report._words import picked, printable
    from scanner.wording.spoken import spoken

    rule = explanation.rule
    yield printable(f"{rule.id}: {picked(rule.title, language)}")
    for depth, text in _steps(explanation):
        shown = spoken(text.marked, language) if isinstance(text, Said) else text
        yield printable(f"{'  ' * depth}{shown}").replace("\n", " ")
    result = explanation.result
    verdict = spoken(term(f"verdict.{result.verdict.value}").marked, language)
    yield printable(f"=> {verdict}: {picked(result.reason, language)}")


def _steps(explanation: Explanation) -> Iterator[tuple[int, str]]:
    """Lines with how far they stand in."""
    from scanner.engine.words import input_name

    yield from _inputs(explanation)
    if explanation.judged is None:
        return
    rule, judged = explanation.rule, explanation.judged
    yield 0, said("2. Table {table}: {n}", table=rule.table, n=_ROWS.of(explanation.rows))
    yield 0, said("3. In scope (subjects: where): {n}", n=_ROWS.of(judged.subjects.height))
    yield from _parts(explanation.scope, explanation.conditions or {})
    if explanation.perhaps:
        yield 1, said("of {n} it is not known whether they are; they count as subjects", n=f"{explanation.perhaps:,}")
    yield 0, said("4. Of the subjects")
    if explanation.silent:
        names = joined(map(input_name, explanation.silent))
        yield 1, said("nobody has said what is allowed ({inputs} not given), so each is for review", inputs=names)
    yield from _parts(explanation.parts, explanation.conditions or {})
    counts = (
        (judged.failing.height, said("fail")),
        (judged.review.height, said("must be confirmed by a person")),
        (sum(rows.height for rows in judged.waived.values()), said("fail under a waiver")),
        (judged.unjudged, said("could not be judged")),
        (sum(judged.confirmed.values()), said("pass because somebody allowed them")),
        (explanation.passed, said("pass")),
    )
    yield from ((1, said("{n} {what}", n=f"{n:,}", what=what)) for n, what in counts if n)
    yield from _rows(explanation.traced)
    yield 0, said("5. What silence is worth")
    yield from _silence(explanation)
    yield 0, said("6. Verdict: the first of these that holds")
    for verdict, holds in explanation.order:
        yield 1, joined((term(f"verdict.{verdict.value}"), said("yes") if holds else said("no")), ": ")


_ROWS = Plural("{n} row", "{n} rows")


def _inputs(explanation: Explanation) -> Iterator[tuple[int, str]]:
    from scanner.engine.words import input_name

    needed = joined(input_name(kind) for kind in explanation.rule.needs)
    yield 0, said("1. It needs: {inputs}", inputs=needed)
    for kind in explanation.lacking:
        yield 1, said("not given: {input}", input=input_name(kind))


def _parts(parts: Iterable[Part], conditions: Mapping[str, str]) -> Iterator[tuple[int, str]]:
    told: set[str] = set()
    for part in parts:
        if part.key in conditions and part.key not in told:
            told.add(part.key)
            yield 1, said("{key}: {condition}", key=part.key, condition=conditions[part.key])
        yield (
            1,
            said(
                "{selection}: holds for {holds}, not for {fails}, unknown for {unknown}",
                selection=part.name,
                holds=f"{part.holds:,}",
                fails=f"{part.fails:,}",
                unknown=f"{part.unknown:,}",
            ),
        )


def _rows(traced: Iterable[Traced]) -> Iterator[tuple[int, str]]:
    from scanner.cli.facts._rows import mapping

    names = {
        "failing": said("fails"),
        "review": said("must be confirmed"),
        "waived": said("waived"),
        "unjudged": said("not judged"),
        "passed": said("passes"),
    }
    for one in traced:
        yield 1, joined((names[one.outcome], said("{row}", row=mapping(one.row))), ": ")
        if one.parts:
            yield 2, "  ".join(f"{_SIGNS[held]}{name}" for name, held in one.parts.items())


def _silence(explanation: Explanation) -> Iterator[tuple[int, str]]:
    from scanner.engine.words import duration

    rule = explanation.rule
    if "capture" in rule.needs:
        yield 1, said("each place had to be seen for {time}", time=duration(explanation.wanted))
        if rule.sees:
            yield 1, said("of each conversation: {parts}", parts=", ".join(sorted(part.value for part in rule.sees)))
    yield 1, said("at least {n} subjects were needed", n=rule.minimum.subjects)
    for obstacle in explanation.obstacles:
        yield 1, said("doubt: {text}", text=obstacle.text)
    if not explanation.obstacles:
        yield 1, said("nothing keeps silence from being believed")


COMMAND = Command.of(command)
