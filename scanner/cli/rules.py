"""``otaudit rules``: list, show and test rules."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scanner.cli._command import Command
from scanner.cli._errors import FAILING, explain
from scanner.cli._general import general

if TYPE_CHECKING:
    from scanner.engine.definitions.rules import Example
    from scanner.facts.frames import Facts


@click.group(name="rules")
def command() -> None:
    """List, show and test the rules."""


@command.command(name="list")
def list_rules() -> None:
    """One line for each rule: severity, id, title."""
    with explain():
        from scanner.engine.definitions.loader import load_rules

        for rule in load_rules():
            title = rule.title.get(general().language, rule.title["en"])
            click.echo(f"{rule.severity.value:<9} {rule.id:<45} {title}")


@command.command()
@click.argument("rule_id", metavar="ID")
def show(rule_id: str) -> None:
    """One rule whole, as its file has it."""
    with explain():
        from importlib.resources import files

        from scanner.engine.definitions.loader import load_rules
        from scanner.nearest import closest

        rules = {rule.id: rule for rule in load_rules()}
        if rule_id not in rules:
            raise LookupError(f"there is no rule {rule_id!r}; {closest(rule_id, rules) or 'see otaudit rules list'}")
        file = files("scanner.rules") / rules[rule_id].family / f"{rule_id}.yaml"
        click.echo(file.read_bytes(), nl=False)  # as it is, whatever letters the terminal has


@command.command()
@click.argument("paths", nargs=-1, metavar="[PATH]...", type=click.Path(path_type=Path))
def test(paths: tuple[Path, ...]) -> None:
    """Run every example of the packaged rules, or of rules in files and folders.

    Examples made of captures or other files need the folder fixtures/ of the source tree; without it they are counted
    and left out.
    """
    with explain():
        from scanner.engine.definitions.loader import load_rules
        from scanner.engine.examples import test_rules

        rules = load_rules(paths or None)
        fixtures = Path("fixtures")
        failures = test_rules(rules, _read_example if fixtures.is_dir() else None)
    for failure in failures:
        click.echo(str(failure), err=True)
    examples = [example for rule in rules for example in rule.examples]
    left_out = 0 if fixtures.is_dir() else sum(example.from_files for example in examples)
    note = f", {left_out} left out (no folder fixtures)" if left_out else ""
    if not general().quiet:
        click.echo(f"{len(rules)} rules, {len(examples)} examples, {len(failures)} failing{note}")
    sys.exit(FAILING if failures else 0)


def _read_example(example: Example) -> Facts:
    """The facts of an example that is made of files below ``fixtures/``."""
    from scanner.errors import DefinitionError, Problem
    from scanner.inputs import find_inputs
    from scanner.scan import read_inputs

    problems: list[Problem] = []
    names = filter(None, (example.capture, example.policy, example.inventory, example.configuration))
    facts = read_inputs(list(find_inputs([f"fixtures/{name}" for name in names], problems))).facts
    if problems:
        raise DefinitionError(*problems)
    return facts


COMMAND = Command.of(command)
