"""CSV and XLSX: every table of the results, in cells that no spreadsheet calculates, cuts in silence or mangles."""

from __future__ import annotations

import csv
import dataclasses
import io
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from scanner.cli import main
from scanner.report import Folder, encode, xlsx
from scanner.report import csv as csv_folder
from scanner.report._cells import LONGEST, begins_formula, fitting, neutral
from scanner.report._tables import tables
from scanner.results.model import Results, Text, Verdict
from tests.report import sample

JUDGED = ["scan", "rules", "findings", "evidence", "mappings"]
OBSERVED = ["devices", "identities", "operations", "commands", "sessions", "settings", "unrecognised", "protocols"]


def read_csv(results: Results, language: str = "en") -> dict[str, list[dict[str, str]]]:
    output = csv_folder.render_in(results, language)
    assert isinstance(output, Folder)
    found = {}
    for name, content in output.files.items():
        data = encode(content())
        assert data.startswith(b"\xef\xbb\xbf"), "Excel must know that it is UTF-8"
        rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True))
        assert all(len(row) == len(rows[0]) for row in rows)
        found[name.removesuffix(".csv")] = [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]
    return found


def read_xlsx(results: Results, language: str = "en") -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(encode(xlsx.render_in(results, language))))


def rows_of(sheet: Any) -> list[dict[str, Any]]:
    header, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(header, row, strict=True)) for row in rows]


def with_site(text: str) -> Results:
    return dataclasses.replace(sample.empty(), site=text)


# --- which tables there are ---------------------------------------------------------------------------------------


def test_every_table_of_the_results_is_a_file_and_a_sheet() -> None:
    names = list(read_csv(sample.plant()))
    assert read_xlsx(sample.plant()).sheetnames == names == list(read_csv(sample.empty()))
    assert names[:5] == JUDGED
    listed = {f.name for f in dataclasses.fields(Results)} - {
        "site",
        "profile",
        "run",
        "complete",
        "outside",
        "reach",
        "nursery",
        "attack_version",
    }
    listed -= {"basis", "profile_use", "baseline"}  # digests, which verify compares, and what the head of a report says
    assert listed <= set(names)
    assert {*OBSERVED, "requirements"} <= set(names)


@dataclasses.dataclass(frozen=True)
class StateRow:
    number: int
    first_time: str


@dataclasses.dataclass(frozen=True)
class BeaconRow:
    block: str
    told: Text
    marks: tuple[StateRow, ...]


@dataclasses.dataclass(frozen=True)
class More(Results):
    beacons: Sequence[BeaconRow] = ()


def test_a_table_that_is_added_to_the_results_is_there_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scanner.report._tables.Results", More)
    row = BeaconRow("IED1/LLN0$GO$trip", {"en": "published", "zh": "发布"}, (StateRow(7, "2026-01-01T00:00:00Z"),))
    empty = {f.name: getattr(sample.empty(), f.name) for f in dataclasses.fields(Results)}
    found = read_csv(More(**empty, beacons=(row,)), "zh")
    assert found["beacons"] == [{"block": row.block, "told": "发布", "otaudit": "0.1.0"}]
    own = {"number": "7", "first_time": "2026-01-01T00:00:00Z", "otaudit": "0.1.0"}
    assert found["marks"] == [{"beacon_row": "2", "beacon.block": row.block, "beacon.told": "发布"} | own]


def test_what_lies_inside_a_row_says_whose_it_is() -> None:
    found = read_csv(sample.plant())
    assert found["publications"]
    assert found["states"]
    for state in found["states"]:
        of = found["publications"][int(state["publication_row"]) - 2]
        assert (of["protocol"], of["object"]) == (state["publication.protocol"], state["publication.object"])
    devices = {row["device"] for row in found["devices"]}
    assert {row["device"] for row in found["identities"]} <= devices


