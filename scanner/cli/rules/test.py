"""``otaudit rules test``: run the examples of rules."""

from __future__ import annotations

import functools
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

    from scanner.engine.definitions.rules import Example, Rule
    from scanner.facts.frames import Facts


@click.command(name="test", cls=SpokenCommand)
@click.argument("paths", nargs=-1, metavar="[PATH]...", type=click.Path(path_type=Path))
@own_rules
def command(paths: tuple[Path, ...], rules: tuple[Path, ...]) -> None:
    """Run every example of the packaged rules, or of rules in files and folders.

    With --rules these are the rules in that folder, which is checked whole, as otaudit scan takes it; a PATH may then
    name its frameworks and remedies.

    Examples made of captures or other files need the folder fixtures/ of the source tree; without it they are counted
    and left out.
    """
    with explain():
        from scanner.engine.examples import test_rules

        chosen = _chosen(paths, rules)
        fixtures = Path("fixtures")
        failures = test_rules(chosen, read_example if fixtures.is_dir() else None)
    for failure in failures:
        click.echo(str(failure), err=True)
    examples = [example for rule in chosen for example in rule.examples]
    left_out = 0 if fixtures.is_dir() else sum(example.from_files for example in examples)
    note = f", {left_out} left out (no folder fixtures)" if left_out else ""
    if not general().quiet:
        click.echo(
            f"{len(chosen)} rule{'s'[: len(chosen) != 1]}, {len(examples)} examples, {len(failures)} failing{note}"
        )
    sys.exit(FAILING if failures else 0)


def _chosen(paths: tuple[Path, ...], folders: tuple[Path, ...]) -> Sequence[Rule]:
    from scanner.engine.definitions.loader import load_rules
    from scanner.engine.definitions.together import load_definitions

    if not folders:
        return load_rules(paths or None, examples=True)
    definitions = load_definitions(folders)
    if paths:
        return load_rules(paths, definitions.frameworks, remedies=definitions.remedies)
    return definitions.own_rules


def read_example(example: Example) -> Facts:
    """The facts of an example that is made of files below ``fixtures/``."""
    return _read_files(*filter(None, (example.capture, example.policy, example.inventory, example.configuration)))


@functools.lru_cache(maxsize=64)
def _read_files(*names: str) -> Facts:
    """The same few files are in many examples."""
    from scanner.errors import DefinitionError, Problem
    from scanner.inputs import find_inputs
    from scanner.scan import read_inputs

    problems: list[Problem] = []
    facts = read_inputs(list(find_inputs([f"fixtures/{name}" for name in names], problems))).facts
    if problems:
        raise DefinitionError(*problems)
    return facts


COMMAND = Command.of(command)
