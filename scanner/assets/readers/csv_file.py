"""Inventories as text tables: comma, semicolon, tab or bar, in any of the encodings that spreadsheets write."""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from scanner.assets.cells import as_text
from scanner.assets.foreign import lacking as what_lacks
from scanner.assets.headers import fields_of
from scanner.assets.inventory import MAX_COLUMNS, Inventory, Record, assemble, content_of
from scanner.assets.reader import InventoryFormat
from scanner.assets.readers import _text
from scanner.assets.readers._tables import (
    FIRST,
    HEADER_WITHIN,
    best_header,
    fields_by_value,
    is_understood,
    tagged,
    unique,
)
from scanner.assets.text import decode
from scanner.errors import InputError, Problem
from scanner.office import OWN, is_container
from scanner.resemblance import NONE, Resemblance
from scanner.wording import NOTHING, Said, at_line, at_row, joined, said, verbatim

SEPARATORS = {
    ",": said("comma separated"),
    ";": said("semicolon separated"),
    "\t": said("tab separated"),
    "|": said("bar separated"),
}
_JOINED_LINES = 100  # a quoted cell spans at most so many lines
_NEWLINE = re.compile(r"\r\n|\r|\n")
_OWN = re.compile(rb"[,;\t|]\"?otaudit\"?\s*(?:[\r\n]|$)")  # the last header of the tables that otaudit writes
_SEP_HINT = re.compile(r"\"?sep=(.)\"?", re.IGNORECASE)


class CsvRecord(NamedTuple):
    """One record: the number of its first line, its cells, and what is wrong with it."""

    number: int
    cells: list[str]
    broken: Said = NOTHING


_FRAMED = re.compile(r"\s*\|(.*)\|\s*", re.DOTALL)  # a row of a table in Markdown
_RULE = re.compile(r"[\s|+:=-]*--[\s|+:=-]*")  # the line under its header


class CsvLayout(NamedTuple):
    """Where the header stands and how cells are separated. own: its cells as they are, of which ``header`` is made."""

    separator: str
    header: list[str]
    number: int
    own: list[str]


def is_own(head: bytes) -> bool:
    """A table that otaudit wrote of what it saw: taken for an inventory it would list every intruder."""
    end = head.find(b"\n")
    return _OWN.search((head if end < 0 else head[:end]) + b"\n") is not None


class _Head(NamedTuple):
    """The first bytes of a table as text. by_value: what its first rows say of columns whose headers leave it open."""

    text: str
    table: CsvLayout
    by_value: Mapping[str, str]


def _is_inventory(head: bytes) -> bool:
    """A header row of which enough is known stands within the first rows, and rows that fit it follow (so that
    prose and program text with "ip, mac" in a line are not taken for a table).
    """
    seen = None if is_own(head) else _in_head(head)
    return seen is not None and is_understood(seen.table.header, seen.by_value) and not _lacking(seen)


def lacks(head: bytes) -> Said:
    """What a table lacks to be a list of assets."""
    seen = None if is_own(head) or is_container(head) else _in_head(head)
    if seen is None:
        return NOTHING
    header = seen.table.header
    if not (lacking := _lacking(seen)) and not is_understood(header, seen.by_value):
        known, every = len(fields_of(header, seen.by_value)), sum(map(bool, header))
        return said("of its {every} columns only {known} are understood", every=every, known=known)
    return lacking


def _in_head(head: bytes) -> _Head | None:
    """A header with a known column that is followed by rows that fit it."""
    try:
        text = decode(head, whole=False).text
    except ValueError:
        return None
    if text.lstrip("\ufeff \t\r\n")[:1] in ("{", "[", "<"):
        return None
    table = _table(text, None)
    if table is None:
        return None
    first = [line.cells for line in islice(_following(text, table), FIRST)]
    fitting = sum(_fits(cells, len(table.header)) for cells in first)
    by_value = fields_by_value(table.header, first) | tagged(table.header, first, None)
    return _Head(text, table, by_value) if 2 * fitting >= len(first) else None


def _fits(cells: Sequence[str], width: int) -> bool:
    """A row is as wide as the header, or has what people leave out or drag along: empty cells at its end."""
    filled = next((n for n in range(len(cells), 0, -1) if cells[n - 1].strip()), 0)
    return len(cells) == width or max(3, width / 2) <= filled <= width


def _following(text: str, table: CsvLayout) -> Iterator[CsvRecord]:
    return (line for line in _lines(text, table.separator) if line.number > table.number)


def _lacking(seen: _Head) -> Said:
    rows = (dict(zip(seen.table.header, line.cells, strict=False)) for line in _following(seen.text, seen.table))
    return what_lacks(seen.table.header, rows, seen.by_value)


def _could_be(head: bytes) -> bool:
    """Text that could be a table."""
    if is_container(head):
        return False
    return head.lstrip()[:1] not in (b"{", b"[") and any(separator.encode() in head for separator in SEPARATORS)


def resemblance(head: bytes, content: Path | bytes) -> Resemblance:  # noqa: ARG001 - the head decides
    """How much it is an inventory in this format."""
    if _is_inventory(head):
        return Resemblance(0.7, (said("rows below a header with columns of assets"),))
    return Resemblance(0.2, (said("text with separators"),)) if _could_be(head) else NONE


