"""Workbooks that lie, are broken, encrypted or something else: one clear line, and no memory or time lost on them."""

from __future__ import annotations

import io
import random
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from scanner import limits, office
from scanner.assets.readers import _sheets, _unpacked, read, recognises, workbook
from scanner.cli import main
from scanner.errors import InputError
from tests.assets.test_workbook import found_in, xls
from tests.assets.workbooks import (
    LIST,
    inline,
    ods,
    ods_cell,
    ods_rows,
    parts_of,
    xlsb,
    xlsx,
    xlsx_of_xml,
    xml_rows,
    zipped,
)

GOOD = xlsx({"L": LIST})
DOCX = zipped({"[Content_Types].xml": "<Types/>", "word/document.xml": "<x/>", "word/embeddings/a.xlsx": GOOD})
ODT = zipped({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": "<x/>"}, zipfile.ZIP_STORED)
FAR = xml_rows(LIST) + f'<row r="1048576">{inline("XFD1048576", "x")}</row>'


def message(data: bytes) -> str:
    with pytest.raises(InputError) as caught:
        read(data, "list")
    text = str(caught.value)
    assert "\n" not in text
    assert len(text) < 400
    return text


def encrypted(data: bytes) -> bytes:
    """The same ZIP file with every part marked as encrypted."""
    out = bytearray(data)
    for sign, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = out.find(sign)
        while at >= 0:
            out[at + flags] |= 1
            at = out.find(sign, at + 4)
    return bytes(out)


def lying(data: bytes, part: str, size: int) -> bytes:
    """The same ZIP file, claiming that a part unpacks to so many bytes."""
    out = bytearray(data)
    at = out.find(b"PK\x01\x02")
    while at >= 0:
        length = struct.unpack_from("<H", out, at + 28)[0]
        if out[at + 46 : at + 46 + length] == part.encode():
            struct.pack_into("<L", out, at + 24, size)
        at = out.find(b"PK\x01\x02", at + 4)
    return bytes(out)


def with_stream(name: str) -> bytes:
    """An OLE2 file whose only stream has this name (MS-CFB 2.6.1: 64 bytes of name, then its length)."""
    data = bytearray(xls(LIST))
    at = data.find("Workbook".encode("utf-16-le"))
    data[at : at + 64] = name.encode("utf-16-le").ljust(64, b"\0")
    struct.pack_into("<H", data, at + 64, 2 * len(name) + 2)
    return bytes(data)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (
            with_stream("EncryptedPackage"),
            "is an encrypted Office file, which is not supported; save it without",
        ),
        (with_stream("WordDocument"), "is an old Word document, which is not supported"),
        (with_stream("Else"), "is a file of an old Microsoft program, which is not supported"),
        (DOCX, "is a Word document, which is not supported; export the data"),
        (zipped({"ppt/presentation.xml": "<x/>"}), "is a PowerPoint presentation"),
        (ODT, "is an OpenDocument file without tables"),
        (
            zipped({"assets.xlsx": GOOD}, zipfile.ZIP_STORED),
            "is a ZIP archive, which is not supported; unpack it",
        ),
        (zipped({}), "not recognised as an inventory"),
        (GOOD[:-400], "is a damaged workbook or ZIP archive, which is not supported; copy or save it again"),
        (GOOD[:40], "is a damaged workbook or ZIP archive"),
        (encrypted(GOOD), "is an encrypted workbook, which is not supported; save it without a password"),
        (
            ods(ods_rows(LIST), manifest="<manifest:encryption-data/>"),
            "is an encrypted workbook, which is not supported",
        ),
        (
            xls(LIST).replace(b"\x42\0\x02\0\xb0\x04", b"\x2f\0\x02\0\xb0\x04"),
            "is an encrypted workbook, which is not supported; save it without a password",
        ),
        (office.OLE2 + bytes(600), "is a damaged file of an old Microsoft program"),
        (office.OLE2 + bytes(range(256)) * 8, "is a damaged file of an old Microsoft program"),
        (xlsx({"A": [["x"]], "B": [["Name", "Age"]]}), "no sheet of the workbook lists assets: 'A', 'B'; name the"),
        (zipped(parts_of(GOOD) | {"xl/worksheets/sheet1.xml": b"<worksheet><sheetData><row"}), "list[L]: the sheet"),
        (zipped(parts_of(GOOD) | {"xl/workbook.xml": b"\xff\xfe\0"}), "damaged"),
        (lying(GOOD, "xl/worksheets/sheet1.xml", 100), "the workbook is damaged"),
        (lying(GOOD, "xl/worksheets/sheet1.xml", 300 << 20), "the workbook unpacks to more than 256 MiB"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_one_clear_line(data: bytes, words: str) -> None:
    assert words in message(data)


@pytest.mark.parametrize("data", [DOCX, ODT, zipped({"a.xlsx": GOOD}), encrypted(GOOD), GOOD[:-400]], ids=range(5))
def test_other_files_are_no_inventory_in_a_folder(data: bytes, tmp_path: Path) -> None:
    assert not recognises(data, data)
    (tmp_path / "assets.xlsx").write_bytes(data)
    done = CliRunner().invoke(main, ["scan", str(tmp_path)])
    assert done.exit_code == 4
    assert "assets.xlsx: is a" in done.stderr


def test_a_bomb_is_not_unpacked() -> None:
    bomb = zipped(parts_of(GOOD) | {"xl/sharedStrings.xml": bytes(_unpacked.MAX_UNPACKED + 1)})
    assert len(bomb) < 1 << 20
    assert "the workbook unpacks to more than 256 MiB" in message(bomb)


def test_pictures_do_not_count() -> None:
    assert len(found_in(zipped(parts_of(GOOD) | {"xl/media/a.png": bytes(_unpacked.MAX_UNPACKED)})).rows) == 2


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_are_refused(encoding: str) -> None:
    laughs = "".join(f'<!ENTITY l{i + 1} "{f"&l{i};" * 10}">' for i in range(9))
    prolog = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "ha">{laughs}]>'
    data = xlsx_of_xml(xml_rows([*LIST, ["&l9;", "10.0.0.3", "x", "y"]]), prolog=prolog)
    if encoding != "utf-8":
        parts = parts_of(data)
        name = "xl/worksheets/sheet1.xml"
        data = zipped(parts | {name: parts[name].decode().encode(encoding)})
    assert "declares XML entities, which no spreadsheet does" in message(data)


def test_cells_that_lie_far_apart() -> None:
    far = "list[List]: the sheet was not read: its cells claim 1,048,576 rows and 16,384 columns; delete what stands"
    assert far in message(xlsx_of_xml(FAR))


def test_one_sheet_too_large_leaves_the_others() -> None:
    good = parts_of(xlsx({"Far": [["x"]], "L": LIST}))
    sheet = parts_of(xlsx_of_xml(FAR))["xl/worksheets/sheet1.xml"]
    found = found_in(zipped(good | {"xl/worksheets/sheet1.xml": sheet}))
    assert len(found.rows) == 2
    assert [p.source for p in found.problems] == ["list[Far]"]


def test_an_innocent_sheet_with_formats_to_its_end() -> None:
    shaped = "".join(f'<row r="{n}"><c r="A{n}" s="0"/><c r="XFD{n}" s="0"/></row>' for n in (4, 1048576))
    before = '<dimension ref="A1:XFD1048576"/>'
    assert len(found_in(xlsx_of_xml(xml_rows(LIST) + shaped, before=before)).rows) == 2


def test_an_innocent_note_far_below() -> None:
    found = found_in(xlsx_of_xml(xml_rows(LIST) + f'<row r="900000">{inline("A900000", "spare")}</row>'))
    assert [r["row"] for r in found.rows] == [2, 3, 900000]


def test_cells_of_open_document_tables_that_repeat() -> None:
    many = 'table:number-columns-repeated="16384"'
    rows = (
        ods_rows(LIST)
        + f'<table:table-row table:number-rows-repeated="1000000">{ods_cell("x", many)}</table:table-row>'
    )
    assert "list: " in message(ods(rows))
    end = '<table:table-row table:number-rows-repeated="1048000"><table:table-cell {many}/></table:table-row>'
    assert len(found_in(ods(ods_rows(LIST) + end.format(many=many))).rows) == 2


def xls_claiming(rows: int, columns: int) -> bytes:
    """An old workbook whose DIMENSIONS record claims so many rows and columns (MS-XLS 2.4.90)."""
    data = bytearray(xls(LIST))
    at = data.find(b"\x00\x02\x0e\x00")
    assert at > 0
    struct.pack_into("<LLHH", data, at + 4, 0, rows, 0, columns)
    return bytes(data)


@pytest.mark.parametrize("data", [xls_claiming(0xFFFFFFFF, 0xFFFF), xls_claiming(1 << 24, 256)], ids=range(2))
def test_an_old_workbook_that_claims_more_than_there_is(data: bytes) -> None:
    assert "the workbook cannot be read: it is damaged, or claims more memory than any list needs" in message(data)


def test_a_binary_workbook_that_claims_more_than_there_is() -> None:
    assert len(found_in(xlsb(LIST, (0, 0xFFFFFFF0, 0, 0x3FFF))).rows) == 2


def test_too_many_rows_and_columns() -> None:
    wide = [[*LIST[0], *(f"c{n}" for n in range(600))], [*LIST[1], *range(600)]]
    found = found_in(xlsx({"L": wide}))
    assert [str(p) for p in found.problems] == ["list[L]: columns after number 500 were not read"]
    with limits.using(limits.parse(["inventory-rows=1"])):
        found = found_in(xlsx({"L": LIST}))
    told = "list[L]: row 3: more than 1 rows; the rest was not read; split it, or set --limit inventory-rows"
    assert [str(p) for p in found.problems] == [told]


def test_a_large_directory_is_not_read(tmp_path: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("xl/workbook.xml", "")
    data = bytearray(out.getvalue())
    struct.pack_into("<L", data, len(data) - 10, office.MAX_DIRECTORY + 1)
    (tmp_path / "a").write_bytes(data)
    assert office.look(tmp_path / "a").what == "is a ZIP archive of too many parts"


def test_reading_never_takes_modules_from_the_evidence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("json.py", "python_calamine.py", "scanner.py"):
        (tmp_path / name).write_text("raise SystemExit(9)\n", "utf-8")
    monkeypatch.chdir(tmp_path)
    assert len(found_in(GOOD).rows) == 2


def test_a_reader_that_does_not_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_sheets, "MAX_SECONDS", 0)
    assert "the workbook cannot be read: it takes more than" in message(GOOD)


MAKERS: dict[str, Callable[[], bytes]] = {
    "xlsx": lambda: GOOD,
    "xls": lambda: xls(LIST),
    "ods": lambda: ods(ods_rows(LIST)),
    "xlsb": lambda: xlsb(LIST),
}


@pytest.mark.parametrize("kind", MAKERS)
@pytest.mark.parametrize("seed", range(6))
def test_damage_anywhere_gives_an_inventory_or_one_line(kind: str, seed: int) -> None:
    chance: Any = random.Random(seed)  # noqa: S311 - damage is no secret
    data = bytearray(MAKERS[kind]())
    for _ in range(1 + seed * 4):
        data[chance.randrange(8, len(data))] = chance.randrange(256)
    try:
        workbook.read(bytes(data), "list")
    except InputError as error:
        assert "\n" not in str(error)  # noqa: PT017 - either is right
