"""From files of advisories to the table exposures: inventory and wire together, with the place of every version."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from scanner.facts.enrich import enrich
from scanner.facts.exposed import MOST_VERSIONS
from scanner.facts.frames import Facts, frame
from scanner.facts.schema import IDENTITIES, TABLES
from scanner.inputs import InputKind, find_inputs
from scanner.scan import read_inputs
from scanner.wording import plain
from tests.advisories.test_matching import ADVISORY, KEV

LIST = (
    "Name,Vendor,Order number,Firmware,IP address\nCPU 1,Siemens,6ES7 516-3AN02-0AB0,V2.9.4,10.0.0.1\n"
    "CPU 2,Siemens,6ES7516-3AN02-0AB0,V2.9.7,10.0.0.2\nCPU 3,Siemens,6ES7516-3AN02-0AB0,,10.0.0.3\n"
    "Panel,Pro-face,GP-4501T,1.0,10.0.0.4\n"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "advisories").mkdir()
    (tmp_path / "advisories" / "ssa-000001.json").write_text(json.dumps(ADVISORY), "utf-8")
    (tmp_path / "list.csv").write_text(LIST, "utf-8")
    return tmp_path


def read(folder: Path) -> Facts:
    inputs = list(find_inputs([str(folder)], problems := []))
    assert problems == []
    assert {entry.kind for entry in inputs} == {InputKind.INVENTORY, InputKind.ADVISORY}
    scan = read_inputs(inputs, jobs=1)
    assert scan.problems == []
    return scan.facts


def exposed(facts: Facts) -> list[dict[str, Any]]:
    return enrich(facts)["exposures"].to_dicts()


def test_of_an_inventory(folder: Path) -> None:
    rows = exposed(read(folder))
    assert [(r["name"], r["row"], r["result"]) for r in rows] == [
        ("CPU 1", 2, "affected"),
        ("CPU 2", 3, "not-affected"),
        ("CPU 3", 4, "unknown"),
    ]
    first = rows[0]
    assert (first["advisory"], first["vulnerability"], first["score"]) == ("SSA-000001", "CVE-2026-0001", 7.5)
    assert (first["source"], Path(first["advisory_file"]).name) == (str(folder / "list.csv"), "ssa-000001.json")
    assert (first["firmware"], first["matched_by"], first["remedy"]) == (["V2.9.4"], "order number", "Update to V2.9.7")
    assert {r["known_exploited"] for r in rows} == {None}


def test_what_is_known_to_be_exploited(folder: Path) -> None:
    (folder / "advisories" / "kev.json").write_text(json.dumps(KEV), "utf-8")
    assert {r["known_exploited"] for r in exposed(read(folder))} == {True}
    other = KEV | {"vulnerabilities": [{"cveID": "CVE-2020-9999"}]}
    (folder / "advisories" / "kev.json").write_text(json.dumps(other), "utf-8")
    assert {r["known_exploited"] for r in exposed(read(folder))} == {False}


def said_by(facts: Facts, ip: str, firmware: str, order_number: str = "", count: int = 1) -> Facts:
    """The facts, with a device that says this of itself."""
    given = {"firmware": firmware, "order_number": order_number, "vendor": "Siemens"}
    rows = [
        {
            "capture": "c",
            "mac": "",
            "ip": ip,
            "field": field,
            "value": value,
            "protocol": "s7comm",
            "count": count,
            "first_frame": 7,
        }
        for field, value in given.items()
        if value
    ]
    sighting = {"capture": "c", "mac": "00:1b:1b:00:00:01", "ip": ip, "vlan": -1, "packets": 10, "first_frame": 1}
    tables = {name: facts[name] for name, table in TABLES.items() if not table.derived}
    tables["identities"] = pl.concat([tables["identities"], frame(IDENTITIES, rows)])
    tables["sightings"] = pl.concat([tables["sightings"], frame(TABLES["sightings"], [sighting])])
    return Facts(tables, facts.inputs, (), facts.site)


def test_what_a_device_says_of_itself_counts_with_its_frame(folder: Path) -> None:
    rows = exposed(said_by(read(folder), "10.0.0.3", "2.9.4"))
    assert [(r["name"], r["result"]) for r in rows] == [
        ("CPU 1", "affected"),
        ("CPU 2", "not-affected"),
        ("CPU 3", "affected"),
    ]
    assert "frame 7" in plain(rows[2]["firmware_from"][0])


def test_a_list_that_contradicts_the_wire_tells_nothing(folder: Path) -> None:
    (row,) = [r for r in exposed(said_by(read(folder), "10.0.0.2", "2.9.4")) if r["name"] == "CPU 2"]
    assert (row["result"], sorted(row["firmware"])) == ("unknown", ["2.9.4", "V2.9.7"])


def test_whoever_claims_another_version_more_often_excuses_nothing(folder: Path) -> None:
    own = said_by(read(folder), "10.0.0.3", "2.9.4")
    for versions in (["2.9.7"], [f"3.{n}.1" for n in range(30)]):
        claimed = own
        for version in versions:
            claimed = said_by(claimed, "10.0.0.3", version, count=1000)
        (row,) = [r for r in exposed(claimed) if r["name"] == "CPU 3"]
        assert row["result"] == "unknown"
        assert len(row["firmware"]) == len(row["firmware_from"]) == min(len(versions) + 1, MOST_VERSIONS + 1)
    same = said_by(own, "10.0.0.3", "V2.9", count=1000)
    (row,) = [r for r in exposed(same) if r["name"] == "CPU 3"]
    assert (row["result"], row["firmware"]) == ("affected", ["2.9.4"])


def test_a_version_that_says_more_is_the_one(folder: Path) -> None:
    (folder / "list.csv").write_text(LIST.replace("V2.9.4", "2.9"), "utf-8")
    assert exposed(read(folder))[0]["result"] == "unknown"
    (row,) = [r for r in exposed(said_by(read(folder), "10.0.0.1", "2.9.4")) if r["name"] == "CPU 1"]
    assert (row["result"], row["firmware"]) == ("affected", ["2.9.4"])


def test_a_device_that_nobody_lists(folder: Path) -> None:
    rows = exposed(said_by(read(folder), "10.0.0.9", "2.9.1", "6ES7516-3AN02-0AB0"))
    (row,) = [r for r in rows if r["row"] is None]
    assert (row["result"], Path(row["source"]).name) == ("affected", "ssa-000001.json")


def test_who_only_calls_itself_like_an_entry_excuses_nobody(folder: Path) -> None:
    (folder / "list.csv").write_text(LIST.replace("10.0.0.3", ""), "utf-8")
    facts = said_by(read(folder), "10.0.0.9", "2.9.7", "6ES7516-3AN02-0AB0")
    name = {"capture": "c", "mac": "", "ip": "10.0.0.9", "field": "name", "value": "CPU 3", "protocol": "lldp"}
    tables = {name: facts[name] for name, table in TABLES.items() if not table.derived}
    tables["identities"] = pl.concat([tables["identities"], frame(IDENTITIES, [name | {"count": 1}])])
    facts = Facts(tables, facts.inputs, (), facts.site)
    assert enrich(facts)["inventory"].filter(pl.col("name") == "CPU 3")["device"].item(), (
        "it is the entry's by its name"
    )
    rows = exposed(facts)
    assert [(r["row"], r["result"]) for r in rows if r["name"] == "CPU 3"] == [(4, "unknown"), (None, "not-affected")]
