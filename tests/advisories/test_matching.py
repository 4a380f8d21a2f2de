"""What an advisory says of an asset: by order number first, then by name; in doubt nobody can tell."""

from __future__ import annotations

import contextlib
import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest

from scanner.advisories import parse_advisories, recognises
from scanner.advisories.matching import Asset, exposures
from scanner.assets.kin import kin
from scanner.errors import InputError


def branch(category: str, name: str, *below: dict[str, Any]) -> dict[str, Any]:
    return {"category": category, "name": name, "branches": list(below)}


def leaf(category: str, name: str, number: str, **helper: Any) -> dict[str, Any]:
    product: dict[str, Any] = {"name": name, "product_id": number}
    return {
        "category": category,
        "name": name,
        "product": product | ({"product_identification_helper": helper} if helper else {}),
    }


CPU = "SIMATIC S7-1500 CPU 1516-3 PN/DP (6ES7516-3AN02-0AB0)"
ADVISORY = {
    "document": {
        "category": "csaf_security_advisory",
        "csaf_version": "2.0",
        "title": "Denial of service in industrial controllers",
        "publisher": {"category": "vendor", "name": "Siemens ProductCERT", "namespace": "https://example.org"},
        "tracking": {"id": "SSA-000001", "status": "final", "version": "1"},
    },
    "product_tree": {
        "branches": [
            branch(
                "vendor",
                "Siemens",
                branch("product_name", CPU, leaf("product_version_range", "vers:intdot/<2.9.7", "1")),
                branch("product_name", CPU, leaf("product_version", "2.9.7", "2")),
                branch(
                    "product_name",
                    "SCALANCE XC208",
                    leaf("product_version_range", "< V4.3", "3", model_numbers=["6GK5208-0BA*"]),
                ),
                branch("product_name", "SIMATIC HMI", leaf("product_version_range", "All versions", "4")),
                branch(
                    "product_name",
                    "RUGGEDCOM RX1500",
                    leaf("product_version_range", "those with the option board", "5"),
                ),
                leaf("product_name", "SIMATIC ET 200SP", "hw"),
                branch("product_name", "Interface firmware", leaf("product_version_range", "< V5.0", "fw")),
            ),
            branch(
                "vendor", "WAGO", branch("product_name", "750-8212", leaf("product_version_range", "<=04.02.13", "6"))
            ),
        ],
        "relationships": [
            {
                "category": "installed_on",
                "product_reference": "fw",
                "relates_to_product_reference": "hw",
                "full_product_name": {"name": "Interface firmware on ET 200SP", "product_id": "7"},
            }
        ],
    },
    "vulnerabilities": [
        {
            "cve": "CVE-2026-0001",
            "scores": [{"cvss_v3": {"baseScore": 7.5}, "products": ["1"]}],
            "product_status": {"known_affected": ["1", "3", "4", "5", "6", "7"], "fixed": ["2"]},
            "remediations": [{"category": "vendor_fix", "details": "Update to V2.9.7", "product_ids": ["1"]}],
        }
    ],
}


def judged(advisory: dict[str, Any] = ADVISORY, **known: str) -> list[tuple[str, str, str]]:
    rows = parse_advisories(json.dumps(advisory).encode(), "a.json").advisories
    asset = Asset(1, **{name: (value,) for name, value in known.items()})
    return [(e.result, e.by, str(e.reason)) for e in exposures([asset], rows, kin)]


SIEMENS = {"vendors": "Siemens AG"}


