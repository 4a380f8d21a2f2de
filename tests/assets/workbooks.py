"""Workbooks for tests: by the libraries that people's programs use, and byte by byte where no library would."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import openpyxl

Rows = Sequence[Sequence[Any]]
LIST: Rows = [
    ["Name", "IP address", "Vendor", "Serial number"],
    ["plc-1", "10.0.0.1", "WAGO", 12345],
    ["plc-2", "10.0.0.2", "ABB", "A7"],
]


def xlsx(sheets: Mapping[str, Rows], change: Callable[[openpyxl.Workbook], None] | None = None) -> bytes:
    """A workbook of these sheets; ``change`` sees it before it is saved."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    if change:
        change(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def zipped(parts: Mapping[str, bytes | str], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A ZIP file of these parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def parts_of(data: bytes) -> dict[str, bytes]:
    """The parts of a ZIP file."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def xlsx_of_xml(sheet_data: str, *, before: str = "", prolog: str = "") -> bytes:
    """A workbook whose only sheet, ``List``, has this XML as its data."""
    parts = parts_of(xlsx({"List": [["x"]]}))
    main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    text = f"{prolog}<worksheet {main}>{before}<sheetData>{sheet_data}</sheetData></worksheet>"
    return zipped(parts | {"xl/worksheets/sheet1.xml": text})


def inline(reference: str, text: str) -> str:
    """A cell that holds its text itself."""
    return f'<c r="{reference}" t="inlineStr"><is><t>{text}</t></is></c>'


def xml_rows(rows: Rows) -> str:
    """Rows from A1 on as the XML of a worksheet."""
    lines = []
    for number, row in enumerate(rows, 1):
        cells = "".join(inline(f"{chr(65 + i)}{number}", str(cell)) for i, cell in enumerate(row))
        lines.append(f'<row r="{number}">{cells}</row>')
    return "".join(lines)


def ods(table_rows: str, *, name: str = "Geräte", manifest: str = "") -> bytes:
    """An OpenDocument spreadsheet of one sheet."""
    spaces = " ".join(
        f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{prefix}:1.0"' for prefix in ("office", "table", "text")
    )
    content = (
        f"<office:document-content {spaces}><office:body><office:spreadsheet>"
        f'<table:table table:name="{name}">{table_rows}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    entry = f"<manifest:file-entry>{manifest}</manifest:file-entry>"
    entry = f'<manifest:manifest xmlns:manifest="x">{entry}</manifest:manifest>'
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    return zipped({"mimetype": kind, "META-INF/manifest.xml": entry, "content.xml": content}, zipfile.ZIP_STORED)


def ods_rows(rows: Rows) -> str:
    """Rows as OpenDocument table rows: numbers as such, everything else as text."""
    lines = []
    for row in rows:
        cells = "".join(map(ods_cell, row))
        lines.append(f"<table:table-row>{cells}</table:table-row>")
    return "".join(lines)


def ods_cell(cell: object, attributes: str = "") -> str:
    """A cell of an OpenDocument table."""
    number = isinstance(cell, int | float)
    value = f'office:value-type="float" office:value="{cell}"' if number else 'office:value-type="string"'
    return f"<table:table-cell {value} {attributes}><text:p>{cell}</text:p></table:table-cell>"


def _record(kind: int, data: bytes = b"") -> bytes:
    """MS-XLSB 2.1.4: a type of one or two bytes, a length of seven bits a byte, the data."""
    head = bytes([kind]) if kind < 0x80 else bytes([kind & 0x7F | 0x80, kind >> 7])
    size = len(data)
    length = b""
    while True:
        size, low = size >> 7, size & 0x7F
        length += bytes([low | 0x80 if size else low])
        if not size:
            return head + length + data


def _wide(text: str) -> bytes:
    return struct.pack("<L", len(text)) + text.encode("utf-16-le")


def xlsb(rows: Rows, dimension: tuple[int, int, int, int] = (0, 10, 0, 10)) -> bytes:
    """A binary workbook with one sheet, ``Binary``; dimension: first and last row, first and last column."""
    cells = b""
    for number, row in enumerate(rows):
        cells += _record(0x00, struct.pack("<L", number) + bytes(21))
        for column, cell in enumerate(row):
            place = struct.pack("<LL", column, 0)
            if isinstance(cell, int | float):
                cells += _record(0x05, place + struct.pack("<d", cell))
            else:
                cells += _record(0x06, place + _wide(cell))
    sheet = _record(0x81) + _record(0x94, struct.pack("<4L", *dimension)) + _record(0x91) + cells
    sheet += _record(0x92) + _record(0x82)
    bundle = struct.pack("<LL", 0, 1) + _wide("rId1") + _wide("Binary")
    book = _record(0x83) + _record(0x8F) + _record(0x9C, bundle) + _record(0x90) + _record(0x84)
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"
    target = f'<Relationship Id="rId1" Type="{kind}" Target="worksheets/sheet1.bin"/>'
    return zipped(
        {
            "[Content_Types].xml": "<Types/>",
            "xl/workbook.bin": book,
            "xl/_rels/workbook.bin.rels": f"<Relationships>{target}</Relationships>",
            "xl/worksheets/sheet1.bin": sheet,
        }
    )
