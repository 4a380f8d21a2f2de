"""Life-cycle dates in OpenEoX: the three forms of documents, and until when an asset has support by them."""

from __future__ import annotations

import contextlib
import copy
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.advisories import parse_advisories, recognises
from scanner.advisories.life_cycles import terms
from scanner.advisories.matching import Asset
from scanner.assets.kin import kin
from scanner.errors import InputError
from scanner.facts.enrich import enrich
from scanner.inputs import InputKind, find_inputs
from scanner.scan import read_inputs
from tests.advisories.test_exposures import said_by

_BASE = "https://docs.oasis-open.org/openeox/"
CPU = "6ES7315-2EH14-0AB0"


def core(security: str, life: str = "2035-10-01T00:00:00Z", **more: str) -> dict[str, str]:
    dates = {"end_of_life": life, "end_of_security_support": security, "last_updated": "2026-01-01T00:00:00Z"}
    return {"$schema": _BASE + "v1.0/schema/core.json"} | dates | more


def product(kind: str, name: str, version: str, vendor: str = "Siemens") -> dict[str, Any]:
    names = {"product_name": name, "product_version": version, "vendor_name": vendor}
    return {"$schema": f"{_BASE}tbd/schema/product_{kind}.json", **names}


def statement(about: dict[str, Any], dates: dict[str, str], **helper: list[str]) -> dict[str, Any]:
    return {"core": dates, "product": about, "product_identification_helper": helper}


def shell(*statements: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"$schema": _BASE + "tbd/schema/shell.json", "statements": list(statements), **more}


FIRMWARE = {
    "$schema": _BASE + "tbd/schema/product_hardware_with_software.json",
    "hardware": product("hardware", "CPU 315-2 PN/DP", "*"),
    "software": product("software", "Firmware", "3.2.14"),
}
WITH_TREE = {
    "$schema": _BASE + "tbd/schema/shell_csaf.json",
    "product_tree": {
        "branches": [
            {
                "category": "vendor",
                "name": "WAGO",
                "branches": [
                    {
                        "category": "product_name",
                        "name": "750-8212",
                        "branches": [
                            {
                                "category": "product_version_range",
                                "name": "vers:intdot/<4.5",
                                "product": {"product_id": "old", "name": "750-8212 before 4.5"},
                            },
                            {
                                "category": "product_version_range",
                                "name": "vers:intdot/>=4.5",
                                "product": {"product_id": "new", "name": "750-8212 from 4.5"},
                            },
                        ],
                    }
                ],
            }
        ],
        "product_groups": [{"group_id": "G", "product_ids": ["old"]}],
    },
    "statements": [
        {"core": core("2024-01-31T00:00:00Z"), "group_ids": ["G"]},
        {"core": core("2035-01-31T00:00:00Z"), "product_ids": ["new"]},
    ],
}
OLDER = {
    "$schema": _BASE + "tbd/schema/shell.json",
    "statements": [
        {
            "core": core("2030-03-31T00:00:00Z"),
            "productName": "Secure Gateway",
            "productVersion": "3.7",
            "vendorName": "Example",
        }
    ],
}


def parsed(document: dict[str, Any]) -> list[dict[str, Any]]:
    data = json.dumps(document).encode()
    assert recognises(data)
    return parse_advisories(data, "eox.json").life_cycles


def told(document: dict[str, Any], **known: Any) -> list[tuple[date | None, date | None, str]]:
    asset = Asset(1, **{name: (value,) if isinstance(value, str) else value for name, value in known.items()})
    return [(t.certain, t.possible, str(t.reason)) for t in terms([asset], parsed(document), kin)]


def cpu(dates: dict[str, str], version: str = "*", kind: str = "hardware") -> dict[str, Any]:
    return shell(statement(product(kind, "CPU 315-2 PN/DP", version), dates, model_numbers=[CPU]))


