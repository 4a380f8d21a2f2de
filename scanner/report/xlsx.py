"""An Excel workbook with a sheet for each table of the results: what was judged, and what was seen."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import chain, count, islice
from typing import TYPE_CHECKING

from scanner.columns import columns as width
from scanner.report import ReportFormat
from scanner.report._cells import begins_formula, fitting
from scanner.report._tables import Cell, Column, Table, tables
from scanner.results.model import Results

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet


MOST_ROWS = 1_048_576  # of a sheet, its header included
AUTHOR = "otaudit"  # scanner.office knows by it that this is no inventory
_EXACT = 10**15  # whole numbers from here on lose digits in Excel
_MEASURED = 300  # rows of which the widths of the columns are taken
_NARROWEST, _WIDEST = 8, 60  # characters
_AT_ONCE = 1 << 20  # bytes
_SOME_TIME = datetime(2000, 1, 1)  # noqa: DTZ001 - Excel knows no time zones


def render(results: Results) -> Iterator[bytes]:
    """The workbook, with texts in English."""
    return render_in(results, "en")


def render_in(results: Results, language: str) -> Iterator[bytes]:
    """The workbook, with texts in the language. Its rows go through temporary files, not through memory."""
    from xlsxwriter import Workbook

    with tempfile.TemporaryFile() as file:
        with Workbook(file, {"constant_memory": True, "use_zip64": True}) as book:
            created = _moment(results.run.started) or _SOME_TIME
            book.set_properties({"title": "otaudit results", "author": AUTHOR, "created": created})
            sheets = _Sheets(book, language)
            for table in tables(results, language):
                sheets.add(table)
        file.seek(0)
        while piece := file.read(_AT_ONCE):
            yield piece


class _Sheets:
    """The sheets of a workbook, filled one after the other."""

    def __init__(self, book: Workbook, language: str) -> None:
        self._book = book
        self._language = language
        self._header = book.add_format({"bold": True, "bg_color": "#E7ECF2", "bottom": 1})
        self._time = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss.000", "align": "left"})
        # Excel keeps it as text when somebody edits the cell.
        self._no_formula = book.add_format({"num_format": "@", "quote_prefix": True})

    def add(self, table: Table) -> None:
        """The table on one sheet, or on as many as it needs."""
        rows = table.rows()
        self._fill(self._book.add_worksheet(table.name), table.columns, islice(rows, MOST_ROWS - 1))
        for number in count(2):
            first = next(rows, None)
            if first is None:
                return
            sheet = self._book.add_worksheet(f"{table.name[:24]} ({number})")
            self._fill(sheet, table.columns, chain([first], islice(rows, MOST_ROWS - 2)))

    def _fill(self, sheet: Worksheet, columns: Sequence[Column], rows: Iterable[list[Cell]]) -> None:
        widths = [len(column.name) + 3 for column in columns]  # room for the button of the filter
        for place, column in enumerate(columns):
            sheet.write_string(0, place, column.name, self._header)
        number = 0
        for number, row in enumerate(rows, 1):
            for place, cell in enumerate(row):
                if cell is not None and cell != "":
                    self._put(sheet, (number, place), _moment(cell) or cell if columns[place].is_time else cell)
            if number <= _MEASURED:
                widths = [max(w, _wide(cell, c)) for w, cell, c in zip(widths, row, columns, strict=True)]
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, number, len(columns) - 1)
        for place, wide in enumerate(widths):
            sheet.set_column(place, place, min(max(wide, _NARROWEST), _WIDEST))

    def _put(self, sheet: Worksheet, at: tuple[int, int], cell: str | float | datetime) -> None:
        if isinstance(cell, datetime):
            sheet.write_datetime(*at, cell, self._time)
        elif isinstance(cell, str):
            sheet.write_string(*at, fitting(cell, self._language), self._no_formula if begins_formula(cell) else None)
        elif isinstance(cell, bool):
            sheet.write_boolean(*at, cell)
        elif abs(cell) < _EXACT:
            sheet.write_number(*at, cell)
        else:
            sheet.write_string(*at, str(cell))


def _wide(cell: Cell, column: Column) -> int:
    """Characters that the cell takes."""
    return 24 if column.is_time else width(str(cell)[: _WIDEST + 1]) + 1 if cell is not None else 0


def _moment(text: Cell) -> datetime | None:
    """An ISO 8601 time as Excel counts it, in UTC without saying so; None when Excel has no such time."""
    try:
        time = datetime.fromisoformat(str(text))
        shown = time.astimezone(UTC).replace(tzinfo=None)
    except (ValueError, OverflowError):
        return None
    return shown if time.tzinfo and shown.year >= 1900 else None


REPORT = ReportFormat(
    "xlsx",
    "Excel workbook with a sheet for each table: findings, devices, operations and so on",
    ".xlsx",
    render,
    render_in,
)
