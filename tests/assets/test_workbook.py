"""Inventories in workbooks: what people mean by their cells, and which sheets are lists."""

from __future__ import annotations

import datetime
import io
import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlwt
from click.testing import CliRunner

from scanner.assets.inventory import HEAD, Inventory
from scanner.assets.readers import read, recognises, resembling
from scanner.assets.readers._lists import letters
from scanner.cli import main
from scanner.errors import InputError
from scanner.facts.frames import frame
from scanner.facts.schema import INVENTORY
from tests.assets.workbooks import LIST, inline, ods, ods_rows, parts_of, xlsb, xlsx, xlsx_of_xml, xml_rows, zipped


def found_in(data: bytes, columns: dict[str, str] | None = None) -> Inventory:
    assert recognises(data[:HEAD], data)
    found = read(data, "list", columns)
    assert frame(INVENTORY, found.rows).height == len(found.rows)
    return found


def row_of(header: list[str], cells: list[Any], format_of: dict[int, str] | None = None) -> dict[str, Any]:
    """The one asset of a sheet; format_of: number format by column from 1."""

    def shape(book: openpyxl.Workbook) -> None:
        for column, code in (format_of or {}).items():
            book.worksheets[0].cell(2, column).number_format = code

    (row,) = found_in(xlsx({"List": [header, cells]}, shape)).rows
    return row


def xls(rows: Any, date_format: str = "YYYY-MM-DD") -> bytes:
    book = xlwt.Workbook()
    sheet = book.add_sheet("Old")
    for number, row in enumerate(rows):
        for column, cell in enumerate(row):
            style = xlwt.easyxf(num_format_str=date_format if isinstance(cell, datetime.date) else "General")
            sheet.write(number, column, cell, style)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_an_address_is_one_on_a_network_where_it_looks_so() -> None:
    assert [row["ips"] for row in found_in(xlsx({"L": [["设备", "地址"], ["a", "10.0.0.1"]]})).rows] == [["10.0.0.1"]]
    with pytest.raises(InputError, match="no sheet of the workbook lists assets"):
        read(xlsx({"L": [["Name", "Address"], ["a", "Main Street 5"]]}), "list")


@pytest.mark.parametrize(
    ("data", "sheet"),
    [(xlsx({"New": LIST}), "New"), (xls(LIST), "Old"), (ods(ods_rows(LIST)), "Geräte"), (xlsb(LIST), "Binary")],
    ids=["xlsx", "xls", "ods", "xlsb"],
)
def test_every_kind_of_workbook(data: bytes, sheet: str) -> None:
    assert resembling(data[:HEAD], data).best is not None
    found = found_in(data)
    assert [(r["source"], r["row"], r["name"], r["ips"], r["serial"]) for r in found.rows] == [
        (f"list[{sheet}]", 2, "plc-1", ["10.0.0.1"], "12345"),
        (f"list[{sheet}]", 3, "plc-2", ["10.0.0.2"], "A7"),
    ]
    assert found.problems == ()


@pytest.mark.parametrize(
    ("value", "code", "text"),
    [
        (12345, "General", "12345"),
        (12345.0, "General", "12345"),
        (42, "00000", "00042"),
        (42, "0", "42"),
        (2.8, "General", "2.8"),
        (2.1, "0.00", "2.10"),
        (2.125, "0.00", "2.125"),
        (4, '"V"0.0', "V4.0"),
        (0.1 + 0.2, "General", "0.3"),
        (123456789012345, "General", "123456789012345"),
        (1e-7, "General", "0.0000001"),
        ("0042", "@", "0042"),
        ("1E5", "@", "1E5"),
        (" plc ", "General", "plc"),
        ("'0042", "@", "0042"),
        (-3, "000", "-003"),
        (0, "General", "0"),
    ],
)
def test_numbers_as_people_see_them(value: object, code: str, text: str) -> None:
    assert row_of(["Name", "Serial number"], ["a", value], {2: code})["serial"] == text


def test_numbers_in_fields_that_are_understood() -> None:
    header = ["Name", "IP address", "VLAN", "Purdue", "Approved", "MAC", "Port"]
    row = row_of(header, ["a", "10.0.0.1", 20.0, 3.5, True, 102030405060, 502])
    assert (row["vlans"], row["level"], row["authorized"]) == ([20], 3.5, True)
    assert (row["macs"], row["ports"]) == (["10:20:30:40:50:60"], ["502"])


