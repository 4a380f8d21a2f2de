"""A folder of CSV files, one for each table of the results: for spreadsheets, databases and scripts.

UTF-8 with a byte order mark, by which Excel knows it; commas, texts in quotes, a row to a line.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator

from scanner.report import Folder, ReportFormat
from scanner.report._cells import fitting, neutral, on_one_line
from scanner.report._tables import Cell, Table, tables
from scanner.results.model import Results

MARK = "otaudit"  # heads the last column: scanner.assets.readers.csv_file knows by it that this is no inventory
_AT_ONCE = 500  # rows


def render(results: Results) -> Folder:
    """The files, with texts in English."""
    return render_in(results, "en")


def render_in(results: Results, language: str) -> Folder:
    """The files, with texts in the language."""
    version = on_one_line(results.run.version)
    return Folder({f"{table.name}.csv": _content(table, version, language) for table in tables(results, language)})


def _content(table: Table, version: str, language: str) -> Callable[[], Iterator[str]]:
    def lines() -> Iterator[str]:
        out = io.StringIO()
        out.write("\ufeff")
        write = csv.writer(out, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n").writerow
        write([*(column.name for column in table.columns), MARK])
        for number, row in enumerate(table.rows(), 1):
            write([_cell(cell, language) for cell in (*row, version)])
            if number % _AT_ONCE == 0:
                yield out.getvalue()
                out.seek(0)
                out.truncate()
        yield out.getvalue()

    return lines


def _cell(cell: Cell, language: str) -> str | int | float:
    """Numbers as numbers, everything else as text that no spreadsheet calculates."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    return fitting(neutral(cell), language) if isinstance(cell, str) else cell


REPORT = ReportFormat(
    "csv",
    "a folder with a CSV file for each table: findings, devices, operations and so on",
    "/",
    render,
    render_in,
)