def test_one_row_for_each_finding_and_each_piece_of_evidence() -> None:
    plant = sample.plant()
    found = read_csv(dataclasses.replace(plant, rules=plant.rules[2:], outside=plant.rules[:2]))
    assert len(found["rules"]) == len(plant.rules) + len(plant.reach)
    assert {r["rule"]: r["part"] for r in found["rules"]} == {
        **{r.rule: "profile" for r in plant.rules[2:]},
        **{r.rule: "outside" for r in plant.rules[:2]},
        **{r.rule: "reach" for r in plant.reach},
    }
    findings = [(r, f) for r in (*plant.rules[2:], *plant.rules[:2]) for f in r.findings]
    assert [(r["rule"], r["id"], r["status"]) for r in found["findings"]] == [
        (r.rule, f.id, f.status.value) for r, f in findings
    ]
    assert [r["evidence.filter"] for r in found["findings"]] == [
        f.evidence[0].filter if f.evidence else "" for _, f in findings
    ]
    assert [(r["finding_id"], r["source"]) for r in found["evidence"]] == [
        (f.id, e.source) for _, f in findings for e in f.evidence
    ]


def test_objects_are_columns_and_lists_are_joined() -> None:
    row = read_csv(sample.plant())["operations"][0]
    assert (row["client.name"], row["server.zone"], row["seen.frames"]) == ("HMI-02", "cell-fill", "9001; 9003; 9005")
    assert (row["changes"], row["allowed"], row["count"]) == ("true", "false", "3")
    session = read_csv(sample.plant())["sessions"]
    assert [s["certificate.key_bits"] for s in session] == ["2048", ""], "no certificate, no cell"


def test_what_a_finding_is_about_is_told_by_column() -> None:
    plant = sample.plant()
    about = dataclasses.replace(plant.rules[0].findings[0], subject={"server": "10.0.0.9", "client": "10.0.0.5"})
    rule = dataclasses.replace(plant.rules[0], findings=(about,))
    found = read_csv(dataclasses.replace(plant, rules=(rule,)))
    assert found["findings"][0]["subject"] == "client: 10.0.0.5; server: 10.0.0.9"


def test_texts_are_in_the_language() -> None:
    rule = sample.plant().rules[0]
    assert read_csv(sample.plant(), "zh")["rules"][0]["title"] == rule.title["zh"]
    assert rows_of(read_xlsx(sample.plant(), "zh")["rules"])[0]["title"] == rule.title["zh"]


def test_numbers_of_requirements_that_nobody_has_read_are_withheld() -> None:
    found = read_csv(sample.plant())
    assert "8.9.9.9" not in str(found["requirements"]) + str(found["mappings"])
    assert {r["requirement"] for r in found["requirements"] if r["confidence"] == "M"} == {""}


# --- cells --------------------------------------------------------------------------------------------------------

FORMULAS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "=cmd|' /C calc'!A0",
    " =1+1",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "\u00a0=1",
    "\u3000=1",
    "\u200b=1",
    "\ufeff=1",
    "\u00ad=1",
    "\u3164=1",
    "＝1+1",
    "＋1",
    "－1",
    "＠SUM(A1)",
    "﹦1",
    "﹣1",
    "−1",
    "plant;=1+1",
    "plant; \t＝1+1;x",
]
HARMLESS = ["", "10.0.0.1", "PLC-1", "a=b", "1-2", "a; b", "'=1", "<=", "中文", "(=1)"]


@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula_is_text_in_csv(text: str) -> None:
    (row,) = read_csv(with_site(text))["scan"]
    cell = row["site"]
    assert cell not in {"", text}
    assert not any(begins_formula(part) for part in cell.split(";"))
    assert not set(cell) & set("\t\r\n")