def test_percent_and_dates_in_columns_that_are_only_kept() -> None:
    moment = datetime.datetime(2026, 1, 31, 8, 30)  # noqa: DTZ001 - spreadsheets know no time zones
    cells = ["a", "10.0.0.1", 0.855, datetime.date(2026, 1, 31), moment, datetime.time(8, 30), True]
    row = row_of(["Name", "IP address", "Load", "Bought", "Seen", "Shift", "Spare"], cells, {3: "0.0%"})
    assert json.loads(row["extra"]) == {
        "Load": "85.5%",
        "Bought": "2026-01-31",
        "Seen": "2026-01-31T08:30:00",
        "Shift": "08:30:00",
        "Spare": True,
    }


@pytest.mark.parametrize("data", [xls, lambda rows: xlsx({"L": rows})], ids=["xls", "xlsx"])
def test_a_date_is_a_life_cycle_and_no_firmware(data: Any) -> None:
    date = datetime.date(2030, 8, 2)
    (row,) = found_in(data([["Name", "IP address", "Firmware", "End of life"], ["a", "10.0.0.1", date, date]])).rows
    assert row["lifecycle"] == "2030-08-02"
    assert "firmware" not in row
    assert row["invalid"] == [
        "Firmware: '2030-08-02' is a date, which spreadsheets make of text such as 2.8; enter it as text"
    ]


def test_what_looks_like_a_formula_is_its_value() -> None:
    data = xlsx_of_xml(xml_rows([LIST[0], ["=cmd|' /C calc'!A0", "10.0.0.1", "@SUM(1)", "+49"]]))
    (row,) = found_in(data).rows
    assert (row["name"], row["vendor"], row["serial"]) == ("=cmd|' /C calc'!A0", "@SUM(1)", "+49")


def test_cells_without_a_value_are_said() -> None:
    header, text = xml_rows([["Name", "IP address", "Vendor", "Serial", "Model"]]), inline("A2", "a")
    cells = (
        '<c r="B2" t="str"><f>X1</f><v>10.0.0.1</v></c><c r="C2"><f>X2</f><v/></c><c r="D2" t="e"><v>#REF!</v></c>'
        '<c r="E2" t="str"><f>X3</f><v></v></c><c r="F2" t="e"><v>#N/A</v></c>'
    )
    found = found_in(xlsx_of_xml(f'{header}<row r="2">{text}{cells}</row>'))
    assert found.rows[0]["ips"] == ["10.0.0.1"]
    assert [str(p) for p in found.problems] == [
        "list[List]: row 2: Vendor: holds a formula without its value; open the file in Excel and save it",
        "list[List]: row 2: Serial: holds #REF! instead of a value",
    ]


def test_a_number_that_excel_has_cut_is_no_serial_number() -> None:
    row = row_of(["Name", "Serial number"], ["a", 1234567890123456789])
    assert "serial" not in row
    (reason,) = row["invalid"]
    assert reason.startswith("Serial number: is a number of more than 15 digits")


def test_a_control_character_costs_its_cell() -> None:
    rows = xml_rows([LIST[0], ["a\x07", "10.0.0.1", "x", "1"], ["b", "10.0.0.2", "y_x0007_", "2"]])
    found = found_in(xlsx_of_xml(rows))
    assert [(r.get("name"), r["ips"], r.get("vendor")) for r in found.rows] == [
        (None, ["10.0.0.1"], "x"),
        ("b", ["10.0.0.2"], None),
    ]
    assert [p.place for p in found.problems] == ["row 2", "row 3"]


def titled(book: openpyxl.Workbook) -> None:
    sheet = book.worksheets[0]
    for area in ("A1:D1", "A2:D3", "A6:D6"):
        sheet.merge_cells(area)


def test_titles_above_and_between() -> None:
    rows = [["Asset list"], ["Plant 7"], [], [], LIST[0], ["Line 1"], LIST[1], [], LIST[0], LIST[2]]
    found = found_in(xlsx({"L": rows}, titled))
    assert [(r["name"], r["row"]) for r in found.rows] == [("plc-1", 7), ("plc-2", 10)]
    notes = dict(found.notes)
    assert (notes["header rows"], notes["title rows left out"]) == ("L 5", "L 1")
    assert notes["repeated header rows left out"] == "L 1"