@pytest.mark.parametrize(
    ("dates", "certain", "possible", "reason"),
    [
        (core("2023-10-01T00:00:00Z"), date(2023, 10, 1), date(2023, 10, 1), ""),
        (core("2023-10-01T23:00:00-05:00"), date(2023, 10, 2), date(2023, 10, 2), ""),
        (core("2023-10-01T00:00:00Z", "tba"), date(2023, 10, 1), date(2023, 10, 1), ""),
        (core("9999-12-31T23:59:59Z", "tba"), date(2199, 12, 31), date(2199, 12, 31), ""),
        (core("tba"), None, date(2035, 10, 1), "still to be announced"),
        (core("tba", "tba"), None, None, "still to be announced"),
        (core("TBA", "tba"), None, None, "cannot be read: 'TBA'"),
        (core("Q3 2030", "2024-01-01T00:00:00Z"), None, date(2024, 1, 1), "cannot be read: 'Q3 2030'"),
        (core("2030-02-30T00:00:00Z", "tba"), None, None, "cannot be read"),
        (core("2030-02-28", "tba"), None, None, "cannot be read"),
        (core("0001-01-01T00:00:00Z", "tba"), None, None, "cannot be read"),
        (core("2036-01-01T00:00:00Z"), None, date(2036, 1, 1), "contradict each other"),
        (core("", "2024-01-01T00:00:00Z"), None, date(2024, 1, 1), "does not say"),
    ],
)
def test_dates(dates: dict[str, str], certain: date | None, possible: date | None, reason: str) -> None:
    ((first, last, why),) = told(cpu(dates), order_numbers=CPU)
    assert (first, last) == (certain, possible)
    assert reason in why
    assert bool(reason) == bool(why)


NAMED = {"models": "CPU 315-2 PN/DP", "vendors": "Siemens AG"}
YES, NO = date(2023, 10, 1), None


@pytest.mark.parametrize(
    ("document", "known", "certain", "reason"),
    [
        (cpu(core("2023-10-01T00:00:00Z")), {"order_numbers": "6ES7 315-2EH14-0AB0"}, YES, ""),
        (cpu(core("2023-10-01T00:00:00Z")), NAMED, NO, "only similar in name"),  # another order number may be meant
        (cpu(core("2023-10-01T00:00:00Z"), "2"), {"order_numbers": CPU}, NO, "whether its hardware is revision '2'"),
        (cpu(core("2023-10-01T00:00:00Z"), "2"), {"order_numbers": CPU, "revisions": "2"}, YES, ""),
        (cpu(core("2023-10-01T00:00:00Z"), "2"), {"order_numbers": CPU, "revisions": "3"}, NO, "no statement is about"),
        (shell(statement(FIRMWARE, core("2023-10-01T00:00:00Z"))), NAMED | {"firmwares": "V3.2.14"}, YES, ""),
        (shell(statement(FIRMWARE, core("2023-10-01T00:00:00Z"))), NAMED | {"firmwares": "3.3.1"}, NO, "one names"),
        (
            shell(statement(FIRMWARE, core("2023-10-01T00:00:00Z"))),
            NAMED | {"firmwares": "3.2"},
            NO,
            "cannot be compared",
        ),
        (shell(statement(FIRMWARE, core("2023-10-01T00:00:00Z"))), NAMED, NO, "its firmware version is not known"),
        (
            shell(statement(FIRMWARE, core("2023-10-01T00:00:00Z"))),
            NAMED | {"firmwares": ("3.2.14", "3.3.1")},
            NO,
            "cannot be compared",
        ),
        (cpu(core("2023-10-01T00:00:00Z"), "", "software"), {"order_numbers": CPU, "firmwares": "1"}, NO, "narrows"),
        (WITH_TREE, {"models": "750-8212", "vendors": "WAGO", "firmwares": "04.02.13"}, date(2024, 1, 31), ""),
        (WITH_TREE, {"models": "750-8212", "vendors": "WAGO", "firmwares": "4.6.1"}, date(2035, 1, 31), ""),
        (OLDER, {"models": "Secure Gateway", "vendors": "Example", "firmwares": "3.7"}, date(2030, 3, 31), ""),
    ],
)
def test_which_statement_is_about_an_asset(
    document: dict[str, Any], known: dict[str, Any], certain: date | None, reason: str
) -> None:
    ((found, _, why),) = told(document, **known)
    assert found == certain
    assert reason in why
    assert bool(reason) == bool(why)


def test_another_product_is_nobodys() -> None:
    assert told(cpu(core("2023-10-01T00:00:00Z")), order_numbers="6ES7516-3AN02-0AB0") == []
    assert told(cpu(core("2023-10-01T00:00:00Z")), models="CPU 315-2 PN/DP", vendors="WAGO") == []