@pytest.mark.parametrize(
    ("known", "result", "reason"),
    [
        ({"order_numbers": "6ES7 516-3AN02-0AB0", "firmwares": "V2.9.4"}, "affected", "firmware V2.9.4"),
        ({"order_numbers": "6ES7516-3AN02-0AB0", "firmwares": "2.9.7"}, "not-affected", "firmware 2.9.7"),
        ({"order_numbers": "6ES7516-3AN02-0AB0", "firmwares": "3.0.1"}, "not-affected", "outside of the affected"),
        ({"order_numbers": "6ES7516-3AN02-0AB0"}, "unknown", "its firmware version is not known"),
        ({"order_numbers": "6ES7516-3AN02-0AB0", "firmwares": "2.9"}, "unknown", "version 2.9 cannot be compared"),
        ({"models": "CPU 1516-3 PN/DP", "firmwares": "2.9.4", **SIEMENS}, "unknown", "only similar in name"),
        ({"models": "S7-1500", "firmwares": "3.0", **SIEMENS}, "unknown", "only similar in name"),
        ({"order_numbers": "6GK5 208-0BA00-2AC2", "firmwares": "V4.2"}, "affected", "firmware V4.2"),
        ({"models": "SIMATIC HMI TP700", **SIEMENS}, "affected", "the advisory names 'All versions'"),
        ({"models": "SIMATIC HMI TP700"}, "unknown", "only similar in name"),
        ({"models": "SIMATIC HMI TP700", "vendors": "Pro-face"}, None, ""),
        ({"models": "RUGGEDCOM RX1500", "firmwares": "2.1", **SIEMENS}, "unknown", "cannot be compared with 'those"),
        ({"models": "750-8212", "vendors": "WAGO GmbH", "firmwares": "04.02.10"}, "affected", "firmware 04.02.10"),
        ({"models": "750-8212", "vendors": "WAGO", "firmwares": "04.02.14"}, "not-affected", "outside"),
        ({"models": "750-8212", "firmwares": "04.02.10"}, "unknown", "only similar"),
        ({"models": "750-8212", "vendors": "ABB", "firmwares": "04.02.10"}, "unknown", "only similar"),
        ({"models": "750-8212", "vendors": "Meier", "firmwares": "04.02.10"}, "unknown", "only similar"),
        ({"models": "750-8212", "vendors": "Omron", "firmwares": "04.02.10"}, None, ""),
        ({"order_numbers": "6ES7516-3AN02-0AB0", "vendors": "S7 Trade", "firmwares": "2.9.4"}, "unknown", "similar"),
        ({"models": "SIMATIC ET 200SP", "firmwares": "4.2", **SIEMENS}, "affected", "firmware 4.2"),
        ({"models": "S7-300", "order_numbers": "6ES7 315-2EH14-0AB0", "firmwares": "3.2", **SIEMENS}, None, ""),
    ],
)
def test_result_and_reason(known: dict[str, str], result: str | None, reason: str) -> None:
    found = judged(**known)
    assert [r for r, _, _ in found] == ([result] if result else [])
    assert all(reason in why for _, _, why in found)


@pytest.mark.parametrize(
    ("product", "model", "result"),
    [
        ("LOGO! 8 BM (incl. SIPLUS variants)", "LOGO! 8 BM", "affected"),
        ("SIMOCODE pro V PROFINET (including SIPLUS variants)", "SIMOCODE pro V PROFINET", "affected"),
        ("Climatix POL909 (AWM module)", "Climatix POL909", "unknown"),
    ],
)
def test_what_else_a_product_takes_in_is_no_part_of_its_name(product: str, model: str, result: str) -> None:
    advisory = copy.deepcopy(ADVISORY)
    siemens = branch("vendor", "Siemens", branch("product_name", product, leaf("product_version_range", "< V8.3", "1")))
    advisory["product_tree"] = {"branches": [siemens]}
    advisory["vulnerabilities"][0]["product_status"] = {"known_affected": ["1"]}
    assert [r for r, _, _ in judged(advisory, models=model, firmwares="V8.2", **SIEMENS)] == [result]


def test_versions_that_disagree_are_judged_together() -> None:
    rows = parse_advisories(json.dumps(ADVISORY).encode(), "a.json").advisories
    asset = Asset(1, order_numbers=("6ES7516-3AN02-0AB0",), firmwares=("2.9.4", "2.9.7"))
    (found,) = exposures([asset], rows, kin)
    assert (found.result, str(found.reason)) == ("unknown", "its firmware version is stated differently: 2.9.4, 2.9.7")


def test_a_vulnerability_that_names_no_product_has_a_row() -> None:
    advisory = copy.deepcopy(ADVISORY)
    advisory["vulnerabilities"].append({"cve": "CVE-2026-0002"})
    (row,) = (
        r for r in parse_advisories(json.dumps(advisory).encode(), "a").advisories if r["vulnerability"].endswith("2")
    )
    assert (row["status"], row["vendor"], row["product"]) == ("unknown", "", "")


