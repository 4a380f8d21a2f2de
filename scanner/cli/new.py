"""``otaudit new``: the files of a plug-in or a framework that works and claims nothing."""

from __future__ import annotations

from pathlib import Path

import click

from scanner.cli._command import Command
from scanner.cli._errors import explain
from scanner.cli._general import general
from scanner.cli._help import SpokenCommand, option
from scanner.cli._spoken import usage_error
from scanner.wording import said

KINDS = ("protocol", "inventory", "dialect", "report", "framework")


class _Kind(click.Choice[str]):
    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """What people try first is answered with the command that does it."""
        if value == "rule":
            raise usage_error(said("for a rule there is {command}", command="otaudit rules new"))
        return super().convert(value, param, ctx)


@click.command(name="new", cls=SpokenCommand)
@click.argument("kind", type=_Kind(KINDS))
@click.argument("name", metavar="NAME")
@option(
    "--into",
    metavar="DIR",
    type=click.Path(path_type=Path),
    default=Path(),
    help="The source tree of otaudit, or the folder for a package of its own.  [default: here]",
)
def command(kind: str, name: str, into: Path) -> None:
    """Write a protocol, inventory format, dialect, report format or framework, with its fixture and its test.

    In the source tree of otaudit the files go where they belong; being there registers them. Elsewhere they become a
    package that can be installed, with an entry point. They pass their test as they are, and claim nothing: what is
    still to be done is said at the end, and in the files. Nothing that is there is written over. For a rule there is
    otaudit rules new.
    """
    with explain():
        from scanner.cli._scaffold import plan

        scaffold = plan(kind, name, into)
        written = scaffold.write()
    if not general().quiet:
        click.echo("\n".join((*(f"wrote {path}" for path in written), *scaffold.to_do)))


COMMAND = Command.of(command)
