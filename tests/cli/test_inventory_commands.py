"""The commands about inventories from the shell: what they print, and that a table read again is the same."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result

from scanner.assets.readers import read
from scanner.cli import main

PLANT = Path("fixtures/plants/bottling")
FORMATS = yaml.safe_load(Path("tests/assets/formats.yaml").read_text(encoding="utf-8"))
LIST = (
    "Name,IP address,Zone,Criticality,Password,Colour\nplc,10.0.0.1,cell,high,hunter2,=red\nhmi,10.0.0.2,cell,,x,\n"
    "eng,10.0.0.3,,low,,blue\n"
)


def inventory(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["inventory", *map(str, arguments)])


@pytest.fixture
def listed(tmp_path: Path) -> Path:
    file = tmp_path / "list.csv"
    file.write_text(LIST, "utf-8")
    return file


def test_show_says_what_became_of_every_column(listed: Path) -> None:
    result = inventory("show", listed)
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        f"{listed}: 3 assets, CSV, comma separated, UTF-8",
        "  Name = name",
        "  IP address = ips",
        "  Zone = zone",
        "  Criticality = criticality",
        "  Colour: not understood, kept",
        "  Password: dropped, since it holds secrets",
        "     2  name: plc, ips: 10.0.0.1, zone: cell, criticality: high",
        "     3  name: hmi, ips: 10.0.0.2, zone: cell",
        "     4  name: eng, ips: 10.0.0.3, criticality: low",
    ]


def test_show_in_chinese_and_as_json(listed: Path) -> None:
    assert "  Colour：未识别，已保留" in inventory("show", listed, "--language", "zh").stdout.splitlines()
    (found,) = json.loads(inventory("show", listed, "--json").stdout)["files"]
    assert (found["used"]["IP address"], found["kept"], found["dropped"]) == ("ips", ["Colour"], ["Password"])
    assert found["assets"][0] == {
        "row": 2,
        "name": "plc",
        "ips": ["10.0.0.1"],
        "zone": "cell",
        "criticality": "high",
        "Colour": "=red",
    }


def test_show_of_what_is_no_inventory(tmp_path: Path) -> None:
    file = tmp_path / "config_db.json"
    file.write_text('{"DEVICE_METADATA": {"localhost": {"hostname": "a", "mac": "x"}}}', "utf-8")
    result = inventory("show", file)
    assert (result.exit_code, result.stdout) == (3, "")
    assert result.stderr == f"otaudit: {file}: a file of SONiC config_db.json, which is no list of assets\n"


@pytest.mark.parametrize("form", ["csv", "yaml", "json"])
@pytest.mark.parametrize("case", FORMATS, ids=[f"{n}-{case['format']}" for n, case in enumerate(FORMATS)])
def test_a_converted_list_says_the_same(case: dict[str, Any], form: str, tmp_path: Path) -> None:
    file, converted = tmp_path / "list", tmp_path / f"converted.{form}"
    file.write_text(case["text"], "utf-8")
    result = inventory("convert", file, "-o", converted)
    assert result.exit_code == (3 if case.get("problems") else 0), result.stderr
    before, after = read(file, "a"), read(converted, "a")
    ours = {"source", "row", "extra", "invalid"}
    told = [[{k: v for k, v in row.items() if k not in ours} for row in found.rows] for found in (before, after)]
    assert told[0] == told[1]
    assert after.problems == ()


def test_no_cell_is_calculated(listed: Path) -> None:
    lines = inventory("convert", listed).stdout.splitlines()
    assert lines[:2] == ["name,ips,zone,criticality,Colour", "plc,10.0.0.1,cell,high,'=red"]


def test_convert_for_netbox(listed: Path, tmp_path: Path) -> None:
    assert inventory("convert", listed, "--to", "netbox").exit_code == 2
    assert inventory("convert", listed, "--to", "netbox", "-o", tmp_path / "netbox").exit_code == 0
    lines = (tmp_path / "netbox" / "6-devices.csv").read_text("utf-8").splitlines()
    assert lines[0].split(",")[:4] == ["name", "role", "manufacturer", "device_type"]
    assert "hunter2" not in "".join(file.read_text("utf-8") for file in (tmp_path / "netbox").iterdir())


def test_convert_into_a_folder_that_is_not_there(listed: Path, tmp_path: Path) -> None:
    result = inventory("convert", listed, "-o", tmp_path / "none" / "list.csv")
    assert result.exit_code == 2
    assert "cannot be written: No such file or directory" in result.stderr


def test_check_counts_by_zone_and_criticality(listed: Path) -> None:
    result = inventory("check", listed, "--json")
    groups = json.loads(result.stdout)["groups"]
    assert [(g["zone"], g["criticality"], g["assets"]) for g in groups] == [
        ("", "low", 1),
        ("cell", "", 1),
        ("cell", "high", 1),
    ]
    assert groups[0]["filled"] | {"ips": 1, "hostname": 1, "criticality": 1, "macs": 0} == groups[0]["filled"]
    assert groups[0]["share"] == round(3 / 14, 4)
    lines = inventory("check", listed).stdout.splitlines()
    assert lines[0].split()[:4] == ["zone", "criticality", "assets", "filled"]
    assert lines[-1].split()[:4] == ["all", "together", "3", "19%"]


def test_check_goes_by_the_policy_and_by_what_is_asked_for() -> None:
    result = inventory("check", PLANT / "inventory.csv", "-z", PLANT / "policy.yaml", "--json", "--least", "100")
    assert result.exit_code == 1
    zones = {g["zone"] for g in json.loads(result.stdout)["groups"]}
    assert len(zones - {""}) > 2
    assert inventory("check", PLANT / "inventory.csv").exit_code == 0
