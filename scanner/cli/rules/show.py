"""``otaudit rules show``: a rule as its file has it, and which requirements name it."""

from __future__ import annotations

from pathlib import Path

import click

from scanner.cli._command import Command
from scanner.cli._errors import explain
from scanner.cli._help import SpokenCommand
from scanner.cli._reading import own_rules


@click.command(name="show", cls=SpokenCommand)
@click.argument("rule_id", metavar="ID")
@own_rules
def command(rule_id: str, rules: tuple[Path, ...]) -> None:
    """One rule whole, as its file has it, and as comments the requirements that it gives evidence about."""
    with explain():
        from scanner.cli.rules._known import contents, rule_called
        from scanner.engine.definitions.frameworks import evidenced
        from scanner.engine.definitions.together import load_definitions

        definitions = load_definitions(rules)
        rule = rule_called(rule_id, definitions)
        content = contents(definitions)[rule.source]
        click.echo(content, nl=not content.endswith(b"\n"))  # as it is, whatever letters the terminal has
        for framework in definitions.frameworks:
            if named := evidenced(framework, rule.mappings):
                click.echo(f"# {framework.id}: {', '.join(named)}")


COMMAND = Command.of(command)
