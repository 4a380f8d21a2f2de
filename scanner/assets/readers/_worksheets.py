"""What the XML of a worksheet tells and calamine does not: how far its cells reach, formats that change what people
see (leading zeros, fixed decimals, percent), errors, and formulas that were never calculated.

Source: ECMA-376 part 1, 18.3.1.4 (``c``), 18.8.30 (``numFmt``), 18.8.10 (``cellXfs``). Runs in the process of its own.
"""

from __future__ import annotations

import posixpath
import re
import xml.etree.ElementTree as ET
import zipfile
from dataclasses import dataclass
from typing import NamedTuple

from scanner.errors import WrongText
from scanner.wording import Said, said

MAX_GRID = 30_000_000  # cells of the smallest rectangle that holds all: 1,048,576 rows of 28 columns
MAX_MERGED = 100_000  # cells
_MAX_PART = 32 << 20  # bytes of a list of sheets or formats

_CELL = re.compile(rb"<(?:\w+:)?c\s([^>]*[^>/])>")
_REF = re.compile(rb"(?:^|\s)r\s*=\s*[\"']\$?([A-Za-z]{1,3})\$?(\d{1,7})[\"']")
_STYLE = re.compile(rb"(?:^|\s)s\s*=\s*[\"'](\d{1,7})[\"']")
_ERROR = re.compile(rb"(?:^|\s)t\s*=\s*[\"']e[\"']")
_ERROR_TEXT = re.compile(rb"<(?:\w+:)?v[^>]*>([^<]{1,20})<")
_TEXT_RESULT = re.compile(rb"(?:^|\s)t\s*=\s*[\"']str[\"']")
_UNCALCULATED = re.compile(
    rb"\s*<(?:\w+:)?f(?:\s[^>]*)?(?:/>|>[^<]*</(?:\w+:)?f>)\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?\s*"
    rb"</(?:\w+:)?c>"
)
_FORMAT = re.compile(r'(?:"([^"]*)"|\\(.))?(0+)(?:\.(0+))?(%)?(?:"([^"]*)")?')
_BUILT_IN = {"1": "0", "2": "0.00", "9": "0%", "10": "0.00%"}


class Format(NamedTuple):
    """How a number is shown: text before and after, digits before the point at least, decimals, percent."""

    before: str
    digits: int
    decimals: int
    percent: bool
    after: str


class CellNotes(NamedTuple):
    """Of one sheet, by (row, column) from 0: formats of cells, and reasons why cells cannot be used."""

    formats: dict[tuple[int, int], Format]
    unusable: dict[tuple[int, int], Said]


class TooFar(WrongText):
    """The cells of a sheet lie too far apart."""


@dataclass
class Room:
    """For the cells of all sheets of a file, empty ones between others, too."""

    cells: int = 0

    def take(self, cells: int) -> None:
        """TooFar when they are more than any list needs."""
        self.cells += cells
        if self.cells > MAX_GRID:
            raise TooFar(said("its cells claim more than {most:,} places", most=MAX_GRID))


def sheet_parts(archive: zipfile.ZipFile) -> dict[str, str]:
    """Name of sheet -> name of its part, as far as the workbook tells."""
    try:
        workbook = _parsed(archive, "xl/workbook.xml")
        relations = _parsed(archive, "xl/_rels/workbook.xml.rels")
    except (KeyError, ET.ParseError, ValueError):
        return {}
    targets = {r.get("Id"): r.get("Target", "") for r in relations}
    parts = {}
    for sheet in workbook.iter():
        if not sheet.tag.endswith("}sheet") and sheet.tag != "sheet":
            continue
        key = next((v for k, v in sheet.attrib.items() if k.endswith("}id")), None)
        target = targets.get(key, "")
        path = target.lstrip("/") if target.startswith("/") else posixpath.normpath("xl/" + target)
        parts[sheet.get("name", "")] = path
    return parts


def formats(archive: zipfile.ZipFile) -> dict[int, Format]:
    """Number of a cell's style -> its format, of those that change what people see."""
    try:
        styles = _parsed(archive, "xl/styles.xml")
    except (KeyError, ET.ParseError, ValueError):
        return {}
    codes = dict(_BUILT_IN)
    found = {}
    for element in styles.iter():
        if element.tag.endswith("numFmt"):
            codes[element.get("numFmtId", "")] = element.get("formatCode", "")
    for cell_styles in (e for e in styles.iter() if e.tag.endswith("cellXfs")):
        for number, style in enumerate(cell_styles):
            match = _FORMAT.fullmatch(codes.get(style.get("numFmtId", ""), "").split(";")[0])
            if match:
                before, escaped, digits, decimals, percent, after = match.groups(default="")
                found[number] = Format(before or escaped, len(digits), len(decimals), bool(percent), after)
    return found


def tell(archive: zipfile.ZipFile, part: str, known: dict[int, Format]) -> CellNotes:
    """Look through one worksheet; TooFar when its cells claim more room than any list needs."""
    told = CellNotes({}, {})
    try:
        xml = archive.read(part)
    except KeyError:
        return told
    top = left = 1 << 30
    bottom = right = -1
    for cell in _CELL.finditer(xml):
        attributes = cell[1]
        reference = _REF.search(attributes)
        if reference is None:
            continue
        row, column = int(reference[2]) - 1, _column(reference[1])
        top, bottom, left, right = min(top, row), max(bottom, row), min(left, column), max(right, column)
        _note(told, (row, column), attributes, xml, cell.end(), known)
    rows, columns = bottom - top + 1, right - left + 1
    if bottom >= 0 and rows * columns > MAX_GRID:
        raise TooFar(said("its cells claim {rows:,} rows and {columns:,} columns", rows=rows, columns=columns))
    return told


def _note(  # noqa: PLR0917 - one call a cell
    told: CellNotes, place: tuple[int, int], attributes: bytes, xml: bytes, end: int, known: dict[int, Format]
) -> None:
    style = _STYLE.search(attributes) if known else None
    if style and (shown := known.get(int(style[1]))):
        told.formats[place] = shown
    if _ERROR.search(attributes):
        text = _ERROR_TEXT.search(xml, end, end + 4000)
        error = text[1].decode("ascii", "replace") if text else ""
        if error != "#N/A":
            told.unusable[place] = said("holds {error} instead of a value", error=error or said("an error"))
    elif not _TEXT_RESULT.search(attributes) and _UNCALCULATED.match(xml, end):
        told.unusable[place] = said("holds a formula without its value; open the file in Excel and save it")


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number - 1


def _parsed(archive: zipfile.ZipFile, name: str) -> ET.Element:
    if archive.getinfo(name).file_size > _MAX_PART:
        raise ValueError(name)
    return ET.fromstring(archive.read(name))  # noqa: S314 - what declares entities was refused when it was unpacked