def read(content: Path | bytes, name: str, columns: Mapping[str, str] | None = None) -> Inventory:
    """The inventory; InputError when there is no header or it is not text."""
    data = content_of(content, name)
    if is_own(data):
        what = said("{what}, which is not supported", what=OWN.what)
        remedy = said("name the list that the plant keeps; to make one of this table, remove its last column")
        raise InputError(name, what, remedy=remedy)
    decoded = _text.decoded(data, name)
    table = _table(decoded.text, columns)
    if table is None:
        raise InputError(
            name,
            said("no header row with a known column within the first {rows} rows", rows=HEADER_WITHIN),
            remedy=said(
                "name the columns (name, ip, mac, ...), with a row for each asset, or map them with a columns file"
            ),
        )
    if len(table.header) > MAX_COLUMNS:
        raise InputError(name, said("more than {most} columns", most=MAX_COLUMNS))
    headers = unique(table.header)
    notes = (
        ("format", joined((verbatim("CSV"), SEPARATORS[table.separator], verbatim(decoded.encoding)))),
        ("header", at_line(table.number)),
    )
    below = (line.cells for line in _following(decoded.text, table))
    columns = tagged(headers, below, columns) | dict(columns or {})
    return assemble(name, headers, _records(name, decoded.text, table, headers), notes, columns)


def _records(name: str, text: str, table: CsvLayout, headers: list[str]) -> Iterator[Record | Problem]:
    for line in _lines(text, table.separator):
        if line.number <= table.number or not any(c.strip() for c in line.cells):
            continue
        if line.cells[0].lstrip().startswith("#") and len(line.cells) != len(headers):
            continue
        if line.cells == table.own:  # of files that were put together
            continue
        if line.broken:
            yield Problem(name, said("row skipped: {reason}", reason=line.broken), at_row(line.number))
        elif any(c.strip() for c in line.cells[len(headers) :]):
            what = said(
                "row skipped: {count} cells where the header has {expected}",
                count=len(line.cells),
                expected=len(headers),
            )
            yield Problem(name, what, at_row(line.number), said("put cells that hold the separator in quotes"))
        else:
            yield Record(line.number, dict(zip(headers, map(as_text, line.cells), strict=False)))


def _table(text: str, columns: Mapping[str, str] | None) -> CsvLayout | None:
    """The separator and header row that make the most columns understood; None when no row does."""
    best: tuple[tuple[int, int], CsvLayout] | None = None
    for separator in _separators(text):
        lines = _lines(text, separator)
        rows = ((line.number, [] if line.broken else line.cells) for line in lines)
        header = best_header(rows, columns)
        if header and (best is None or header.score > best[0]):
            best = header.score, CsvLayout(separator, header.cells, header.number, header.own)
    return best[1] if best else None


def _separators(text: str) -> list[str]:
    """Those that stand in the first rows; the one that a ``sep=`` line names, when there is one."""
    hint = _SEP_HINT.fullmatch(_NEWLINE.split(text, maxsplit=1)[0].strip())
    if hint and hint[1] in SEPARATORS:
        return [hint[1]]
    return [s for s in SEPARATORS if s in text[: HEADER_WITHIN * 4000]] or [","]


def _lines(text: str, separator: str) -> Iterator[CsvRecord]:
    """Records with their line numbers. A quote that never closes spoils one record, not the rest of the file."""
    lines, ahead, number = _split(text.removeprefix("\ufeff")), deque[str](), 1
    while (record := ahead.popleft() if ahead else next(lines, None)) is not None:
        first, broken = number, NOTHING
        number += 1
        if '"' in record and _open(record, separator):
            ahead.extend(islice(lines, _JOINED_LINES - len(ahead)))
            count = _closing(ahead, separator, record)
            if count:
                record = "\n".join([record, *(ahead.popleft() for _ in range(count))])
                number += count
            else:
                broken = said("a quote is opened and never closed")
        if record.strip() and not (separator == "|" and _RULE.fullmatch(record)):
            yield _cells(first, record, separator, broken)


def _split(text: str) -> Iterator[str]:
    """Line after line: all of them at once are several times as large as the text."""
    at = 0
    for end in _NEWLINE.finditer(text):
        yield text[at : end.start()]
        at = end.end()
    yield text[at:]


def _cells(number: int, record: str, separator: str, broken: Said) -> CsvRecord:
    if separator == "|" and (framed := _FRAMED.fullmatch(record)):
        record = framed[1]
    if broken or '"' not in record:
        return CsvRecord(number, record.split(separator), broken)
    try:
        return CsvRecord(number, next(csv.reader([record], delimiter=separator)))
    except csv.Error as error:
        return CsvRecord(number, record.split(separator), verbatim(str(error)))


def _closing(following: Sequence[str], separator: str, record: str) -> int:
    """How many lines it takes to close the quote left open in ``record``; 0 when they do not."""
    for count, line in enumerate(following, 1):
        record += "\n" + line
        if '"' in line and not _open(record, separator):
            return count
    return 0


def _open(record: str, separator: str) -> bool:
    """A quoted cell is still open at the end of the record. Quotes inside an unquoted cell (19" rack) mean nothing."""
    at, size = 0, len(record)
    while at < size:
        if record[at] != '"':
            next_cell = record.find(separator, at)
            if next_cell < 0:
                return False
            at = next_cell + 1
            continue
        at += 1
        while True:
            quote = record.find('"', at)
            if quote < 0:
                return True
            if record[quote + 1 : quote + 2] != '"':
                break
            at = quote + 2
        next_cell = record.find(separator, quote)
        if next_cell < 0:
            return False
        at = next_cell + 1
    return False


INVENTORY = InventoryFormat("csv-file", "CSV", resemblance, read, lacks)