def test_the_statement_that_was_updated_last_counts() -> None:
    old = statement(product("hardware", "CPU", "*"), core("2023-10-01T00:00:00Z"), skus=[CPU])
    new = statement(product("hardware", "CPU", "*"), core("2030-10-01T00:00:00Z"), skus=[CPU])
    new["core"]["last_updated"] = "2026-06-01T00:00:00Z"
    assert [found[0] for found in told(shell(new, old), order_numbers=CPU)] == [date(2030, 10, 1)]
    new["core"]["last_updated"] = "June"
    answers = told(shell(new, old), order_numbers=CPU)
    assert {(certain, possible) for certain, possible, _ in answers} == {(None, None)}
    assert all("different dates" in why for _, _, why in answers)


@pytest.mark.parametrize(
    ("document", "message"),
    [
        (core("tba"), "without products"),
        (shell(), "without products"),
        (shell({"product": product("software", "A", "1")}), "entry 1: a statement without dates"),
        (shell(statement({}, core("tba"))), "entry 1: a statement without a product"),
        (WITH_TREE | {"product_tree": {}}, "entry 1: a statement about 'group G'"),
        (WITH_TREE | {"statements": [{"core": core("tba"), "product_ids": ["x"]}]}, "a statement about 'x'"),
    ],
)
def test_what_cannot_be_used_is_refused(document: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        parsed(document)


def _places(part: Any, path: tuple[Any, ...] = ()) -> Any:
    for key, value in part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ():
        yield (*path, key)
        yield from _places(value, (*path, key))


@pytest.mark.parametrize("wrong", [None, 1, True, [], {}, [1], {"a": 1}, "x"])
@pytest.mark.parametrize("document", [WITH_TREE, OLDER, shell(statement(FIRMWARE, core("tba"), skus=[CPU]))])
def test_a_value_of_another_kind_anywhere_costs_no_more_than_the_file(document: dict[str, Any], wrong: Any) -> None:
    for *path, key in _places(document):
        damaged = copy.deepcopy(document)
        part: Any = damaged
        for step in path:
            part = part[step]
        part[key] = wrong
        with contextlib.suppress(InputError):
            rows = parse_advisories(json.dumps(damaged).encode(), "eox.json").life_cycles
            list(terms([Asset(1, ("Siemens",), ("CPU 315-2 PN/DP",), (CPU,), (), ("1",))], rows, kin))


@given(st.text(alphabet="0123456789-T:Z+.tba ", max_size=40))
def test_no_text_is_support_by_mistake(text: str) -> None:
    for certain, _, _ in told(cpu(core(text, "tba")), order_numbers=CPU):
        assert certain is None or text[:4].isdigit()


LIST = (
    "Name,Vendor,Order number,Firmware,Type\nPLC-1,Siemens,6ES7 315-2EH14-0AB0,V3.2.14,PLC\n"
    "PLC-2,Siemens,6ES7516-3AN02-0AB0,V2.9.4,PLC\n"
)


def test_of_an_inventory(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text(LIST, "utf-8")
    (tmp_path / "cpu.eox.json").write_text(json.dumps(cpu(core("2031-10-01T00:00:00Z"))), "utf-8")
    inputs = list(find_inputs([str(tmp_path)], problems := []))
    assert problems == []
    assert {entry.kind for entry in inputs} == {InputKind.INVENTORY, InputKind.ADVISORY}
    scan = read_inputs(inputs, jobs=1)
    assert scan.problems == []
    tables = enrich(scan.facts)
    (row,) = tables["supported_assets"].to_dicts()
    assert (row["name"], row["row"], row["matched_by"]) == ("PLC-1", 2, "order number")
    assert row["supported_certainly_until"].date() == date(2031, 10, 1)
    listed = tables["inventory"]
    assert listed["named_by_maker"].to_list() == [True, False]
    assert [day and day.date() for day in listed["maker_supports_certainly_until"]] == [date(2031, 10, 1), None]


def test_of_a_device_that_nobody_lists(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text(LIST, "utf-8")
    (tmp_path / "cpu.eox.json").write_text(json.dumps(cpu(core("2031-10-01T00:00:00Z"))), "utf-8")
    facts = read_inputs(list(find_inputs([str(tmp_path)], [])), jobs=1).facts
    for ip, named in (("10.0.0.9", True), ("10.0.0.8", False)):
        tables = enrich(said_by(facts, ip, "3.2.14", CPU if named else "6ES7516-3AN02-0AB0"))
        rows = tables["identities"].select("field", "named_by_maker").to_dicts()
        assert [row["field"] for row in rows if row["named_by_maker"]] == (["firmware"] if named else [])
