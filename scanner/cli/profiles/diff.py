"""``otaudit profiles diff``: how a profile differs from what it extends, or from another one."""

from __future__ import annotations

from pathlib import Path

import click

from scanner.cli._command import Command
from scanner.cli._errors import explain
from scanner.cli._general import general
from scanner.cli._help import SpokenCommand
from scanner.cli._reading import own_rules


@click.command(name="diff", cls=SpokenCommand)
@click.argument("name", metavar="NAME")
@click.argument("other", metavar="[OTHER]", required=False)
@own_rules
def command(name: str, other: str | None, rules: tuple[Path, ...]) -> None:
    """How profile NAME differs from what it extends; with OTHER, how OTHER differs from NAME.

    + is a rule that is added, - one that is excluded, ~ another severity or value. A profile that extends nothing is
    compared with every rule as it is. Names are those of profiles, or paths of files.
    """
    with explain():
        from scanner.cli.profiles import _lines as lines
        from scanner.engine.definitions.together import load_definitions
        from scanner.engine.profile_use import profile_use

        definitions = load_definitions(rules)
        profile = definitions.profile(other or name)
        base = definitions.profile(name) if other else None
        use = profile_use(profile, definitions.rules, definitions.frameworks, base)
        differences = list(lines.differing(use))
    for line in differences:
        click.echo(line)
    if not differences and not general().quiet:
        click.echo("no difference")


COMMAND = Command.of(command)
