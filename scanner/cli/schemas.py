"""``otaudit schemas``: the JSON Schemas by which editors check what people write for otaudit."""

from __future__ import annotations

from pathlib import Path

import click

from scanner.cli._command import Command
from scanner.cli._errors import explain
from scanner.cli._help import SpokenCommand, option


@click.command(name="schemas", cls=SpokenCommand)
@option("-o", "--output", required=True, metavar="DIR", type=click.Path(path_type=Path), help="Where they go.")
def command(output: Path) -> None:
    """Write the JSON Schemas of rules, profiles, frameworks, policies, answers and results into a folder.

    An editor that knows the YAML language server checks a file by the schema that its first line names; that line is
    said for each.
    """
    with explain():
        from scanner.cli._writing import writing
        from scanner.engine.schemas import line, schemas, written

        with writing(output):
            output.mkdir(parents=True, exist_ok=True)
            for name, schema in schemas().items():
                (output / f"{name}.schema.json").write_text(written(schema), encoding="utf-8")
                click.echo(line(name, output.as_posix()))


COMMAND = Command.of(command)
