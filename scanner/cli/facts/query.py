"""``otaudit facts query``: the rows that a selection of the rule language chooses, or an SQL statement."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scanner.cli._command import Command
from scanner.cli._errors import explain, tell
from scanner.cli._general import general
from scanner.cli._help import SpokenCommand, option
from scanner.cli._spoken import usage_error
from scanner.cli.facts._given import chosen_rows, given, status
from scanner.wording import said

if TYPE_CHECKING:
    import polars as pl

    from scanner.facts.frames import Facts


@click.command(name="query", cls=SpokenCommand)
@given
@click.argument("what", nargs=-1, metavar="[TABLE SELECTION]")
@option("--sql", metavar="STATEMENT", help="An SQL statement over the tables instead.")
@chosen_rows(said("Rows; 0: all."))
def command(  # noqa: PLR0917 - one for each option
    where: Path,
    inventory: tuple[str, ...],
    policy: tuple[str, ...],
    what: tuple[str, ...],
    sql: str | None,
    columns: tuple[str, ...],
    most: int,
    as_json: bool,
) -> None:
    """Show the rows of a TABLE for which a SELECTION holds, as a rule has it under where or fail.

    \b
    otaudit facts query plant.facts operations '{verb: write, client|cidr: 10.20.0.0/16}'
    otaudit facts query plant.facts --sql 'SELECT server, count(*) AS n FROM operations GROUP BY server'

    WHERE is a folder that otaudit scan --save-facts wrote, or any input of a scan, which is then read. Of how many rows
    the selection holds, and of how many that is not known, is said on standard error.
    """  # noqa: D301 - click looks for the backspace itself
    if (sql is None) != (len(what) == 2) or (sql is not None and what):
        raise usage_error(said("give a TABLE and a SELECTION, or --sql"))
    with explain():
        from scanner.cli.facts._given import check_columns, read_facts, table_called
        from scanner.cli.facts._rows import shown

        if sql is not None:
            rows = _by_sql(read_facts(where, inventory, policy), sql)
            if unknown := [name for name in columns if name not in rows.columns]:
                raise LookupError(said("the statement gives no column '{name}'", name=unknown[0]))
        else:
            check_columns(tuple(name for name in columns if "." not in name), table_called(what[0]))
            rows = _by_selection(where, inventory, policy, what, columns)
        for line in shown(rows.select(columns) if columns else rows, most, as_json=as_json):
            click.echo(line)
    sys.exit(status())


def _by_selection(
    where: Path, inventory: tuple[str, ...], policy: tuple[str, ...], what: tuple[str, ...], wanted: tuple[str, ...]
) -> pl.DataFrame:
    """The rows of a table for which a selection holds, with the columns of other tables that it or ``wanted`` names. It
    is read before the facts, which may take long.
    """
    from scanner.cli.facts._given import joined, read_facts, table_called
    from scanner.engine.language.checked_yaml import Collector
    from scanner.engine.language.expressions import condition
    from scanner.engine.language.joins import with_reached
    from scanner.engine.language.moments import Now
    from scanner.engine.language.paths import PathError, find_column, is_path
    from scanner.engine.language.selections import columns_of, read_selection
    from scanner.engine.verdict.judged_facts import enriched
    from scanner.errors import DefinitionError
    from scanner.yaml_positions import load

    table, selection = what
    notes = Collector(load(selection, "SELECTION"))
    chosen = read_selection(notes.value(()), (), table_called(table), notes)
    if chosen is None:
        raise DefinitionError(*notes.problems)
    try:
        further = [find_column(table_called(table), name).name for name in wanted if "." in name]
    except PathError as error:
        raise LookupError(said("{what}; {remedy}", what=error.what, remedy=error.remedy)) from None
    facts = read_facts(where, inventory, policy)
    case = enriched(facts, joined(facts))
    now = Now(datetime.now(UTC).date(), case.captured.end)
    paths = [name for name in dict.fromkeys((*columns_of(chosen), *further)) if is_path(table, name)]
    rows = with_reached(case.tables[table], table, paths, case.tables)
    held = rows.select(holds=condition(chosen, table, {**case.tables, table: rows}, now))["holds"]
    if not general().quiet:
        whole = said(
            "holds for {held:,} of {n:,} rows; of {unknown:,} that is not known",
            held=held.sum(),
            n=rows.height,
            unknown=held.null_count(),
        )
        tell(whole)
    return rows.select(*case.tables[table].columns, *paths).filter(held)


def _by_sql(facts: Facts, statement: str) -> pl.DataFrame:
    import polars as pl

    from scanner.cli.facts._given import joined
    from scanner.errors import DefinitionError, Problem

    try:
        with pl.SQLContext(joined(facts), eager=True) as context:
            return context.execute(statement)
    except (pl.exceptions.PolarsError, ValueError, TypeError, NotImplementedError) as error:
        why = " ".join(str(error).partition("This error occurred")[0].split())[:300]
        what = said("the statement cannot be carried out: {reason}", reason=why)
        raise DefinitionError(Problem("--sql", what, remedy=said("see otaudit facts show for tables"))) from None


COMMAND = Command.of(command)