@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula_is_text_in_excel_and_stays_so_when_edited(text: str) -> None:
    sheet = read_xlsx(with_site(text))["scan"]
    cell = sheet["A2"]
    assert cell.data_type != "f"
    assert str(cell.value).strip()
    if begins_formula(str(cell.value)):
        assert (cell._style.quotePrefix, cell.number_format) == (1, "@")
    else:
        assert ";" in text or text[0] in "\t\r\n\ufeff\u200b\u3164\u00ad", "its unseen beginning is written out"


@pytest.mark.parametrize("text", HARMLESS)
def test_other_text_stays_as_it_is(text: str) -> None:
    assert read_csv(with_site(text))["scan"][0]["site"] == text
    assert (read_xlsx(with_site(text))["scan"]["A2"].value or "") == text


@settings(max_examples=300, deadline=None)
@given(text=st.text(st.sampled_from("=+-@＝;, \t\r\n\"'a1\u200b\u3000\x00\ud800"), max_size=12))
def test_whatever_the_text_no_cell_begins_a_formula(text: str) -> None:
    output = csv_folder.render(with_site(text))
    assert isinstance(output, Folder)
    data = encode(output.files["scan.csv"]()).decode("utf-8-sig")
    (row,) = list(csv.DictReader(io.StringIO(data, newline=""), strict=True))
    assert not begins_formula(row["site"])
    assert data.count("\n") == 2, "a row is a line"
    split = [cell.strip('"') for cell in data.splitlines()[1].split(";")]  # as where the semicolon separates
    assert not any(begins_formula(cell) for cell in split[1:])


def test_numbers_of_otaudit_stay_numbers() -> None:
    assert read_csv(sample.plant())["operations"][1]["vlan"] == "-1"
    assert rows_of(read_xlsx(sample.plant())["operations"])[1]["vlan"] == -1
    huge = dataclasses.replace(sample.plant().devices[0], packets=2**60 + 1)
    results = dataclasses.replace(sample.plant(), devices=(huge,))
    assert rows_of(read_xlsx(results)["devices"])[0]["packets"] == str(2**60 + 1), "Excel would round it"


def test_a_cell_that_is_too_long_is_cut_and_says_so() -> None:
    for text, length in (("x" * 40_000, 40_000), ("=" + "y" * 40_000, 40_002), ("\U0001f600" * 20_000, 20_000)):
        cells = read_csv(with_site(text))["scan"][0]["site"], read_xlsx(with_site(text))["scan"]["A2"].value
        for cell in cells:
            assert len(cell.encode("utf-16-le")) // 2 <= LONGEST
            assert "cut here:" in cell
        assert f"{length:,} characters in all" in cells[0]
    assert fitting("x" * LONGEST, "en") == "x" * LONGEST
    assert "截断" in fitting("x" * 40_000, "zh")


def test_times_are_times() -> None:
    (row, _) = rows_of(read_xlsx(sample.plant())["operations"])
    assert row["seen.first_time"] == datetime(2026, 11, 3, 8, 14, 7, 251_000)  # noqa: DTZ001
    assert read_csv(sample.plant())["operations"][0]["seen.first_time"] == "2026-11-03T08:14:07.251Z"


@pytest.mark.parametrize("text", ["", "soon", "0001-01-01T00:00:00Z", "1899-12-31T00:00:00Z", "2026-11-03T08:14:07"])
def test_what_excel_has_no_time_for_stays_text(text: str) -> None:
    results = dataclasses.replace(sample.empty(), run=dataclasses.replace(sample.empty().run, started=text))
    assert (rows_of(read_xlsx(results)["scan"])[0]["started"] or "") == text


def test_the_sheets_are_made_for_reading() -> None:
    book = read_xlsx(sample.plant())
    for sheet in book:
        assert sheet.freeze_panes == "A2"
        assert sheet.auto_filter.ref.startswith("A1:")
        assert all(8 <= d.width <= 62 for d in sheet.column_dimensions.values())
    assert book["findings"].auto_filter.ref.endswith(str(book["findings"].max_row))


