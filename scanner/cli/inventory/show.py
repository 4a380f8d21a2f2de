"""``otaudit inventory show``: what was read of inventories and what became of every column."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scanner.cli._command import Command
from scanner.cli._errors import INCOMPLETE, explain, tell
from scanner.cli._general import general
from scanner.cli._help import SpokenCommand, option
from scanner.cli.inventory._read import files, read_files

if TYPE_CHECKING:
    from scanner.assets.inventory import Inventory
    from scanner.wording import Said


@click.command(name="show", cls=SpokenCommand)
@files
@option("--json", "as_json", is_flag=True, help="Columns and assets as JSON.")
@option(
    "-n",
    "--rows",
    "most",
    type=click.IntRange(0),
    default=10,
    show_default=True,
    metavar="N",
    help="Assets of each file to show; 0: all.",
)
def command(names: tuple[str, ...], mapping: Path | None, most: int, *, as_json: bool) -> None:
    """Show how inventories are understood: the format, what each column means, which are only kept, and the assets.

    \b
    Exit status: 0  everything was understood, or is named as not understood
                 2  usage error, or a mistake in the columns file
                 3  a file could not be read completely
    """  # noqa: D301 - click looks for the backspace itself
    with explain():
        found, problems = read_files(names, mapping)
        if as_json:
            click.echo(
                json.dumps({"otaudit_inventory": 1, "files": [_data(i) for i in found]}, ensure_ascii=False, indent=1)
            )
        else:
            for inventory in found:
                for line in _lines(inventory, most):
                    click.echo(line)
        for problem in problems:
            tell(problem)
        sys.exit(INCOMPLETE if problems else 0)


def _data(inventory: Inventory) -> dict[str, Any]:
    from scanner.facts.canonical import canonical

    return {
        "source": inventory.source,
        "notes": {key: str(text) for key, text in inventory.notes if not key.startswith("columns ")},
        "used": dict(inventory.used),
        "kept": list(inventory.kept),
        "dropped": list(inventory.dropped),
        "assets": [
            {"row": row["row"], **cells} for row, cells in zip(inventory.rows, canonical(inventory.rows), strict=True)
        ],
        "problems": [str(problem.here) for problem in inventory.problems],
    }


def _lines(inventory: Inventory, most: int) -> Iterator[str]:
    from scanner.facts.canonical import canonical
    from scanner.report._words import one_line, printable
    from scanner.wording import Plural, said, term
    from scanner.wording.spoken import spoken

    def line(text: Said) -> str:
        return one_line(printable(spoken(text, general().language)))

    count = Plural("{n} asset", "{n} assets").of(len(inventory.rows))
    form = next((text for key, text in inventory.notes if key == "format"), "")
    yield line(said("{source}: {assets}, {format}", source=inventory.source, assets=count, format=form))
    for header, field in inventory.used.items():
        yield "  " + line(said("{header} = {field}", header=header, field=field))
    for header in inventory.kept:
        yield "  " + line(said("{header}: not understood, kept", header=header))
    for header in inventory.dropped:
        yield "  " + line(said("{header}: dropped, since it holds secrets", header=header))
    for key, text in inventory.notes:
        if key not in _SHOWN and not key.startswith("columns "):
            yield "  " + line(said("{header}: {text}", header=term(f"detail.{key}", key), text=text))
    shown = inventory.rows[:most] if most else inventory.rows
    told = {*inventory.used.values(), "type", "model"}  # which headers and other columns may tell
    for row, cells in zip(shown, canonical(shown), strict=True):
        text = ", ".join(f"{key}: {_text(value)}" for key, value in cells.items() if key in told)
        yield f"{row['row']:>6}  {one_line(printable(text))}"
    if len(inventory.rows) > len(shown):
        yield "  " + line(said("{count:,} more; --rows 0 shows all", count=len(inventory.rows) - len(shown)))


_SHOWN = frozenset(("format", "header", "header rows"))  # elsewhere, or of no use without the file


def _text(value: Any) -> str:
    return "; ".join(map(str, value)) if isinstance(value, list) else str(value)


COMMAND = Command.of(command)
