"""The user says what dialect a configuration is in, where its content tells nothing or the wrong system."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from scanner.cli import main

FRAGMENT = "snmp-server community public RW\n!\nend\n"
VRP = Path("fixtures/configs/s5735/good.cfg").read_text("utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "fragment.txt").write_text(FRAGMENT)
    (tmp_path / "vrp.txt").write_text(VRP, "utf-8")
    return tmp_path


def scan(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["scan", *map(str, arguments), "--fail-on", "never"])


def dialects(folder: Path, *arguments: object) -> dict[str, str]:
    scan(*arguments, "-q", "-o", folder / "out" / "r.json")
    results = json.loads((folder / "out" / "r.json").read_text("utf-8"))
    kept = [i for i in results["inputs"] if i["kind"] == "configuration"]
    return {Path(i["source"]).name: i["details"]["dialect"]["en"] for i in kept}


def test_a_file_that_resembles_nothing_is_read_as_the_user_says(folder: Path) -> None:
    (folder / "out").mkdir()
    file = folder / "fragment.txt"
    assert scan(file).exit_code == 4
    assert dialects(folder, file, "--dialect", "cisco-ios") == {"fragment.txt": "cisco-ios"}


def test_a_pattern_names_files_of_a_folder_and_others_stay_as_they_are(folder: Path) -> None:
    (folder / "out").mkdir()
    found = dialects(folder, folder, "--dialect", "frag*.txt=cisco-ios")
    assert found == {"fragment.txt": "cisco-ios", "vrp.txt": "huawei-vrp"}


def test_what_the_user_says_outweighs_the_content(folder: Path) -> None:
    (folder / "out").mkdir()
    found = dialects(folder, folder / "vrp.txt", "--dialect", "cisco-ios", "--dialect", "x*=huawei-vrp")
    assert found == {"vrp.txt": "cisco-ios"}


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("cisco-iso", "there is no dialect 'cisco-iso'; did you mean 'cisco-ios'?"),
        ("*.cfg=nonsense", "there is no dialect 'nonsense'"),
        ("cisco-ios-xr", "Cisco IOS XR is known, but not read"),
        ("", "there is no dialect ''"),
    ],
)
def test_a_dialect_that_is_not_read_is_refused_before_anything_is_read(folder: Path, given: str, told: str) -> None:
    result = scan(folder, "--dialect", given)
    assert result.exit_code == 2
    assert told in result.output
    assert "cisco-ios" in result.output.partition("supported dialects: ")[2]
