"""An Excel workbook with a sheet for each table of the results: what was judged, and what was seen."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

from scanner.report._cells import begins_formula, fitting
from scanner.report._tables import Cell, Column, Table, tables
from scanner.report._words import columns as width
from scanner.results.model import Results

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

NAME = "xlsx"
EXTENSION = ".xlsx"
TITLE = "Excel workbook with a sheet for each table: findings, devices, operations and so on"

MOST_ROWS = 1_048_576  # of a sheet, its header included
AUTHOR = "otaudit"  # scanner.office knows by it that this is no inventory
_EXACT = 10**15  # whole numbers from here on lose digits in Excel
_MEASURED = 300  # rows of which the widths of the columns are taken
_NARROWEST, _WIDEST = 8, 60  # characters
_AT_ONCE = 1 << 20  # bytes
_SOME_TIME = datetime(2000, 1, 1, tzinfo=UTC)


def render(results: Results) -> Iterator[bytes]:
    """The workbook, with texts in English."""
    return render_in(results, "en")


def render_in(results: Results, language: str) -> Iterator[bytes]:
    """The workbook, with texts in the language. Its rows go through temporary files, not through memory."""
    from xlsxwriter import Workbook

    with tempfile.TemporaryFile() as file:
        with Workbook(file, {"constant_memory": True, "use_zip64": True}) as book:
            started = _moment(results.run.started) or _SOME_TIME.replace(tzinfo=None)
            book.set_properties({"title": "otaudit results", "author": AUTHOR, "created": started})
            styles = _Styles(book)
            for table in tables(results, language):
                _write(book, table, styles, language)
        file.seek(0)
        while piece := file.read(_AT_ONCE):
            yield piece


class _Styles:
    def __init__(self, book: Workbook) -> None:
        self.header = book.add_format({"bold": True, "bg_color": "#E7ECF2", "bottom": 1})
        self.time = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss.000", "align": "left"})
        # Excel keeps it as text when somebody edits the cell.
        self.no_formula = book.add_format({"num_format": "@", "quote_prefix": True})


def _write(book: Workbook, table: Table, styles: _Styles, language: str) -> None:
    """The table on one sheet, or on as many as it needs."""
    rows = table.rows()
    number = 1
    row = next(rows, None)
    while row is not None or number == 1:
        sheet = book.add_worksheet(table.name if number == 1 else f"{table.name[:24]} ({number})")
        head = [] if row is None else [row]
        _fill(sheet, table.columns, islice(chain(head, rows), MOST_ROWS - 1), styles, language)
        row = next(rows, None)
        number += 1


def _fill(
    sheet: Worksheet, columns: Sequence[Column], rows: Iterator[list[Cell]], styles: _Styles, language: str
) -> None:
    widths = [len(column.name) + 3 for column in columns]  # room for the button of the filter
    for place, column in enumerate(columns):
        sheet.write_string(0, place, column.name, styles.header)
    number = 0
    for number, row in enumerate(rows, 1):
        for place, (column, cell) in enumerate(zip(columns, row, strict=True)):
            _put(sheet, number, place, cell, column, styles, language)
        if number <= _MEASURED:
            widths = [max(w, _wide(cell, c)) for w, cell, c in zip(widths, row, columns, strict=True)]
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, number, len(columns) - 1)
    for place, wide in enumerate(widths):
        sheet.set_column(place, place, min(max(wide, _NARROWEST), _WIDEST))


def _put(
    sheet: Worksheet, number: int, place: int, cell: Cell, column: Column, styles: _Styles, language: str
) -> None:
    """Write one cell; one without content is left out."""
    if cell is None or cell == "":
        return
    if isinstance(cell, bool):
        sheet.write_boolean(number, place, cell)
    elif isinstance(cell, str):
        time = _moment(cell) if column.is_time else None
        if time:
            sheet.write_datetime(number, place, time, styles.time)
        else:
            sheet.write_string(number, place, fitting(cell, language), styles.no_formula if begins_formula(cell) else None)
    elif abs(cell) < _EXACT:
        sheet.write_number(number, place, cell)
    else:
        sheet.write_string(number, place, str(cell))


def _wide(cell: Cell, column: Column) -> int:
    """Characters that the cell takes."""
    return 24 if column.is_time else width(str(cell)[: _WIDEST + 1]) + 1 if cell is not None else 0


def _moment(text: str) -> datetime | None:
    """An ISO 8601 time as Excel counts it, in UTC without saying so; None when Excel has no such time."""
    try:
        time = datetime.fromisoformat(text).astimezone(UTC).replace(tzinfo=None)
    except (ValueError, OverflowError):
        return None
    return time if time.year >= 1900 else None