def test_a_header_of_two_rows() -> None:
    def merge(book: openpyxl.Workbook) -> None:
        for area in ("A1:A2", "B1:C1", "D1:D2"):
            book.worksheets[0].merge_cells(area)

    rows = [["Name", "Network", None, "Vendor"], [None, "IP", "MAC"], ["plc", "10.0.0.1", "001b1b000001", "ABB"]]
    (row,) = found_in(xlsx({"L": rows}, merge)).rows
    assert (row["name"], row["ips"], row["macs"], row["vendor"], row["row"]) == (
        "plc",
        ["10.0.0.1"],
        ["00:1b:1b:00:00:01"],
        "ABB",
        3,
    )


def test_merged_cells_stand_for_all_their_rows() -> None:
    def merge(book: openpyxl.Workbook) -> None:
        for area in ("A2:A3", "D2:D4", "C2:C3"):
            book.worksheets[0].merge_cells(area)

    rows = [
        ["Name", "IP address", "Serial", "Zone"],
        ["plc-1", "10.0.0.1", "S1", "Filling"],
        [None, "10.1.0.1"],
        ["plc-2", "10.0.0.2", "S2"],
        ["plc-3", "10.0.0.3", "S3"],
    ]
    found = found_in(xlsx({"L": rows}, merge))
    assert [(r["name"], r["row"], r["ips"], r["serial"], r.get("zone")) for r in found.rows] == [
        ("plc-1", 2, ["10.0.0.1", "10.1.0.1"], "S1", "Filling"),
        ("plc-2", 4, ["10.0.0.2"], "S2", "Filling"),
        ("plc-3", 5, ["10.0.0.3"], "S3", None),
    ]


def test_a_merged_name_of_several_assets_does_not_make_them_one() -> None:
    def merge(book: openpyxl.Workbook) -> None:
        book.worksheets[0].merge_cells("A2:A3")

    rows = [["Name", "IP address", "Serial"], ["Spare", "10.0.0.1", "S1"], [None, "10.0.0.2", "S2"]]
    found = found_in(xlsx({"L": rows}, merge))
    assert [(r["name"], r["serial"]) for r in found.rows] == [("Spare", "S1"), ("Spare", "S2")]


NO_LISTS = {
    "Cover": [["Plant 7"], ["Author", "Joe"], ["Date", "2026-01-31"]],
    "Changes": [["Version", "Date", "Author", "Change"], ["1", "x", "Joe", "new"]],
    "Legend": [["Name", "Type", "Meaning"], ["PLC", "controller", "programmable"]],
    "People": [["Name", "Role", "Phone"], ["Joe", "engineer", "12"]],
    "Suppliers": [["Vendor", "Name", "Telephone"], ["ABB", "Joe", "12"]],
    "Matrix": [["Source IP", "Destination IP", "Service"], ["10.0.0.1", "10.0.0.2", "modbus"]],
    "Nothing": [],
}


def hide(book: openpyxl.Workbook) -> None:
    book["Spare parts"].sheet_state = "hidden"
    book["Gone"].sheet_state = "veryHidden"
    book.create_chartsheet("Chart")


def test_every_list_is_read_and_what_is_none_is_noted() -> None:
    others = {"Spare parts": LIST, "Gone": [["资产名称", "IP地址", "型号"], ["旧PLC", "10.9.0.1", "S7-300"]]}
    found = found_in(xlsx(NO_LISTS | {"Devices": LIST} | others, hide))
    assert [(r["source"], r["row"]) for r in found.rows] == [
        ("list[Devices]", 2),
        ("list[Devices]", 3),
        ("list[Spare parts]", 2),
        ("list[Spare parts]", 3),
        ("list[Gone]", 2),
    ]
    notes = dict(found.notes)
    assert notes["sheets without assets"] == "Cover, Changes, Legend, People, Suppliers, Matrix, Nothing"
    assert notes["hidden sheets"] == "Spare parts, Gone"
    assert notes["header rows"] == "Devices 1, Spare parts 1, Gone 1"
    assert "Gone: 资产名称 = name" in notes["columns used"]
    assert found.problems == ()


def test_names_of_sheets_stay_apart() -> None:
    found = found_in(ods(ods_rows(LIST), name="a[b]/&#10;c"))
    assert {r["source"] for r in found.rows} == {"list[a(b)/\nc]"} or {r["source"] for r in found.rows} == {
        "list[a(b)/ c]"
    }


def test_columns_beyond_the_header_are_kept() -> None:
    rows = [["#", *LIST[0]], [1, *LIST[1], None, "by the door"]]
    (row,) = found_in(xlsx({"L": rows})).rows
    assert json.loads(row["extra"]) == {"#": "1", "column G": "by the door"}


