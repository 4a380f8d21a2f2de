"""``otaudit report``: saved results to any format."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from scanner.cli._command import Command
from scanner.cli._errors import explain
from scanner.cli._help import SpokenCommand, option


@click.command(name="report", cls=SpokenCommand)
@click.argument("results", metavar="RESULTS.json", type=click.Path())
@option(
    "-o",
    "--output",
    multiple=True,
    metavar="FILE",
    type=click.Path(),
    help="Report; .html .xlsx .json .sarif .xml .txt .vex.json ..., NAME/ for CSV tables, - for stdout.",
)
@option("--format", "form", metavar="NAME", help="Format of outputs whose extension is ambiguous.")
@option(
    "--rules",
    multiple=True,
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Folder, or pack (.zip), of your own rules, for the language that it brings.",
)
@option("--altered", is_flag=True, help="Take results that were altered, and say so in every report.")
def command(results: str, output: tuple[str, ...], form: str | None, rules: tuple[Path, ...], altered: bool) -> None:
    """Write any report again from results that were saved as JSON.

    Results that were altered after otaudit wrote them are refused; otaudit verify says what else fits.
    """
    with explain():
        from scanner.cli._outputs import open_outputs
        from scanner.engine.definitions.files import own
        from scanner.engine.definitions.words import bring_words
        from scanner.errors import DefinitionError
        from scanner.results.serialise import load

        if wrong := bring_words(own(rules)):
            raise DefinitionError(*wrong)
        outputs = open_outputs(output, form)
        outputs.spare([Path(results)])
        loaded = load(Path(results), altered=altered)
        outputs.write(loaded)
        outputs.show(loaded)
    sys.exit(outputs.status)


COMMAND = Command.of(command)
