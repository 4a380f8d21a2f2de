"""``otaudit facts show``: the tables, the rows of one, the values of a column."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scanner.cli._command import Command
from scanner.cli._errors import explain
from scanner.cli._help import SpokenCommand
from scanner.cli.facts._given import chosen_rows, given, status
from scanner.wording import said

if TYPE_CHECKING:
    import polars as pl

    from scanner.facts.schema import Column, Table


@click.command(name="show", cls=SpokenCommand)
@given
@click.argument("table", required=False, metavar="[TABLE]")
@click.argument("column", required=False, metavar="[COLUMN]")
@chosen_rows(said("Rows or values; 0: all."))
def command(  # noqa: PLR0917 - one for each option
    where: Path,
    inventory: tuple[str, ...],
    policy: tuple[str, ...],
    table: str | None,
    column: str | None,
    columns: tuple[str, ...],
    most: int,
    as_json: bool,
) -> None:
    """Show facts as rules see them: which tables there are, rows of a TABLE, or the values of its COLUMN with counts.

    WHERE is a folder that otaudit scan --save-facts wrote, or any input of a scan, which is then read. A row is written
    as an example of a rule has it, so that it can be put into one; what is not known is left out.
    """
    with explain():
        from scanner.cli.facts._given import check_columns, joined, read_facts, table_called
        from scanner.cli.facts._rows import shown

        if table is None:
            for line in _tables(joined(read_facts(where, inventory, policy))):
                click.echo(line)
            sys.exit(status())
        chosen = table_called(table)
        check_columns((*columns, *([column] if column else [])), chosen)
        rows = joined(read_facts(where, inventory, policy))[table]
        if column:
            lines = _values(rows[column], chosen, chosen.column(column), most)
        else:
            lines = shown(rows.select(columns) if columns else rows, most, as_json=as_json)
        for line in lines:
            click.echo(line)
    sys.exit(status())


def _tables(tables: Mapping[str, pl.DataFrame]) -> Iterator[str]:
    from scanner.facts.schema import TABLES

    for name, table in TABLES.items():
        yield f"{tables[name].height:>9,} {name:<15} {table.meaning}"


def _values(values: pl.Series, table: Table, column: Column, most: int) -> Iterator[str]:
    """The different values, the most frequent first, and which others could be there."""
    import polars as pl

    from scanner.cli.facts._rows import scalar
    from scanner.engine.language import vocabulary

    unit = f", {column.unit}" if column.unit else ""
    yield f"# {column.name} ({column.type}{unit}): {column.meaning}"
    each = values.explode() if isinstance(values.dtype, pl.List) else values
    counts = each.value_counts(sort=False, name="_rows").sort(
        "_rows", values.name, descending=[True, False], nulls_last=True
    )
    for value, count in (counts.head(most) if most else counts).iter_rows():
        yield f"{count:>9,} {'null' if value is None or value == '' else scalar(value)}"
    if most and counts.height > most:
        yield f"# {counts.height - most:,} more; --rows 0 shows all"
    unseen = vocabulary.words(table.name, column.name) - {str(v).lower() for v in counts[values.name].to_list()}
    if unseen:
        yield f"# possible, and not here: {', '.join(sorted(unseen))}"


COMMAND = Command.of(command)