@pytest.mark.parametrize(("number", "name"), [(1, "A"), (26, "Z"), (27, "AA"), (703, "AAA"), (16384, "XFD")])
def test_letters_of_columns(number: int, name: str) -> None:
    assert letters(number) == name


def test_own_columns() -> None:
    data = xlsx({"Cover": [["x"]], "L": [["Kennung", "Netz"], ["plc", "10.0.0.1"]]})
    (row,) = found_in(data, {"Kennung": "name", "Netz": "ips"}).rows
    assert (row["name"], row["ips"]) == ("plc", ["10.0.0.1"])


def test_secrets_are_dropped() -> None:
    found = found_in(xlsx({"L": [["Name", "IP", "Password"], ["a", "10.0.0.1", "hunter2"]]}))
    assert "hunter2" not in str(found)
    assert found.dropped == ("Password",)


def scan(*arguments: object) -> Any:
    return CliRunner().invoke(main, ["scan", *map(str, arguments), "--fail-on", "never", "--format", "json", "-o", "-"])


def test_in_a_folder_and_by_name(tmp_path: Path) -> None:
    (tmp_path / "assets").write_bytes(xlsx(NO_LISTS | {"Devices": LIST}))
    (tmp_path / "assets.columns.yaml").write_text("columns: {Vendor: owner}\n", "utf-8")
    for arguments in ([tmp_path], ["-i", tmp_path / "assets"]):
        done = scan(*arguments)
        assert (done.exit_code, done.stderr) == (0, "")
        (entry,) = json.loads(done.stdout)["inputs"]
        assert entry["kind"] == "inventory"
        assert entry["summary"]["en"] == "2 inventory entries"
        assert "Vendor = owner" in entry["details"]["columns used"]["en"]


def test_what_otaudit_wrote_is_no_inventory(tmp_path: Path) -> None:
    def sign(book: openpyxl.Workbook) -> None:
        book.properties.creator = "otaudit"

    (tmp_path / "audit.xlsx").write_bytes(xlsx({"Devices": LIST}, sign))
    (tmp_path / "assets.xlsx").write_bytes(xlsx({"Devices": LIST}))
    done = scan(tmp_path)
    assert (done.exit_code, done.stderr) == (0, "")
    skipped, read = json.loads(done.stdout)["inputs"]
    assert (skipped["kind"], Path(read["source"]).name) == ("not-examined", "assets.xlsx")
    assert "audit.xlsx" in skipped["details"]["written by otaudit"]["en"]
    done = scan("-i", tmp_path / "audit.xlsx")
    assert done.exit_code == 4
    assert "audit.xlsx: is a report of otaudit, which is not supported" in done.stderr


def test_a_page_that_otaudit_wrote_is_no_inventory(tmp_path: Path) -> None:
    page = '<html><head><meta name="generator" content="otaudit"></head><table><tr><td>Name<td>IP<tr><td>a<td>10.0.0.1'
    (tmp_path / "audit.html").write_text(page, encoding="utf-8")
    done = scan("-i", tmp_path / "audit.html")
    assert done.exit_code == 4
    assert "audit.html: is a report of otaudit, which is not supported" in done.stderr


def test_findings_name_sheet_and_row(tmp_path: Path) -> None:
    twice = [*LIST, ["plc-3", "10.0.0.1", "ABB", "B1"]]
    (tmp_path / "assets.xlsx").write_bytes(xlsx({"Devices": twice}))
    done = scan(tmp_path / "assets.xlsx")
    results = json.loads(done.stdout)
    places = {(e["source"], e["line_start"]) for r in results["rules"] for f in r["findings"] for e in f["evidence"]}
    source = f"{(tmp_path / 'assets.xlsx').as_posix()}[Devices]"
    assert {(source, 2), (source, 4)} <= places
    sarif = CliRunner().invoke(main, ["scan", str(tmp_path / "assets.xlsx"), "--format", "sarif", "-o", "-"])
    places = [location for r in json.loads(sarif.stdout)["runs"][0]["results"] for location in r.get("locations", ())]
    named = [p for p in places if p.get("logicalLocations")]
    assert named
    assert all(p["physicalLocation"]["artifactLocation"]["uri"].endswith("/assets.xlsx") for p in named)
    assert {name["name"] for p in named for name in p["logicalLocations"]} == {"Devices"}


def test_a_workbook_without_parts_that_nobody_needs() -> None:
    parts = parts_of(xlsx({"L": LIST}))
    kept = {n: c for n, c in parts.items() if not n.startswith(("docProps", "xl/theme"))}
    assert len(found_in(zipped(kept)).rows) == 2
