"""One bad character costs its cell, not its row and not the file, in every text format and encoding."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from scanner.assets.inventory import HEAD, Inventory
from scanner.assets.readers import read, recognises
from scanner.assets.text import decode
from scanner.cli import main
from scanner.facts.frames import frame
from scanner.facts.schema import INVENTORY

NO_TEXT = "holds a character that is not text (a control character, or bytes of another encoding)"
ASSETS = [("plc-1", "10.0.0.1", "WAGO"), ("plc-2", "10.0.0.2", "Bec{}khoff"), ("plc-3", "10.0.0.3", "ABB")]
CHARACTERS = {
    "NUL": "\0",
    "BEL": "\a",
    "ESC": "\x1b",
    "DEL": "\x7f",
    "lost": "\ufffd",
    "none": "\uffff",
    "mark": "\ufdd0",
}


def as_csv(bad: str) -> str:
    rows = (",".join(row).format(bad) for row in ASSETS)
    return "\n".join(["Name,IP address,Vendor", *rows, ""])


def as_json(bad: str) -> str:
    rows = [dict(zip(("name", "ip", "vendor"), row, strict=True)) for row in ASSETS]
    return json.dumps(rows, ensure_ascii=False).replace("{}{}", "{}").replace("Bec{}k", f"Bec{bad}k")


def as_yaml(bad: str) -> str:
    rows = ("  - {{name: {}, ip: {}, vendor: {}}}".format(*row) for row in ASSETS)
    return "\n".join(["assets:", *rows, ""]).replace("Bec{}k", f"Bec{bad}k")


def check(data: bytes, place: str, header: str) -> Inventory:
    assert recognises(data[:HEAD])
    found = read(data, "list")
    assert [r["name"] for r in found.rows] == ["plc-1", "plc-2", "plc-3"]
    assert [r["ips"] for r in found.rows] == [["10.0.0.1"], ["10.0.0.2"], ["10.0.0.3"]]
    assert [r.get("vendor") for r in found.rows] == ["WAGO", None, "ABB"]
    assert [r["invalid"] for r in found.rows] == [[], [f"{header}: {NO_TEXT}"], []]
    assert [str(p) for p in found.problems] == [f"list: {place}: {header}: {NO_TEXT}"]
    assert frame(INVENTORY, found.rows).height == 3
    return found


@pytest.mark.parametrize("kind", CHARACTERS)
def test_in_each_format(kind: str) -> None:
    bad = CHARACTERS[kind]
    check(as_csv(bad).encode(), "row 3", "Vendor")
    check(as_json(bad).encode(), "entry 2", "vendor")
    check(as_yaml(bad).encode(), "line 3", "vendor")


@pytest.mark.parametrize("escape", ["\\u0000", "\\u0007", "\\ud800", "\\udfff x"])
def test_escaped_in_json(escape: str) -> None:
    check(as_json(escape).encode(), "entry 2", "vendor")


def test_lone_surrogate_in_utf_16() -> None:
    data = as_csv("\ud800").encode("utf-16", "surrogatepass")
    check(data, "row 3", "Vendor")


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark(codec: str) -> None:
    check(as_csv("\a").encode(codec), "row 3", "Vendor")


CHINESE = (
    "资产编号,设备名称,IP地址,厂商\n"
    "A1,灌装机控制器,10.0.0.1,西门子\n"
    "A2,贴标机,10.0.0.2,倍福?\n"
    "A3,码垛机,10.0.0.3,和利时\n"
)


@pytest.mark.parametrize(
    ("codec", "label"), [("gbk", "GB18030"), ("utf-8", "UTF-8"), ("utf-8-sig", "UTF-8 with BOM"), ("utf-16", "UTF-16")]
)
@pytest.mark.parametrize("broken", [b"\xff", b"\x00", b"\x07"])
def test_one_broken_byte_in_a_chinese_list(codec: str, label: str, broken: bytes) -> None:
    question = "?".encode(codec.replace("utf-16", "utf-16-le").removesuffix("-sig"))
    bad = b"\xff\xff" if len(question) == 2 and broken == b"\xff" else broken.ljust(len(question), b"\0")
    data = CHINESE.encode(codec).replace(question, bad)
    assert recognises(data)
    found = read(data, "list")
    assert dict(found.notes)["format"] == f"CSV, comma separated, {label}"
    assert [r["name"] for r in found.rows] == ["灌装机控制器", "贴标机", "码垛机"]
    assert [r.get("vendor") for r in found.rows] == ["西门子", None, "和利时"]
    assert [p.place for p in found.problems] == ["row 3"]


def test_byte_that_windows_1252_has_not() -> None:
    data = "Gerätename;IP-Adresse;Hersteller\nFüller;10.0.0.1;Größe?\nB;10.0.0.2;ABB\n".encode("cp1252")
    found = read(data.replace(b"?", b"\x81"), "list")
    assert [r["name"] for r in found.rows] == ["Füller", "B"]
    assert [p.place for p in found.problems] == ["row 2"]


def test_in_a_header() -> None:
    found = read(b"Na\0me,IP address\nplc,10.0.0.1\n", "list")
    assert found.rows[0]["name"] == "plc"
    assert [str(p) for p in found.problems] == [f"list: header 'Name': {NO_TEXT}, which is left out"]


def test_in_the_only_identity_of_a_row() -> None:
    found = read(b"name,vendor,model\np\0lc,WAGO,750\nb,ABB,AC500\n", "list")
    assert [r["name"] for r in found.rows] == ["b"]
    assert [p.what for p in found.problems] == [
        f"name: {NO_TEXT}",
        "row skipped: it has no name, address, serial number or other identity",
    ]


def test_dos_end_of_file_is_none() -> None:
    assert read(b"name,ip\r\nplc,10.0.0.1\r\n\x1a", "list").problems == ()


def test_in_a_folder(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_bytes(as_csv("\0").encode())
    done = CliRunner().invoke(main, ["scan", str(tmp_path), "--fail-on", "never"])
    assert done.exit_code == 3
    assert done.stderr.splitlines() == [f"otaudit: {tmp_path.as_posix()}/list.csv: row 3: Vendor: {NO_TEXT}"]


@pytest.mark.parametrize("size", [100, 4000, HEAD])
@pytest.mark.parametrize("seed", range(5))
def test_rubbish_is_no_inventory(size: int, seed: int) -> None:
    rubbish = random.Random(seed).randbytes(size)  # noqa: S311 - rubbish is no secret
    assert not recognises(rubbish)
    assert not recognises(b"name,ip,mac,vendor\n" + rubbish)
    assert not recognises(b"name,ip,mac,vendor\n" + bytes(size))


@given(st.binary(max_size=300), st.booleans())
def test_decoding_leaves_no_control_character(content: bytes, whole: bool) -> None:
    try:
        text = decode(content, whole=whole).text
    except ValueError:
        return
    assert not any(c < " " and c not in "\t\n\r" for c in text)
    text.encode()
