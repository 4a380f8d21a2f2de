"""``scan --countries``: the country of a destination in the results, and a rule that judges it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from fixtures.record.wire import Wire
from scanner.cli import main

PLC, CLOUD = "10.20.1.5", "47.110.23.1"
RANGES = "47.110.0.0,47.110.255.255,{country}\n10.0.0.0,10.255.255.255,US\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with Wire(tmp_path / "x.pcap") as wire:
        way = wire.tcp(PLC, CLOUD, 8080)
        for _ in range(9):
            way.client(b"GET / HTTP/1.1\r\nHost: cloud\r\n\r\n")
            way.server(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            wire.pause(20)
        way.close()
    return tmp_path


def scan(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["scan", *map(str, arguments), "--fail-on", "never"])


def results(folder: Path, *arguments: object) -> dict[str, Any]:
    done = scan(folder / "x.pcap", "-q", "-o", folder / "r.json", *arguments)
    assert done.exit_code in (0, 3), done.output
    return json.loads((folder / "r.json").read_text("utf-8"))


def verdict(found: dict[str, Any]) -> str:
    return next(rule["verdict"] for rule in found["rules"] if rule["rule"] == "data-leaves-country")


@pytest.mark.parametrize(("country", "wanted"), [("US", "review"), ("CN", "pass")])
def test_the_country_of_a_destination(folder: Path, country: str, wanted: str) -> None:
    (folder / "c.csv").write_text(RANGES.format(country=country))
    found = results(folder, "--countries", folder / "c.csv")
    assert [(row["destination"], row["country"]) for row in found["exports"]] == [(CLOUD, country)]
    assert verdict(found) == wanted
    assert [Path(i["source"]).name for i in found["inputs"] if i["kind"] == "countries"] == ["c.csv"]


def test_without_a_database_nothing_is_known(folder: Path) -> None:
    found = results(folder)
    assert [row["country"] for row in found["exports"]] == [""]
    assert verdict(found) == "no-evidence"


def test_facts_are_saved_with_the_countries(folder: Path) -> None:
    (folder / "c.csv").write_text(RANGES.format(country="US"))
    scan(folder / "x.pcap", "-q", "--countries", folder / "c.csv", "--save-facts", folder / "facts")
    scan("--facts", folder / "facts", "-q", "-o", folder / "again.json")
    assert json.loads((folder / "again.json").read_text("utf-8"))["exports"][0]["country"] == "US"


def test_a_database_that_is_none_is_told(folder: Path) -> None:
    (folder / "c.csv").write_text("hello\n")
    done = scan(folder / "x.pcap", "--countries", folder / "c.csv")
    assert "has no ranges of addresses" in done.output
    assert done.exit_code == 3
    assert scan(folder / "x.pcap", "--countries", folder / "none.csv").exit_code == 2