def test_serial_numbers_narrow_a_product() -> None:
    text = json.dumps(ADVISORY).replace('"6GK5208-0BA*"]', '"6GK5208-0BA*"], "serial_numbers": ["VPD1*"]')
    known = {"order_numbers": "6GK5208-0BA00-2AC2", "firmwares": "4.2"}
    assert [r for r, _, _ in judged(json.loads(text), **known)] == ["unknown"]
    assert [r for r, _, _ in judged(json.loads(text), **known, serials="VPD17")] == ["affected"]


def test_an_advisory_that_contradicts_itself_tells_nothing() -> None:
    text = json.dumps(ADVISORY).replace('"fixed": ["2"]', '"known_not_affected": ["1"]')
    (found,) = judged(json.loads(text), order_numbers="6ES7516-3AN02-0AB0", firmwares="2.9.4")
    assert found[::2] == ("unknown", "the advisory says that it is affected and that it is not")


def test_what_is_under_investigation_tells_nothing() -> None:
    text = json.dumps(ADVISORY).replace('"known_affected": ["1", ', '"under_investigation": ["1"], "known_affected": [')
    text = text.replace('"fixed": ["2"]', '"recommended": []')
    (found,) = judged(json.loads(text), order_numbers="6ES7516-3AN02-0AB0", firmwares="2.9.4")
    assert found[0] == "unknown"


KEV = {
    "title": "CISA Catalog of Known Exploited Vulnerabilities",
    "catalogVersion": "2026.01.01",
    "dateReleased": "2026-01-01T00:00:00Z",
    "count": 1,
    "vulnerabilities": [
        {"cveID": "CVE-2026-0001", "vendorProject": "Siemens", "product": "S7", "dateAdded": "2026-01-01"}
    ],
}


def test_the_catalogue_of_exploited_vulnerabilities() -> None:
    data = json.dumps(KEV).encode()
    assert recognises(data)
    assert [row["vulnerability"] for row in parse_advisories(data, "kev.json").exploited] == ["CVE-2026-0001"]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b'{"document": {"csaf_version": "2.0"}}', "an advisory without an id"),
        (b'{"document": {"csaf_version": "2.0", "tracking": {"id": "A"}}}', "an advisory without vulnerabilities"),
        (b'{"document": {"csaf_version": "2.0"', "line 1, column 36: not valid JSON"),
        (b"[" * 100_000, "not readable as JSON"),
        (b'{"catalogVersion": "1", "vulnerabilities": [1]}', "a catalogue without any vulnerability"),
        (b"[]", "no advisory, no catalogue"),
    ],
)
def test_what_cannot_be_used_is_one_clear_line(data: bytes, message: str) -> None:
    with pytest.raises(InputError, match=message):
        parse_advisories(data, "a.json")


def _places(part: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    items = part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ()
    for key, value in items:
        yield (*path, key)
        yield from _places(value, (*path, key))


@pytest.mark.parametrize("wrong", [None, 1, True, [], {}, [1], {"a": 1}, "x"])
@pytest.mark.parametrize("document", [ADVISORY, KEV], ids=["csaf", "kev"])
def test_a_value_of_another_kind_anywhere_costs_no_more_than_the_file(document: dict[str, Any], wrong: Any) -> None:
    for *path, key in _places(document):
        damaged = copy.deepcopy(document)
        part: Any = damaged
        for step in path:
            part = part[step]
        part[key] = wrong
        with contextlib.suppress(InputError):
            parse_advisories(json.dumps(damaged).encode(), "a.json")


def test_nothing_else_is_claimed() -> None:
    assert recognises(json.dumps(ADVISORY).encode())
    for data in (
        b'{"vulnerabilities": []}',
        b'[{"csaf_version": "2.0"}]',
        b"csaf_version: 2.0",
        b'{"csaf_version": "1.1"}',
    ):
        assert not recognises(data)


def test_a_pattern_of_many_stars_takes_no_time() -> None:
    document = json.loads(json.dumps(ADVISORY).replace("6GK5208-0BA*", "*0*0*0*0*0*0*0*0*0*0*0*0*0*0*0*0*0*0*0*0*b"))
    rows = parse_advisories(json.dumps(document).encode(), "x.json").advisories
    asset = Asset(0, ("Siemens",), ("SCALANCE XC208",), ("0" * 200,), (), ("V4.2",))
    assert list(exposures([asset], rows, kin)) == []
