"""Writing a new file of answers."""

from __future__ import annotations

from pathlib import Path

import click

STDOUT = "-"


def write_new(output: str, content: str) -> None:
    """Nothing is written over: what people answered is worth more than what can be made anew."""
    from scanner.errors import DefinitionError, Problem, reason
    from scanner.wording import said

    if output == STDOUT:
        click.echo(content, nl=False)
        return
    try:
        with Path(output).open("x", encoding="utf-8", newline="\n") as file:
            file.write(content)
    except FileExistsError:
        what = said("exists already, and nothing is written over it")
        raise DefinitionError(Problem(output, what, remedy=said("name a new file"))) from None
    except OSError as error:
        raise DefinitionError(Problem(output, said("cannot be written: {reason}", reason=reason(error)))) from error
