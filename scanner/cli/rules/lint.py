"""``otaudit rules lint``: what is wrong with rules in which every word exists."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scanner.cli._command import Command
from scanner.cli._errors import FAILING, explain
from scanner.cli._general import general
from scanner.cli._help import SpokenCommand
from scanner.cli._reading import own_rules

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scanner.engine.definitions.rules import Rule
    from scanner.errors import Problem


@click.command(name="lint", cls=SpokenCommand)
@own_rules
@click.argument("names", nargs=-1, metavar="[ID]...")
def command(rules: tuple[Path, ...], names: tuple[str, ...]) -> None:
    """Say what is wrong with rules in which every word exists.

    A selection that no row meets, because its values contradict each other, lie outside of what the column holds, or
    are of no protocol or configuration together; subjects that can never fail, or always do; protocols that no subject
    has; messages that name what is never known; findings with another id in every run. With --rules the rules in that
    folder are looked at, otherwise otaudit's own; an ID chooses one of all.

    \b
    Exit status: 0  nothing is wrong
                 1  something is
                 2  usage error, or a mistake that every command would tell
    """  # noqa: D301 - click looks for the backspace itself
    with explain():
        from scanner.cli.rules._known import contents, rule_called
        from scanner.engine.definitions.together import load_definitions
        from scanner.report._words import one_line, printable
        from scanner.wording.spoken import spoken

        definitions = load_definitions(rules)
        own = definitions.own_rules if rules else definitions.rules
        chosen = [rule_called(name, definitions) for name in names] if names else own
        problems = _problems(chosen, contents(definitions))
    for problem in problems:
        click.echo(one_line(printable(spoken(problem.text.marked, general().language))))
    if not general().quiet:
        mistakes = f"{len(problems)} mistake{'s'[: len(problems) != 1]}"
        click.echo(f"{len(chosen)} rule{'s'[: len(chosen) != 1]}, {mistakes}")
    sys.exit(FAILING if problems else 0)


def _problems(rules: Sequence[Rule], contents: dict[str, bytes]) -> list[Problem]:
    from scanner.engine.definitions.lint import lint

    return [problem for rule in rules for problem in lint(rule, contents[rule.source])]


COMMAND = Command.of(command)
