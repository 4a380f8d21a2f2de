"""``otaudit rules new``: the file of a rule that works and claims nothing."""

from __future__ import annotations

import os
from pathlib import Path

import click

from scanner.catalogues import languages
from scanner.cli._command import Command
from scanner.cli._errors import explain
from scanner.cli._general import general
from scanner.cli._help import SpokenCommand, option
from scanner.cli.rules._skeleton import STARTS
from scanner.wording import said

_HIDDEN = ".schemas"  # not read as rules


@click.command(name="new", cls=SpokenCommand)
@click.argument("name", metavar="ID")
@option(
    "--into",
    metavar="DIR",
    type=click.Path(path_type=Path),
    default=Path(),
    help="Folder of your own rules, or the source tree of otaudit.  [default: here]",
)
@option("--family", metavar="NAME", default="", help="Family of the rule: the folder in it.")
@option("--table", type=click.Choice(sorted(STARTS)), default="settings", show_default=True, help="What it judges.")
def command(name: str, into: Path, family: str, table: str) -> None:
    """Write a rule that works and claims nothing, with its examples, for you to change.

    It is in the nursery, so it counts nowhere until you take that line out. In a folder of your own its texts are in
    one language, and .schemas/ holds what an editor checks it by; in the source tree of otaudit they are in every
    language, and it goes to rules/drafts/ unless --family is given. Nothing that is there is written over.
    """
    with explain():
        from scanner.cli._scaffold import check_name, is_tree
        from scanner.cli._writing import writing
        from scanner.cli.rules._skeleton import skeleton
        from scanner.engine import schemas
        from scanner.errors import DefinitionError, Problem

        check_name(name)
        if family:
            check_name(family)
        in_tree = is_tree(into)
        folder = into / "rules" / (family or "drafts") if in_tree else into / family
        path = folder / f"{name}.yaml"
        if path.exists():
            remedy = said("choose another name, or remove it")
            raise DefinitionError(Problem(str(path), said("already exists"), remedy=remedy))
        place = into / schemas.FOLDER if in_tree else into / _HIDDEN
        mark = schemas.line("rule", Path(os.path.relpath(place, folder)).as_posix())
        spoken = languages() if in_tree else (general().language,)
        with writing(path):
            folder.mkdir(parents=True, exist_ok=True)
            path.write_text(skeleton(name, table, spoken, mark), encoding="utf-8")
            if not in_tree:
                place.mkdir(exist_ok=True)
                (place / "rule.schema.json").write_text(schemas.written(schemas.rule()), encoding="utf-8")
    click.echo(f"wrote {path}")
    click.echo(f"\nIt claims nothing. To do, in {path}:")
    click.echo("  what is a subject, what fails and what cannot be judged, the texts, controls, examples")
    test = f"rules test {path}" if in_tree else f"rules test --rules {into}"
    click.echo(f"Rows to write from: otaudit facts show {STARTS[table].needs.upper()} {table}")
    click.echo(f"Try it: otaudit {test}")


COMMAND = Command.of(command)
