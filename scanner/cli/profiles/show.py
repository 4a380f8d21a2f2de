"""``otaudit profiles show``: one profile with everything that it selects and sets."""

from __future__ import annotations

import json
from pathlib import Path

import click

from scanner.cli._command import Command
from scanner.cli._errors import explain
from scanner.cli._general import general
from scanner.cli._help import SpokenCommand, option
from scanner.cli._reading import own_rules


@click.command(name="show", cls=SpokenCommand)
@click.argument("name", metavar="NAME")
@own_rules
@option("--json", "in_json", is_flag=True, help="As JSON.")
def command(name: str, rules: tuple[Path, ...], in_json: bool) -> None:
    """What a profile extends, selects, sets and leaves out. NAME: a profile, or a file by its path."""
    with explain():
        from scanner.cli.profiles import _lines as lines
        from scanner.engine.definitions.together import load_definitions
        from scanner.engine.profile_use import profile_use

        definitions = load_definitions(rules)
        profile = definitions.profile(name)
        if in_json:
            use = profile_use(profile, definitions.rules, definitions.frameworks)
            selected = lines.selected(profile, definitions)
            click.echo(json.dumps(lines.as_json(profile, use, selected), ensure_ascii=False, indent=1))
            return
        for line in lines.shown(profile, definitions, general().language):
            click.echo(line)


COMMAND = Command.of(command)
