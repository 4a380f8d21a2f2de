"""Sheets and tables to an inventory: those that list assets, the others noted.

Assets have ``file[sheet]`` as their source and the row as people see it. Sheets that are no list of assets (a cover, a
legend, a change log) are noted; a file without any list is an InputError.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from scanner.assets.foreign import are_parts
from scanner.assets.headers import IDENTITY, fields_of
from scanner.assets.inventory import Inventory, Record, assemble
from scanner.assets.readers._merged import Merged, joined
from scanner.assets.readers._sheets import Sheet
from scanner.assets.readers._tables import (
    HEADER_WITHIN,
    Header,
    best_header,
    fields_by_value,
    is_understood,
    tagged,
    unique,
)
from scanner.errors import InputError, Problem
from scanner.places import sheet_of
from scanner.wording import Said, said

# columns of devices and of hardly anything else; a list of people or of vendors has names and roles too
_OF_DEVICES = frozenset(("ips", "macs", "serial", "model", "hostname", "profinet_name", "order_number", "firmware"))
_SURE = frozenset(("id", "name", "hostname", "ips", "macs", "serial"))  # two of them, whatever stands beside them
_NAMING = frozenset(("id", "name", "hostname", "profinet_name", "serial"))
_REMEDY = said("name the columns (name, ip, mac, ...), with a row for each asset, or map them with a columns file")


def inventory(sheets: Iterable[Sheet], name: str, columns: Mapping[str, str] | None, form: Said) -> Inventory:
    """The assets of all sheets; InputError when no sheet lists any. form: what the report calls the format."""
    lists: dict[str, Inventory] = {}
    notes = _Notes()
    problems: list[Problem] = []
    for sheet in sheets:
        problems += (Problem(sheet_of(name, sheet.name), text) for text in sheet.unread)
        if sheet.hidden:
            notes.add("hidden sheets", sheet.name)
        header = header_of(sheet, columns)
        if header is None:
            notes.add("sheets without assets", sheet.name)
            continue
        notes.add("header rows", f"{sheet.name} {header.number}")
        lists[sheet.name] = _inventory(sheet, name, header, columns, notes)
    if not lists:
        raise _no_list(name, notes, problems)
    return _together(name, lists, notes, problems, form)


class _Notes(dict[str, list[str]]):
    """Key -> what is to be said under it, a piece for each sheet."""

    def add(self, key: str, text: str) -> None:
        self.setdefault(key, []).append(text)


def _together(
    name: str, lists: Mapping[str, Inventory], notes: _Notes, problems: list[Problem], form: Said
) -> Inventory:
    """The inventories of the sheets as that of the file."""
    details = [(key, ", ".join(texts)) for key, texts in notes.items()]
    by_key = _Notes()
    for sheet, inventory in lists.items():
        for key, text in inventory.notes:
            by_key.add(key, text if len(lists) == 1 else f"{sheet}: {text}")
    details += ((key, "; ".join(texts)) for key, texts in by_key.items())
    found = list(lists.values())
    return Inventory(
        name,
        tuple(row for inventory in found for row in inventory.rows),
        (*problems, *(p for inventory in found for p in inventory.problems)),
        {header: field for inventory in found for header, field in inventory.used.items()},
        tuple(dict.fromkeys(h for inventory in found for h in inventory.kept)),
        tuple(dict.fromkeys(h for inventory in found for h in inventory.dropped)),
        (("format", form), *details),
    )


def _no_list(name: str, notes: _Notes, problems: list[Problem]) -> InputError:
    if problems:
        first = problems[0]
        return InputError(first.source, first.what, first.place, first.remedy)
    sheets = [f"'{sheet[:30]}'" for sheet in notes.get("sheets without assets", ())]
    if not sheets:
        return InputError(name, said("the workbook has no sheet with cells"))
    named = ", ".join(sheets[:8])
    return InputError(name, said("no sheet of the workbook lists assets: {sheets}", sheets=named), remedy=_REMEDY)


def header_of(sheet: Sheet, columns: Mapping[str, str] | None) -> Header | None:
    """The header row; None when the sheet is no list of assets."""
    filled = Merged(sheet.merged).filled(sheet.rows)
    rows = ((number, [_text(cell) for cell in cells]) for number, cells in filled)
    header = best_header(rows, columns)
    if header is None:
        return None
    again = Merged(sheet.merged).filled(sheet.rows)
    below = list(
        islice(([_text(c) for c in cells] for number, cells in again if number > header.number), HEADER_WITHIN)
    )
    columns = fields_by_value(header.cells, below) | tagged(header.cells, below, columns) | dict(columns or {})
    fields = fields_of(header.cells, columns)
    known = fields_of(header.cells)
    mapped = any(field in IDENTITY and known.get(h) != field for h, field in fields.items())
    of_devices = mapped or not _OF_DEVICES.isdisjoint(fields.values())
    enough = is_understood(header.cells, columns) or len(set(fields.values()) & _SURE) >= 2
    parts = not mapped and are_parts(header.cells, set(fields.values()))
    return header if of_devices and enough and not parts else None


def _text(cell: Any) -> str:
    return " ".join(cell.split()) if isinstance(cell, str) else ""


def _inventory(sheet: Sheet, name: str, header: Header, columns: Mapping[str, str] | None, notes: _Notes) -> Inventory:
    width = max([len(header.cells), *(len(cells) for _, cells in sheet.rows)])
    headers = unique([*header.cells, *[""] * (width - len(header.cells))], letters)
    below = ([_text(cell) for cell in cells] for number, cells in sheet.rows if number > header.number)
    columns = tagged(headers, below, columns) | dict(columns or {})
    fields = fields_of(headers, columns)
    naming = [i for i, h in enumerate(headers) if fields.get(h) in _NAMING]
    skipped: Counter[str] = Counter()
    used = {i for _, cells in sheet.rows for i, cell in enumerate(cells) if cell is not None}
    shown = [h for i, h in enumerate(headers) if i in used or (i < len(header.cells) and header.cells[i])]
    records = _records(sheet, header, headers, naming, skipped)
    inventory = assemble(sheet_of(name, sheet.name), shown, records, (), columns)
    for what, count in sorted(skipped.items()):
        notes.add(what, f"{sheet.name} {count}")
    return inventory


def _records(
    sheet: Sheet, header: Header, headers: list[str], naming: list[int], skipped: Counter[str]
) -> Iterator[Record]:
    merged = Merged(sheet.merged)
    below = ((number, cells) for number, cells in merged.filled(sheet.rows) if number > header.number)
    for number, cells in joined(below, merged, naming):
        if [_text(c) for c in cells[: len(header.own)]] == header.own:
            skipped["repeated header rows left out"] += 1
        elif merged.is_title(number, cells):
            skipped["title rows left out"] += 1
        elif any(c is not None for c in cells):
            yield Record(number, {h: c for h, c in zip(headers, cells, strict=False) if c is not None})


def letters(number: int) -> str:
    """A column as Excel names it: 1 is A, 27 is AA."""
    text = ""
    while number:
        number, rest = divmod(number - 1, 26)
        text = chr(65 + rest) + text
    return text
