"""``otaudit inventory convert``: inventories as one table in otaudit's own form."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from scanner.cli._command import Command
from scanner.cli._errors import INCOMPLETE, explain, tell
from scanner.cli._help import SpokenCommand, option
from scanner.cli._spoken import usage_error
from scanner.cli._writing import writing
from scanner.cli.inventory._read import files, read_files
from scanner.wording import said


@click.command(name="convert", cls=SpokenCommand)
@files
@option(
    "--to",
    "form",
    type=click.Choice(["csv", "yaml", "json", "netbox"]),
    help="The form; else by the end of the output's name, or csv.",
)
@option(
    "-o",
    "--output",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Where to write; - or none: standard output.",
)
def command(names: tuple[str, ...], mapping: Path | None, form: str | None, output: Path | None) -> None:
    """Write inventories as one table: a column for each field that is known, and the columns that are only kept.

    Nothing is added, merged or left out but columns of secrets. Read again, the table says the same.

    For NetBox (4.2 and later) -o is a folder, and files are written that NetBox imports in the order of their numbers.

    \b
    Exit status: 0  everything was written
                 2  usage error, a mistake in the columns file, or the output cannot be written
                 3  a file could not be read completely; what could be read was written
    """  # noqa: D301 - click looks for the backspace itself
    with explain():
        import json

        from scanner.facts.canonical import as_csv, as_yaml, canonical

        found, problems = read_files(names, mapping)
        rows = canonical(row for inventory in found for row in inventory.rows)
        output = None if output == Path("-") else output
        form = form or _by_name(output)
        if form == "netbox":
            _to_folder(rows if found else [], output)
            found = []
        if form == "json":
            text = json.dumps({"assets": rows}, ensure_ascii=False, indent=1) + "\n"
        else:
            text = as_yaml(rows) if form == "yaml" else as_csv(rows)
        if found and output:
            with writing(output):
                output.write_text(text, "utf-8")
        elif found:
            click.echo(text, nl=False)
        for problem in problems:
            tell(problem)
        sys.exit(INCOMPLETE if problems else 0)


def _to_folder(rows: Sequence[Mapping[str, Any]], folder: Path | None) -> None:
    """The files that NetBox imports."""
    from scanner.facts.netbox_tables import netbox_tables

    if folder is None:
        raise usage_error(said("--to netbox writes several files: name a folder with -o"))
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in netbox_tables(rows).items():
            (folder / name).write_text(text, "utf-8")


def _by_name(output: Path | None) -> str:
    return {".yaml": "yaml", ".yml": "yaml", ".json": "json"}.get(output.suffix.lower() if output else "", "csv")


COMMAND = Command.of(command)
