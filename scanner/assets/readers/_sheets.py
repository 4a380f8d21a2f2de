"""The sheets of a workbook as lists of cells, read by a process of its own (see ``_workbook_process.py``)."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from scanner.assets.inventory import Date, Unusable
from scanner.assets.readers._unpacked import unpacked
from scanner.assets.text import readable
from scanner.errors import InputError, WrongText
from scanner.limits import limits
from scanner.office import ENCRYPTED
from scanner.wording import NOTHING, Said, said

MAX_SECONDS = 300  # the largest workbook within the limits takes some thirty
_PROCESS = "scanner.assets.readers._workbook_process"


@dataclass
class Sheet:
    """One worksheet: rows that are not empty as (number from 1, cells from column A), and what was not read of it.

    A cell is text, bool, Date, Unusable or None. merged: ranges as (first row, first column, last row, last column)
    from 0.
    """

    name: str
    hidden: bool
    rows: list[tuple[int, list[Any]]] = field(default_factory=list)
    merged: list[list[int]] = field(default_factory=list)
    unread: list[Said] = field(default_factory=list)


def sheets_of(data: bytes, name: str) -> Iterator[Sheet]:
    """Every worksheet, hidden ones too, in the order of the workbook; InputError when it cannot be read."""
    try:
        plain = unpacked(data) if data.startswith(b"PK") else data
    except WrongText as error:
        raise InputError(name, error.what, remedy=said("open it in Excel and save it again")) from error
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder, tempfile.TemporaryFile() as lines:
        path = Path(folder) / f"workbook{_extension(plain)}"
        path.write_bytes(plain)
        del plain
        why = _run(path, lines)
        lines.seek(0)
        sheet: Sheet | None = None
        ended = False
        for line in lines:
            try:
                kind, *rest = json.loads(line)
            except ValueError:  # the process ended while it wrote
                break
            if kind == "error":
                what = said("{what}, which is not supported", what=Said(rest[0]))
                raise InputError(
                    name, what, remedy=ENCRYPTED.remedy if rest[1] else said("open it in Excel and save it again")
                )
            if kind == "sheet":
                if sheet is not None:
                    yield sheet
                sheet = Sheet(readable(rest[0]), rest[1])
            elif kind == "end":
                ended = True
            elif sheet is not None:
                _add(sheet, kind, rest)
        if not ended:
            what = said("the workbook cannot be read: {reason}", reason=why or said("reading it failed"))
            remedy = said("save the sheet with the assets as a workbook of its own, or as CSV")
            raise InputError(name, what, remedy=remedy)
        if sheet is not None:
            yield sheet


def _add(sheet: Sheet, kind: str, rest: list[Any]) -> None:
    if kind == "row":
        sheet.rows.append((rest[0], [_cell(cell) for cell in rest[1]]))
    elif kind == "merged":
        sheet.merged = rest[0]
    elif kind == "remark":
        sheet.unread.append(Said(rest[0]))
    elif kind == "unread":
        sheet.unread.append(said("the sheet was not read: {reason}", reason=Said(rest[0])))


def _cell(cell: Any) -> Any:
    if isinstance(cell, dict):
        return Date(cell["date"]) if "date" in cell else Unusable(Said(cell["unusable"]))
    return None if isinstance(cell, str) and not cell.strip() else cell


def _extension(plain: bytes) -> str:
    if not plain.startswith(b"PK"):
        return ".xls"
    with zipfile.ZipFile(io.BytesIO(plain)) as archive:
        names = set(archive.namelist())
    return ".ods" if "content.xml" in names else ".xlsb" if "xl/workbook.bin" in names else ".xlsx"


def _run(workbook: Path, lines: IO[bytes]) -> Said:
    """Let the process read; why it failed, nothing when it did not.

    It finds modules where this process does, but never in the working folder, which may be the evidence itself.
    """
    path = os.pathsep.join(p for p in sys.path if p)
    command = [sys.executable, "-P", "-m", _PROCESS, str(workbook), str(limits().inventory_rows)]
    try:
        done = subprocess.run(  # noqa: S603 - nothing of it comes from outside
            command,
            stdin=subprocess.DEVNULL,
            stdout=lines,
            stderr=subprocess.DEVNULL,
            timeout=MAX_SECONDS,
            check=False,
            env=os.environ | {"PYTHONPATH": path},
        )
    except subprocess.TimeoutExpired:
        return said("it takes more than {minutes} minutes", minutes=MAX_SECONDS // 60)
    return NOTHING if done.returncode == 0 else said("it is damaged, or claims more memory than any list needs")