def test_hostile_text_makes_no_formula_and_no_link() -> None:
    data = encode(xlsx.render(sample.hostile()))
    for sheet in openpyxl.load_workbook(io.BytesIO(data)):
        for cell in (cell for row in sheet.iter_rows() for cell in row):
            assert cell.data_type != "f"
            assert cell.hyperlink is None
    assert b"externalLink" not in data
    readable = CalamineWorkbook.from_filelike(io.BytesIO(data))
    for sheet, table in zip(readable.sheet_names, tables(sample.hostile()), strict=True):
        cells = readable.get_sheet_by_name(sheet).to_python()
        assert len(cells) == 1 + sum(1 for _ in table.rows())


def test_more_rows_than_a_sheet_has_go_on_on_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx, "MOST_ROWS", 4)
    book = read_xlsx(sample.plant())
    many = [name for name in book.sheetnames if name.startswith("devices")]
    assert many == ["devices", "devices (2)", "devices (3)", "devices (4)"]
    rows = [row["device"] for name in many for row in rows_of(book[name])]
    assert rows == [d.device for d in sample.plant().devices]
    assert [book[name].max_row for name in many] == [4, 4, 4, 2]
    exact = dataclasses.replace(sample.plant(), devices=sample.plant().devices[:3])
    assert "devices (2)" not in read_xlsx(exact).sheetnames


def test_neutral_is_idempotent_but_for_nothing() -> None:
    for text in (*FORMULAS, *HARMLESS):
        assert neutral(neutral(text)) == neutral(text)


# --- as a user ----------------------------------------------------------------------------------------------------

INVENTORY = "name,ip,mac,vendor\nPLC-1,10.0.0.1,00:1b:1b:00:00:01,Siemens\n"


def scan(*arguments: object) -> Any:
    return CliRunner().invoke(main, ["scan", *map(str, arguments)])


def test_tables_among_the_inputs_are_not_taken_for_an_inventory(tmp_path: Path) -> None:
    (tmp_path / "assets.csv").write_text(INVENTORY)
    for _ in range(2):
        done = scan(tmp_path, "-o", f"{tmp_path}/tables/", "-o", tmp_path / "audit.xlsx", "-o", tmp_path / "r.json")
        assert (done.exit_code, done.stderr) == (1, "") or done.exit_code == 0
    results = CliRunner().invoke(main, ["report", str(tmp_path / "r.json"), "-o", f"{tmp_path}/again/"])
    assert results.exit_code == 0
    for file in (tmp_path / "tables").iterdir():
        assert (tmp_path / "again" / file.name).read_bytes() == file.read_bytes(), "saved results give the same"
    written = (tmp_path / "tables/inputs.csv").read_text("utf-8-sig")
    sources = [row["source"] for row in csv.DictReader(io.StringIO(written)) if row["kind"] == "inventory"]
    assert sources == [(tmp_path / "assets.csv").as_posix()]
    excel = (tmp_path / "tables/devices.csv").read_text("utf-8-sig").replace('"', "").replace(",", ";")
    (tmp_path / "saved-by-excel.csv").write_text(excel.replace("\n", "\r\n"))
    for own in (tmp_path / "tables/devices.csv", tmp_path / "saved-by-excel.csv"):
        done = scan("-i", own)
        assert done.exit_code == 4
        assert f"{own}: is a report of otaudit, which is not supported" in done.stderr


def test_tables_are_not_written_among_inputs(tmp_path: Path) -> None:
    (tmp_path / "assets.csv").write_text(INVENTORY)
    done = scan(tmp_path, "-o", f"{tmp_path}/")
    assert done.exit_code == 2
    assert "holds inputs; tables must not be mixed with them" in done.stderr
    assert [p.name for p in tmp_path.iterdir()] == ["assets.csv"]


def test_sample_has_every_verdict() -> None:
    assert {r.verdict for r in sample.plant().rules} == set(Verdict), "so the tables above show every one"
