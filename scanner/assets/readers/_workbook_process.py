"""The process that reads a workbook: a file is named to it, a line of JSON for each sheet and row is what it prints.

A process of its own, because calamine is native code over formats in which a few bytes may claim gigabytes: whatever
happens to it here, the scan goes on. Lines: ``["sheet", name, hidden]``, ``["merged", ranges]``, ``["row", number,
cells]``, ``["remark", text]``, ``["unread", reason]`` and at the end ``["end"]``; ``["error", text, encrypted]`` when
there is no workbook. Texts and reasons are what tables hold of a ``Said``.
Ranges are first row, first column, last row, last column from 0. Cells are text, a truth value, null,
``{"date": ISO}`` or ``{"unusable": reason}``. Rows are counted from 1.
"""

from __future__ import annotations

import datetime
import json
import math
import sys
import zipfile
from collections.abc import Callable, Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any

from scanner.assets.inventory import MAX_COLUMNS
from scanner.assets.readers._worksheets import MAX_MERGED, CellNotes, Format, TooFar, formats, sheet_parts, tell
from scanner.office import ENCRYPTED
from scanner.wording import marked, said

MAX_MEMORY = 2 << 30  # bytes of address space
_MAX_OUTPUT = 512 << 20  # characters; one text of 32 kB may be used by a million cells
_MAX_TEXT = 32767  # characters of a cell, which is Excel's limit
_BREAKS = {0x0B: " ", 0x0C: " "}  # line and page breaks of word processors

Say = Callable[..., None]


def main() -> None:
    """Read the workbook that the first argument names; its extension tells its format. The second: most rows."""
    _limit_memory()
    path = Path(sys.argv[1])
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError

    try:
        _sheets(CalamineWorkbook.from_path(path), path, int(sys.argv[2]), _sayer())
    except PasswordError:
        _sayer()("error", marked(ENCRYPTED.what), True)
    except CalamineError as error:
        _sayer()("error", marked(said("is a damaged workbook ({error})", error=_short(error))), False)


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:  # Windows
        return
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    wanted = MAX_MEMORY if hard == resource.RLIM_INFINITY else min(hard, MAX_MEMORY)
    resource.setrlimit(resource.RLIMIT_AS, (wanted, hard))


def _sayer() -> Say:
    left = _MAX_OUTPUT

    def say(*line: Any) -> None:
        nonlocal left
        text = json.dumps(line)
        left -= len(text)
        if left < 0:
            sys.exit("too much")
        sys.stdout.write(text + "\n")

    return say


def _sheets(book: Any, path: Path, most: int, say: Say) -> None:
    from python_calamine import CalamineError, SheetTypeEnum, SheetVisibleEnum

    archive = zipfile.ZipFile(path) if path.suffix == ".xlsx" else None
    parts = sheet_parts(archive) if archive else {}
    known = formats(archive) if archive and parts else {}
    left = most + 1000
    for index, sheet in enumerate(book.sheets_metadata):
        if sheet.typ != SheetTypeEnum.WorkSheet:
            continue
        say("sheet", sheet.name, sheet.visible != SheetVisibleEnum.Visible)
        if left <= 0:
            say("unread", marked(said("more than {most:,} rows come before it", most=most)))
            continue
        try:
            told = tell(archive, parts[sheet.name], known) if archive and sheet.name in parts else CellNotes({}, {})
            left -= _rows(book.get_sheet_by_index(index), told, left, say)
        except TooFar as error:
            say("unread", marked(said("{what}; delete what stands far from the list", what=error.what)))
        except CalamineError as error:
            say("unread", marked(said("it is damaged ({error})", error=_short(error))))
    say("end")


def _rows(sheet: Any, told: CellNotes, most: int, say: Say) -> int:
    """Say the rows that are not empty, ``most`` at most; how many they are."""
    if sheet.start is None:
        return 0
    say("merged", [[*first, *last] for first, last in (sheet.merged_cell_ranges or ())[:MAX_MERGED]])
    left, count, cut = sheet.start[1], 0, False
    for row, values in enumerate(sheet.iter_rows()):
        cells = _row(values, row, left, told)
        cut = cut or len(cells) > MAX_COLUMNS
        if cells:
            say("row", row + 1, cells[:MAX_COLUMNS])
            count += 1
            if count >= most:
                what = said("rows after row {row} were not read: more than the workbook may have", row=row + 1)
                say("remark", marked(what))
                break
    if cut:
        say("remark", marked(said("columns after number {column} were not read", column=MAX_COLUMNS)))
    return count


def _row(values: Iterable[Any], row: int, left: int, told: CellNotes) -> list[Any]:
    cells: list[Any] = [None] * left
    for column, value in enumerate(values, left):
        reason = told.unusable.get((row, column)) if told.unusable else None
        if reason:
            cells.append({"unusable": marked(reason)})
        else:
            cells.append(_cell(value, told.formats.get((row, column)) if told.formats else None))
    while cells and cells[-1] is None:
        cells.pop()
    return cells


def _cell(value: Any, shown: Format | None) -> Any:  # noqa: PLR0911 - one return a type
    if isinstance(value, str):
        return value[:_MAX_TEXT].translate(_BREAKS) or None
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int | float):
        return _number(value, shown)
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        return {"date": value.date().isoformat()}
    if isinstance(value, datetime.date):
        return {"date": value.isoformat()}
    if isinstance(value, datetime.time):
        return {"date": value.isoformat()}
    if isinstance(value, datetime.timedelta):
        seconds = round(value.total_seconds())
        return {"date": f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"}
    return str(value)[:_MAX_TEXT] or None


def _number(value: float, shown: Format | None) -> Any:
    """A number as people see it: without exponent, with the zeros, decimals and percent sign of its format."""
    if not math.isfinite(value):
        return {"unusable": marked(said("is not a number"))}
    if abs(value) >= 1e15:
        what = said("is a number of more than 15 digits, of which Excel keeps 15; enter it as text")
        return {"unusable": marked(what)}
    number = Decimal(format(value, ".15g"))
    if shown and shown.percent:
        number *= 100
    text = format(number.normalize() if number else Decimal(0), "f")
    if shown is None:
        return text
    sign, digits = ("-", text[1:]) if text.startswith("-") else ("", text)
    whole, _, decimals = digits.partition(".")
    decimals = decimals.ljust(shown.decimals, "0")
    digits = whole.zfill(shown.digits) + (f".{decimals}" if decimals else "")
    return f"{sign}{shown.before}{digits}{'%' if shown.percent else ''}{shown.after}"


def _short(error: Exception) -> str:
    return " ".join(str(error).split())[:120]


if __name__ == "__main__":
    main()
