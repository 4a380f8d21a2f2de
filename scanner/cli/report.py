"""``otaudit report``: saved results to any format."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from scanner.cli._errors import explain


@click.command(name="report")
@click.argument("results", metavar="RESULTS.json", type=click.Path())
@click.option(
    "-o",
    "--output",
    multiple=True,
    metavar="FILE",
    type=click.Path(),
    help="Report; .html .xlsx .json .sarif .xml .txt, NAME/ for CSV tables, - for stdout.",
)
@click.option("--format", "form", metavar="NAME", help="Format of outputs whose extension does not tell.")
def command(results: str, output: tuple[str, ...], form: str | None) -> None:
    """Write any report again from results that were saved as JSON."""
    with explain():
        from scanner.cli._outputs import open_outputs
        from scanner.results.serialise import load

        outputs = open_outputs(output, form)
        outputs.spare([Path(results)])
        loaded = load(Path(results))
        outputs.write(loaded)
        outputs.show(loaded)
    sys.exit(outputs.status)
