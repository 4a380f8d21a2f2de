"""Workbooks as one XML file, as Excel 2003 wrote them and many programs still do, under the name .xls or .xml.

Source: Microsoft, XML Spreadsheet Reference (Office XP and later): ``Workbook``, ``Worksheet``, ``Table``, ``Row``,
``Cell``, ``Data``; ``Index`` counts from 1, ``MergeAcross`` and ``MergeDown`` what is covered beyond the cell itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scanner.assets.inventory import MAX_COLUMNS, Date, Inventory, Unusable
from scanner.assets.reader import InventoryFormat
from scanner.assets.readers import _xml
from scanner.assets.readers._lists import inventory
from scanner.assets.readers._merged import MOST_ROWS
from scanner.assets.readers._sheets import Sheet
from scanner.assets.readers._worksheets import MAX_MERGED, Room, TooFar
from scanner.errors import InputError
from scanner.resemblance import NONE, Resemblance
from scanner.wording import said

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_NAMESPACE = "urn:schemas-microsoft-com:office:spreadsheet"


def resemblance(head: bytes, content: Path | bytes) -> Resemblance:  # noqa: ARG001 - the head decides
    """How much it is such a workbook."""
    root, attributes = _xml.root_of(head)
    return Resemblance(0.95, (said("its root element"),)) if root == "Workbook" and _NAMESPACE in attributes else NONE


def read(content: Path | bytes, name: str, columns: Mapping[str, str] | None = None) -> Inventory:
    """The assets of all sheets; InputError when no sheet lists any."""
    root = _xml.parsed(content, name)
    try:
        room = Room()
        sheets = [_sheet(worksheet, room) for worksheet in _xml.children(root, "Worksheet")]
    except TooFar as error:
        raise InputError(name, error.what, remedy=said("export the list alone")) from error
    return inventory(sheets, name, columns, said("workbook"))


def _sheet(worksheet: Element, room: Room) -> Sheet:
    hidden = any(_xml.text_at(options, "Visible") for options in _xml.children(worksheet, "WorksheetOptions"))
    sheet = Sheet(_attribute(worksheet, "Name"), hidden=hidden)
    number = 0
    for table in _xml.children(worksheet, "Table"):
        for row in _xml.children(table, "Row"):
            number = _count(row, "Index") or number + 1
            cells = list(_cells(row, number, sheet.merged))
            if any(cell is not None for cell in cells):
                room.take(len(cells))
                sheet.rows.append((number, cells))
    return sheet


def _cells(row: Element, number: int, merged: list[list[int]]) -> Iterator[Any]:
    """The cells of a row from column A; those beyond the columns that are read are left out."""
    column = 0
    for cell in _xml.children(row, "Cell"):
        at = (_count(cell, "Index") or column + 1) - 1
        wide, tall = _count(cell, "MergeAcross"), min(_count(cell, "MergeDown"), MOST_ROWS)
        if at < column or at + wide >= MAX_COLUMNS:
            return
        yield from (None for _ in range(column, at))
        yield _value(cell)
        yield from (None for _ in range(wide))
        if (wide or tall) and len(merged) < MAX_MERGED:
            merged.append([number - 1, at, number - 1 + tall, at + wide])
        column = at + wide + 1


def _value(cell: Element) -> Any:
    data = next(_xml.children(cell, "Data"), None)
    text = "".join(data.itertext()).strip() if data is not None else ""
    kind = _attribute(data, "Type") if data is not None else ""
    if kind == "DateTime":
        return Date(text.partition("T")[0])
    if kind == "Error":
        return Unusable(said("holds {error} instead of a value", error=text or said("an error")))
    if kind == "Boolean":
        return text == "1"
    return text or None


def _attribute(element: Element, name: str) -> str:
    return element.get(f"{{{_NAMESPACE}}}{name}", "") or element.get(name, "")


def _count(element: Element, name: str) -> int:
    text = _attribute(element, name)
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 7 else 0


INVENTORY = InventoryFormat("spreadsheet-xml", "XML spreadsheet", resemblance, read)
