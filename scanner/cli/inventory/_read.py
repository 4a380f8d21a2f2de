"""What the commands about inventories share: reading files with what lies beside them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scanner.cli._help import option

if TYPE_CHECKING:
    from scanner.assets.inventory import Inventory
    from scanner.errors import Problem


def files(command: Callable[..., Any]) -> Callable[..., Any]:
    """The argument and the option by which a command is told which inventories to read."""
    for parameter in (
        option(
            "--columns",
            "mapping",
            metavar="FILE",
            type=click.Path(path_type=Path),
            help="Which header means which field; else FILE.columns.yaml beside each inventory.",
        ),
        click.argument("names", nargs=-1, required=True, metavar="FILE..."),
    ):
        command = parameter(command)
    return command


def read_files(names: tuple[str, ...], mapping: Path | None) -> tuple[list[Inventory], list[Problem]]:
    """The inventories that could be read, and everything of them and the others that could not."""
    from scanner.assets import readers
    from scanner.assets.columns import columns_for, read_columns
    from scanner.assets.inventory import content_of
    from scanner.errors import InputError
    from scanner.inputs import refuse_foreign
    from scanner.names import shown

    own = read_columns(mapping) if mapping else None
    found: list[Inventory] = []
    problems: list[Problem] = []
    for name in names:
        path = Path(name)
        try:
            data = content_of(path, shown(name))
            refuse_foreign(data, shown(name), data)
            inventory = readers.read(data, shown(name), own or columns_for(path))
        except InputError as error:
            problems.append(error.problem)
        else:
            found.append(inventory)
            problems += inventory.problems
    return found, problems
