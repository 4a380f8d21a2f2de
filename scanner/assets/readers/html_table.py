"""Tables in HTML, which many programs export under the name .xls: each that lists assets.

A page that is more than its tables (a report, the pages of a device) is read when the user calls it an inventory.
Source: HTML Living Standard, 4.9 (tables), as far as exports have it; what is not closed ends where the next begins.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from scanner.assets.inventory import MAX_COLUMNS, Inventory, content_of
from scanner.assets.reader import InventoryFormat
from scanner.assets.readers import _text
from scanner.assets.readers._lists import header_of, inventory
from scanner.assets.readers._merged import MOST_ROWS
from scanner.assets.readers._sheets import Sheet
from scanner.assets.readers._worksheets import MAX_MERGED, Room, TooFar
from scanner.assets.text import decode
from scanner.errors import InputError
from scanner.office import OWN
from scanner.resemblance import NONE, Resemblance
from scanner.wording import said

_MARK = re.compile(r"<(?:(?P<end>/?)(?P<name>[a-zA-Z][a-zA-Z0-9]*)(?P<rest>[^<>]*)|[!?][^<>]*)>")
_SPAN = re.compile(r"\b(?P<which>row|col)span\s*=\s*[\"']?\s*(?P<count>\d{1,5})", re.IGNORECASE)
_EXCEL = re.compile(r"urn:schemas-microsoft-com:office:excel|excel\.sheet", re.IGNORECASE)
_OWN = '<meta name="generator" content="otaudit">'
_HEAD = 4096  # characters, in which reports say who wrote them
_UNSEEN = frozenset(("script", "style", "title"))
_LINES = frozenset(("br", "p", "div", "li"))
_BESIDE = 300  # characters beside the tables of what is an export, and no page
_MOST_TABLES = 1000


@dataclass
class _Table:
    """A table while it is read. column: of the cell that is open. free: column -> first row that no cell from above
    covers.
    """

    sheet: Sheet
    room: Room
    cells: list[str | None] = field(default_factory=list)
    cell: list[str] | None = None
    column: int = 0
    number: int = 0
    free: dict[int, int] = field(default_factory=dict)

    def row(self) -> None:
        """A row begins."""
        self.end_row()
        self.number += 1

    def begin_cell(self, attributes: str) -> None:
        """A cell begins, in the next column that none from above covers."""
        self.end_cell()
        self.number = self.number or 1
        spans = {found["which"].lower(): int(found["count"]) for found in _SPAN.finditer(attributes)}
        wide, tall = min(spans.get("col", 1) or 1, MAX_COLUMNS), min(spans.get("row", 1) or 1, MOST_ROWS)
        while self.free.get(len(self.cells), 0) > self.number:
            self.cells.append(None)
        at = len(self.cells)
        if at + wide > MAX_COLUMNS:
            return
        self.cells += [None] * wide
        if (wide > 1 or tall > 1) and len(self.sheet.merged) < MAX_MERGED:
            self.sheet.merged.append([self.number - 1, at, self.number + tall - 2, at + wide - 1])
            self.free |= dict.fromkeys(range(at, at + wide), self.number + tall)
        self.cell, self.column = [], at

    def end_cell(self) -> None:
        """The cell holds what was said in it."""
        if self.cell is not None:
            lines = (" ".join(line.split()) for line in html.unescape("".join(self.cell)).split("\n"))
            self.cells[self.column] = "\n".join(filter(None, lines)) or None
        self.cell = None

    def end_row(self) -> None:
        """The row is a row of the sheet, unless it is empty."""
        self.end_cell()
        if any(self.cells):
            self.room.take(len(self.cells))
            self.sheet.rows.append((self.number, list(self.cells)))
        self.cells = []


def _tables(text: str) -> tuple[list[Sheet], str]:
    """The tables of a page, an inner one beside the outer, and what stands beside them."""
    room = Room()
    sheets: list[Sheet] = []
    open_ones: list[_Table] = []
    beside: list[str] = []
    unseen = ""
    for name, ends, attributes, words in _pieces(text):
        table = open_ones[-1] if open_ones else None
        if unseen:
            unseen = "" if ends and name == unseen else unseen
        elif name in _UNSEEN and not ends:
            unseen = name
        elif name == "table" and ends and table:
            open_ones.pop().end_row()
        elif name == "table" and not ends and len(sheets) == _MOST_TABLES:
            sheets[-1].unread = [said("more than {most:,} tables; the rest was not read", most=_MOST_TABLES)]
        elif name == "table" and not ends:
            sheets.append(Sheet(f"table {len(sheets) + 1}", hidden=False))
            open_ones.append(_Table(sheets[-1], room))
        elif table and name == "tr":
            table.end_row() if ends else table.row()
        elif table and name in {"td", "th"}:
            table.end_cell() if ends else table.begin_cell(attributes)
        elif table and table.cell is not None and name in _LINES:
            table.cell.append("\n")
        if unseen:
            continue
        table = open_ones[-1] if open_ones else None
        where = beside if table is None else table.cell
        if where is not None and (where is not beside or len(beside) < _BESIDE):
            where.append(words.replace("\n", " "))
    for table in open_ones:
        table.end_row()
    return sheets, " ".join(html.unescape("".join(beside)).split())


def _pieces(text: str) -> Iterator[tuple[str, bool, str, str]]:
    """Name of a tag, whether it ends an element, its attributes, and the text behind it."""
    text = _without_comments(text)
    name, ends, attributes, at = "", False, "", 0
    for found in _MARK.finditer(text):
        yield name, ends, attributes, text[at : found.start()]
        name, ends, attributes = (found["name"] or "").lower(), bool(found["end"]), found["rest"] or ""
        at = found.end()
    yield name, ends, attributes, text[at:]


def _without_comments(text: str) -> str:
    kept, at = [], 0
    while (begin := text.find("<!--", at)) >= 0:
        kept.append(text[at:begin])
        end = text.find("-->", begin)
        if end < 0:
            return "".join(kept)
        at = end + 3
    return "".join((*kept, text[at:]))


def _is_own(text: str) -> bool:
    """A report of otaudit: taken for an inventory it would list every intruder."""
    return _OWN in text[:_HEAD]


def resemblance(head: bytes, content: Path | bytes) -> Resemblance:  # noqa: ARG001 - the head decides
    """How much it is an export: a table that lists assets, and hardly anything beside it."""
    if head.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n\0")[:1] != b"<":
        return NONE
    try:
        text = decode(head, whole=False).text
    except ValueError:
        return NONE
    if _is_own(text):
        return Resemblance(0.3, (OWN.what,))
    if "<table" not in text.lower():
        return NONE
    sheets, beside = _tables(text)
    listing = any(header_of(sheet, None) for sheet in sheets)
    if listing and (len(beside) <= _BESIDE or _EXCEL.search(text)):
        return Resemblance(0.7, (said("a table with columns of assets"),))
    return Resemblance(0.2, (said("HTML with tables"),))


def read(content: Path | bytes, name: str, columns: Mapping[str, str] | None = None) -> Inventory:
    """The assets of all tables; InputError when none lists any."""
    text = _text.decoded(content_of(content, name), name).text
    if _is_own(text):
        raise InputError(name, said("{what}, which is not supported", what=OWN.what), remedy=OWN.remedy)
    try:
        sheets, _ = _tables(text)
    except TooFar as error:
        raise InputError(name, error.what, remedy=said("export the list alone")) from error
    return inventory(sheets, name, columns, said("HTML table"))


INVENTORY = InventoryFormat("html-table", "HTML table", resemblance, read)
