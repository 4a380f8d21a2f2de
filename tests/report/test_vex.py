"""VEX has what profile 5 of CSAF 2.0 asks for, and never the better of two answers."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import pytest

from scanner.report import format_for
from scanner.report import vex as vex_report
from scanner.results.exposures import ExposureRow
from tests.report import sample

ROW = ExposureRow(
    asset="plc-1",
    device="plc-1",
    name="PLC 1",
    zone="cell",
    vendor="Siemens",
    model="CPU 1513",
    order_number="6ES7 513-1AL02-0AB0",
    firmware=("V2.8.1",),
    advisory="SSA-000001",
    advisory_file="ssa-000001.json",
    title="Denial of service",
    vulnerability="CVE-2024-10001",
    score=7.5,
    known_exploited=None,
    product="SIMATIC S7-1500",
    versions="< V2.9",
    result="affected",
    reason={"en": "V2.8.1 is in the range"},
    remedy="Update to V2.9",
    remedy_kind="vendor_fix",
)


def vex(*rows: dict[str, Any], language: str = "en", complete: bool = True) -> dict[str, Any]:
    results = dataclasses.replace(
        sample.plant(), complete=complete, exposures=tuple(dataclasses.replace(ROW, **row) for row in rows)
    )
    document: dict[str, Any] = json.loads(vex_report.render_in(results, language))
    return document


def test_what_the_profile_asks_for() -> None:
    whole = vex({}, {"asset": "plc-2", "result": "not-affected"}, {"asset": "plc-3", "result": "unknown"})
    document = whole["document"]
    assert (document["category"], document["csaf_version"]) == ("csaf_vex", "2.0")
    assert document["publisher"].keys() == {"category", "name", "namespace"}
    tracking = document["tracking"]
    assert tracking["version"] == tracking["revision_history"][-1]["number"]
    assert tracking["current_release_date"] == tracking["revision_history"][-1]["date"]
    names = {each["product_id"]: each["name"] for each in whole["product_tree"]["full_product_names"]}
    assert names["CSAFPID-0001"] == "PLC 1 · cell · Siemens CPU 1513 6ES7 513-1AL02-0AB0 V2.8.1"
    (found,) = whole["vulnerabilities"]
    assert found["cve"] == "CVE-2024-10001"
    assert found["notes"]
    assert found["product_status"] == {
        "known_affected": ["CSAFPID-0001"],
        "under_investigation": ["CSAFPID-0003"],
        "known_not_affected": ["CSAFPID-0002"],
    }
    assert found["remediations"] == [
        {"category": "vendor_fix", "details": "Update to V2.9", "product_ids": ["CSAFPID-0001"]}
    ], "an action statement for whatever is affected (section 4.5)"
    (impact,) = found["threats"]
    assert impact == {
        "category": "impact",
        "details": "Not affected: V2.8.1 is in the range",
        "product_ids": ["CSAFPID-0002"],
    }


@pytest.mark.parametrize(
    ("results", "status"),
    [
        (("not-affected", "affected"), "known_affected"),
        (("unknown", "affected"), "known_affected"),
        (("not-affected", "unknown"), "under_investigation"),
        (("not-affected", "not-affected"), "known_not_affected"),
    ],
)
def test_of_two_advisories_the_worse_counts(results: tuple[str, str], status: str) -> None:
    for order in (results, results[::-1]):
        whole = vex(*({"result": result, "advisory": f"A-{result}"} for result in order))
        assert whole["vulnerabilities"][0]["product_status"] == {status: ["CSAFPID-0001"]}


def test_what_has_no_number_has_the_advisory_s_own() -> None:
    whole = vex({"vulnerability": "VDE-1"}, {"vulnerability": "", "advisory": "X-7", "title": ""})
    assert [v["ids"] for v in whole["vulnerabilities"]] == [
        [{"system_name": "SSA-000001", "text": "VDE-1"}],
        [{"system_name": "X-7", "text": "X-7"}],
    ]


def test_an_affected_asset_without_a_remedy_says_so() -> None:
    (remedy,) = vex({"remedy": ""})["vulnerabilities"][0]["remediations"]
    assert remedy["category"] == "none_available"
    assert remedy["details"]
    (remedy,) = vex({"remedy": ""}, language="zh")["vulnerabilities"][0]["remediations"]
    assert remedy["details"] == "公告未给出处置措施。"


def test_without_vulnerabilities_it_is_no_vex() -> None:
    whole = vex()
    assert whole.keys() == {"document"}
    assert whole["document"]["category"] == "csaf_base"
    assert whole["document"]["notes"]


def test_what_could_not_be_read_may_be_missing() -> None:
    for rows in ((), ({},)):
        document = vex(*rows, complete=False)["document"]
        assert document["tracking"]["status"] == "interim"
        assert any("vulnerabilities may be missing" in note["text"] for note in document["notes"])
        assert vex(*rows)["document"]["tracking"]["status"] == "final"


@pytest.mark.parametrize(
    ("kind", "text", "wanted"),
    [
        ("workaround", "Close the port", "workaround"),
        ("", "Close the port", "mitigation"),
        ("optional_patch", "Patch", "mitigation"),  # a word that CSAF 2.0 does not have
        ("no_fix_planned", "", "no_fix_planned"),
        ("vendor_fix", "", "none_available"),
    ],
)
def test_a_remedy_keeps_its_category(kind: str, text: str, wanted: str) -> None:
    (remedy,) = vex({"remedy": text, "remedy_kind": kind})["vulnerabilities"][0]["remediations"]
    assert remedy["category"] == wanted


def test_text_of_a_stranger_steers_nothing() -> None:
    row = {"name": "\x1b[31mPLC\u202e", "title": "a\nb", "remedy": "\x1b]0;x\x07", "reason": {"en": "\x00"}}
    assert "\\u001b" not in vex_report.render(
        dataclasses.replace(sample.plant(), exposures=(dataclasses.replace(ROW, **row),))
    )


def test_it_is_known_by_its_name() -> None:
    assert format_for("plant.vex.json").name == "vex"
