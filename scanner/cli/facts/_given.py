"""What commands share that look at facts: reading them, whether saved or not, and joining their tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scanner.cli._errors import INCOMPLETE
from scanner.cli._help import option
from scanner.wording import Said, said

if TYPE_CHECKING:
    import polars as pl

    from scanner.facts.frames import Facts
    from scanner.facts.schema import Table

_INCOMPLETE = "otaudit.facts.incomplete"  # of the context: not all was read
USUAL_ROWS = 20  # rows, unless more are asked for


def given(command: Callable[..., Any]) -> Callable[..., Any]:
    """The argument and the options by which a command is told where facts are."""
    for parameter in (
        option("-z", "--policy", multiple=True, metavar="FILE", help="Policy to join them with."),
        option("-i", "--inventory", multiple=True, metavar="FILE", help="Inventory to join them with."),
        click.argument("where", metavar="WHERE", type=click.Path(path_type=Path)),
    ):
        command = parameter(command)
    return command


def chosen_rows(counted: Said) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The options by which a command is told which rows to write, and how. counted: what --rows counts."""

    def add(command: Callable[..., Any]) -> Callable[..., Any]:
        for parameter in (
            option("--json", "as_json", is_flag=True, help="Rows as JSON, one to a line, with what is empty."),
            option(
                "-n",
                "--rows",
                "most",
                type=click.IntRange(0),
                default=USUAL_ROWS,
                show_default=True,
                metavar="N",
                help=counted,
            ),
            option("--columns", metavar="NAME,...", callback=_names, help="Only these columns of the rows."),
        ):
            command = parameter(command)
        return command

    return add


def _names(_context: click.Context, _option: click.Parameter, value: str | None) -> tuple[str, ...]:
    return tuple(filter(None, (name.strip() for name in (value or "").split(","))))


def read_facts(where: Path, inventory: tuple[str, ...] = (), policy: tuple[str, ...] = ()) -> Facts:
    """Saved facts, or those of an input; what cannot be read is told."""
    from scanner.cli._inputs import find, tell_problems
    from scanner.facts.saved import is_saved
    from scanner.scan import read_inputs

    saved = is_saved(where)
    inputs, facts = ((), (str(where),)) if saved else ((str(where),), ())
    found, problems, _ = find(inputs, inventory, policy, facts)
    scan = read_inputs(found)
    if troubles := scan.problems + problems:
        tell_problems(troubles)
        click.get_current_context().meta[_INCOMPLETE] = True
    return scan.facts


def status() -> int:
    """The exit status of a command that has read facts."""
    return INCOMPLETE if click.get_current_context().meta.get(_INCOMPLETE) else 0


def joined(facts: Facts) -> Mapping[str, pl.DataFrame]:
    """Every table as rules see it."""
    from scanner.facts.enrich import enrich

    return enrich(facts)


def table_called(name: str) -> Table:
    """The table; LookupError with the nearest one."""
    from scanner.facts.schema import TABLES
    from scanner.nearest import expected

    if name not in TABLES:
        raise LookupError(said("there is no table '{name}'; {near}", name=name, near=expected(name, TABLES)))
    return TABLES[name]


def check_columns(names: tuple[str, ...], table: Table) -> None:
    """LookupError when the table has no column of such a name."""
    from scanner.nearest import closest

    known = [column.name for column in table.columns]
    for name in names:
        if name not in known:
            near = closest(name, known) or said("it has {columns}", columns=", ".join(known))
            what = said("table {table} has no column '{name}'; {near}", table=table.name, name=name, near=near)
            raise LookupError(what)
