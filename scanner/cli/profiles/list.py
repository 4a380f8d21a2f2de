"""``otaudit profiles list``: which profiles there are."""

from __future__ import annotations

from pathlib import Path

import click

from scanner.cli._command import Command
from scanner.cli._errors import explain
from scanner.cli._general import general
from scanner.cli._help import SpokenCommand
from scanner.cli._reading import own_rules


@click.command(name="list", cls=SpokenCommand)
@own_rules
def command(rules: tuple[Path, ...]) -> None:
    """One line for each profile: how many rules it selects, its name, its title."""
    with explain():
        from scanner.engine.definitions.profile_files import profile_names
        from scanner.engine.definitions.together import load_definitions
        from scanner.engine.profile_use import profile_use
        from scanner.report._words import one_line, picked, printable

        definitions = load_definitions(rules)
        names = [*profile_names(), *(profile.id for profile in definitions.own_profiles)]
        for name in names:
            profile = definitions.profile(name)
            selected = profile_use(profile, definitions.rules, definitions.frameworks).selected
            origin = f" ({profile.origin})" if profile.origin else ""
            title = one_line(printable(picked(profile.title, general().language) + origin))
            click.echo(f"{selected:>4}  {name:<26} {title}")


COMMAND = Command.of(command)
