"""Writing a new file of answers."""

from __future__ import annotations

from pathlib import Path

import click

STDOUT = "-"


def write_new(output: str, content: str) -> None:
    """Nothing is written over: what people answered is worth more than what can be made anew."""
    from scanner.cli._writing import writing
    from scanner.errors import DefinitionError, Problem
    from scanner.wording import NOTHING, said

    if output == STDOUT:
        click.echo(content, nl=False)
        return
    with writing(output, NOTHING):
        try:
            with Path(output).open("x", encoding="utf-8", newline="\n") as file:
                file.write(content)
        except FileExistsError:
            what = said("exists already, and nothing is written over it")
            raise DefinitionError(Problem(output, what, remedy=said("name a new file"))) from None
