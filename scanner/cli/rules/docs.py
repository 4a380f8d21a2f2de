"""``otaudit rules docs``: a page about rules, for people."""

from __future__ import annotations

from pathlib import Path

import click

from scanner.cli._command import Command
from scanner.cli._errors import explain
from scanner.cli._general import general
from scanner.cli._help import SpokenCommand, option
from scanner.cli._reading import own_rules
from scanner.wording import said


@click.command(name="docs", cls=SpokenCommand)
@own_rules
@option(
    "-o",
    "--output",
    required=True,
    metavar="FILE",
    type=click.Path(path_type=Path, allow_dash=True),
    help=".md, .html, or - for stdout.",
)
def command(rules: tuple[Path, ...], output: Path) -> None:
    """Write a page about rules: what each checks, needs, finds and maps to, family by family.

    With --rules it is about the rules in these folders and packs, otherwise about otaudit's own.
    """
    with explain():
        from scanner.cli._writing import writing
        from scanner.engine.definitions.together import load_definitions
        from scanner.engine.reference import as_html, page
        from scanner.errors import DefinitionError, Problem

        definitions = load_definitions(rules)
        chosen = definitions.own_rules if rules else definitions.rules
        head = "# Rules\n"
        text = page(chosen, definitions.frameworks, general().language, head)
        if str(output) == "-":
            click.echo(text, nl=False)
            return
        if output.suffix.lower() not in {".md", ".html"}:
            remedy = said("let it end in {endings}", endings=".md, .html")
            raise DefinitionError(Problem(str(output), said("is no page that can be written"), remedy=remedy))
        with writing(output):
            output.write_text(as_html(text) if output.suffix.lower() == ".html" else text, encoding="utf-8")
    click.echo(f"{output}: {len(chosen):,} rule{'s'[: len(chosen) != 1]}")


COMMAND = Command.of(command)
