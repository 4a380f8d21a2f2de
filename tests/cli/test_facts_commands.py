"""``otaudit facts``: real rows, as authors of rules need them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from scanner.cli import main
from scanner.cli.facts._rows import as_yaml, scalar
from scanner.facts.schema import TABLES
from scanner.yaml_positions import load
from tests.walkthrough import ROOT

CAPTURE = ROOT / "fixtures/captures/modbus/umas.pcap"


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["facts", *map(str, arguments)])


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("facts") / "plant.facts"
    done = CliRunner().invoke(
        main, ["scan", str(CAPTURE), "--save-facts", str(place), "-q", "-o", str(place) + ".json"]
    )
    assert done.exit_code == 1, done.output
    return place


def test_without_a_table_they_are_counted(saved: Path) -> None:
    lines = run("show", saved).stdout.splitlines()
    assert [line.split()[1] for line in lines] == list(TABLES)
    assert "20 operations" in " ".join(next(line for line in lines if "operations" in line).split())


def test_facts_that_are_saved_and_the_capture_say_the_same(saved: Path) -> None:
    arguments = ("operations", "--columns", "client,server,verb,count,client_roles", "-n", "0")
    assert run("show", saved, *arguments).stdout == run("show", CAPTURE, *arguments).stdout != ""


def test_a_row_can_be_put_into_an_example(saved: Path) -> None:
    rows = yaml.safe_load(run("show", saved, "operations", "--rows", "3").stdout)
    assert len(rows) == 3
    assert all(row["protocol"] == "modbus" and row["client_controls"] is True for row in rows)
    known = {column.name for column in TABLES["operations"].columns}
    assert set().union(*rows) <= known
    assert all(value not in ("", None, []) for row in rows for value in row.values())
    assert "# 17 more" in run("show", saved, "operations", "-n", "3").stdout


def test_json_has_every_column(saved: Path) -> None:
    lines = run("show", saved, "operations", "-n", "0", "--json").stdout.splitlines()
    assert len(lines) == 20
    assert json.loads(lines[0]).keys() == {column.name for column in TABLES["operations"].columns}


def test_values_of_a_column_are_counted_and_possible_ones_named(saved: Path) -> None:
    lines = run("show", saved, "operations", "verb").stdout.splitlines()
    assert lines[0].startswith("# verb (str): what it does")
    counts = {line.split()[1]: int(line.split()[0]) for line in lines if not line.startswith("#")}
    assert counts["write"] == 4
    assert sum(counts.values()) == 20
    assert "possible, and not here: diagnose, " in lines[-1]
    assert "write" not in lines[-1].replace("file-write", "").split(", ")
    roles = run("show", saved, "operations", "server_roles").stdout  # a list: each of its values
    assert "20 controller" in roles


def test_a_selection_chooses_rows_and_tells_what_is_not_known(saved: Path) -> None:
    done = run("query", saved, "operations", '{verb: write, client|startswith: "10.20."}', "--columns", "verb,count")
    assert yaml.safe_load(done.stdout) == [{"verb": "write", "count": n} for n in (1, 2, 1, 2)]
    assert "holds for 4 of 20 rows; of 2 that is not known" in done.stderr
    named = run("query", saved, "operations", "a: {verb: stop}\nb: {verb: restart}\ncondition: a or b", "-q")
    assert {row["verb"] for row in yaml.safe_load(named.stdout)} == {"stop", "restart"}
    assert named.stderr == ""


def test_a_selection_and_columns_may_lead_to_other_tables(saved: Path) -> None:
    done = run(
        "query", saved, "operations", "{server.zone: false, verb: write}", "--columns", "verb,capture.source", "-q"
    )
    rows = yaml.safe_load(done.stdout)
    assert rows
    assert all(row["verb"] == "write" and row["capture.source"] for row in rows)
    wrong = run("query", saved, "operations", "{verb: write}", "--columns", "server.zone.nam")
    assert "did you mean 'server.zone.name'?" in wrong.stderr


def test_sql_over_all_tables(saved: Path) -> None:
    done = run(
        "query", saved, "--sql", "SELECT verb, count(*) AS n FROM operations GROUP BY verb ORDER BY verb", "--json"
    )
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert {"verb": "write", "n": 4} in rows
    joined = "SELECT o.verb, d.name FROM operations o JOIN devices d ON o.client_device = d.device LIMIT 1"
    assert yaml.safe_load(run("query", saved, "--sql", joined).stdout)[0]["name"] == "ENG-07"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["show", "{}", "operatons"], "there is no table 'operatons'; did you mean 'operations'?"),
        (["show", "{}", "operations", "vreb"], "table operations has no column 'vreb'; did you mean 'verb'?"),
        (["show", "{}", "operations", "--columns", "verb,clint"], "no column 'clint'; did you mean 'client'?"),
        (["query", "{}", "operations", "{verb: wrte}"], "SELECTION: line 1, column 8: 'wrte' is not a value"),
        (["query", "{}", "operations", "{verb: [}"], "YAML syntax"),
        (["query", "{}", "operations"], "give a TABLE and a SELECTION, or --sql"),
        (["query", "{}", "--sql", "SELECT nothing FROM operations"], "cannot be carried out"),
        (["query", "{}", "--sql", "DROP"], "cannot be carried out"),
        (["query", "{}", "--sql", "SELECT verb FROM operations", "--columns", "code"], "gives no column 'code'"),
    ],
)
def test_mistakes_are_one_line(saved: Path, arguments: list[str], told: str) -> None:
    done = run(*(argument.replace("{}", str(saved)) if argument == "{}" else argument for argument in arguments))
    assert done.exit_code == 2
    assert told in done.stderr


def test_what_is_no_input_is_told(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("nothing", encoding="utf-8")
    done = run("show", tmp_path / "x")
    assert done.exit_code == 3
    assert "not recognised as a capture" in done.stderr


@given(st.one_of(st.text(), st.integers(-(10**17), 10**17), st.booleans(), st.lists(st.text())))
def test_what_is_written_is_read_again(value: Any) -> None:
    """By otaudit's own reader, except what is made harmless for a terminal."""
    text = "".join(map(str, value)) if isinstance(value, list) else str(value)
    again = load(f"x: [{scalar(value)}]\n", "row").data["x"][0]
    assert "\x1b" not in scalar(value)
    if text.isprintable() and not any(0xFDD0 <= ord(c) <= 0xFDEF for c in text):
        assert again == value


def test_times_and_empty_values() -> None:
    rows = pl.DataFrame({"t": [datetime(2026, 1, 1, 8, tzinfo=UTC)], "a": [""], "b": [None], "c": [False], "d": ["no"]})
    assert list(as_yaml(rows)) == ['- {t: "2026-01-01T08:00:00Z", c: false, d: "no"}']
