"""Rules that are not proven: in every format, told apart, and nowhere among what counts."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
import xml.etree.ElementTree as ET

import pytest

from scanner.report import csv as csv_report
from scanner.report import html, junit, sarif, sarif_github, text
from scanner.report._short import short
from scanner.results.model import Results, RuleResult, Severity, Verdict
from scanner.results.outcome import OnReview, failing, judged_nothing, unfinished, without_reviews
from scanner.results.ratings import Audience, Confidence
from scanner.results.serialise import from_json, to_json
from tests.report import sample

NAME = "young-rule"


def rule(verdict: Verdict = Verdict.FAIL) -> RuleResult:
    old = next(r for r in sample.plant().rules if r.verdict is Verdict.FAIL)
    return dataclasses.replace(
        old,
        rule=NAME,
        verdict=verdict,
        severity=Severity.CRITICAL,
        confidence=Confidence.LOW,
        audience=(Audience.NETWORK_ENGINEER,),
    )


def results(*verdicts: Verdict) -> Results:
    return dataclasses.replace(sample.clean_plant(), nursery=tuple(map(rule, verdicts or (Verdict.FAIL,))))


def test_they_pass_through_json() -> None:
    assert from_json(to_json(results()), "x") == results()


@pytest.mark.parametrize("verdict", Verdict)
def test_they_change_no_exit_status(verdict: Verdict) -> None:
    with_it, without = results(verdict), sample.clean_plant()
    for reviews in OnReview:
        assert failing(with_it, Severity.INFO, reviews) == failing(without, Severity.INFO, reviews)
    assert unfinished(with_it) == unfinished(without)
    assert judged_nothing(with_it) == judged_nothing(without)
    alone = dataclasses.replace(with_it, rules=(), outside=(), reach=())
    assert judged_nothing(alone)


def test_ignored_reviews_are_ignored_in_the_nursery_too() -> None:
    young = dataclasses.replace(rule(), coverage=dataclasses.replace(rule().coverage, review=2), verdict=Verdict.REVIEW)
    (left,) = without_reviews(dataclasses.replace(results(), nursery=(young,))).nursery
    assert left.verdict is Verdict.NO_EVIDENCE


def test_junit_tells_them_and_fails_nothing() -> None:
    root = ET.fromstring(junit.render(results()))  # noqa: S314 - our own output
    (suite,) = root.findall("testsuite[@name='otaudit.nursery']")
    (case,) = suite.findall("testcase")
    assert suite.get("failures") == suite.get("errors") == "0"
    assert (case.find("skipped"), case.find("failure")) != (None, None)
    assert case.find("failure") is None
    text = case.findtext("system-out", "")
    assert "Confidence: low" in text
    assert "For: network engineers" in text


def test_junit_says_which_rules_are_not_otaudits() -> None:
    own = dataclasses.replace(rule(), origin="plant-rules")
    root = ET.fromstring(junit.render(dataclasses.replace(sample.clean_plant(), rules=(own,))))  # noqa: S314
    assert root.find(f".//property[@name='{NAME}.origin'][@value='plant-rules']") is not None
    assert "not otaudit's own: from plant-rules" in (root.findtext(".//failure") or "")


def test_sarif_tells_them_as_information_and_github_not_at_all() -> None:
    run = json.loads("".join(sarif.render(results())))["runs"][0]
    found = [r for r in run["results"] if r["ruleId"] == NAME]
    assert found
    assert {(r["kind"], r["level"], r["properties"]["part"]) for r in found} == {("informational", "none", "nursery")}
    (descriptor,) = [r for r in run["tool"]["driver"]["rules"] if r["id"] == NAME]
    assert descriptor["properties"]["precision"] == "low"
    assert run["properties"]["nursery"] == {NAME: "fail"}
    assert run["invocations"][0]["executionSuccessful"]
    alerts = json.loads("".join(sarif_github.render(results())))["runs"][0]["results"]
    assert NAME not in {r["ruleId"] for r in alerts}


def test_an_error_of_one_does_not_make_a_run_unsuccessful() -> None:
    run = json.loads("".join(sarif.render(results(Verdict.ERROR))))["runs"][0]
    assert run["invocations"][0]["executionSuccessful"]


def test_a_result_that_is_surer_ranks_higher() -> None:
    rules = tuple(dataclasses.replace(rule(), rule=c.value, confidence=c) for c in Confidence)
    run = json.loads("".join(sarif.render(dataclasses.replace(sample.clean_plant(), rules=rules))))["runs"][0]
    ranks = {r["ruleId"]: r["rank"] for r in run["results"] if r["ruleId"] in {c.value for c in Confidence}}
    assert ranks["low"] < ranks["medium"] < ranks["high"] <= 100


def test_tables_say_the_part() -> None:
    table = "".join(csv_report.render(results()).files["rules.csv"]())
    rows = {row["rule"]: row for row in csv.DictReader(io.StringIO(table.removeprefix("\ufeff")))}
    assert (rows[NAME]["part"], rows[NAME]["confidence"], rows[NAME]["audience"]) == (
        "nursery",
        "low",
        "network-engineer",
    )


def test_the_page_has_a_group_for_them_and_filters() -> None:
    page = html.render(results())
    group = page.partition('id="group-nursery"')[2].partition("</section>")[0]
    assert f'id="rule-{NAME}"' in group
    assert "not proven: counts nowhere" in group
    assert 'data-c="low" data-a="network-engineer"' in group
    assert 'name="c" value="low"' in page
    others = tuple(dataclasses.replace(r, audience=(Audience.MANAGER,)) for r in results().rules)
    page = html.render(dataclasses.replace(results(), rules=others))
    assert 'name="a" value="network-engineer"' in page
    assert NAME not in page.partition('id="findings"')[0]


def test_the_terminal_tells_them_apart() -> None:
    shown = text.render(results())
    assert "these rules are not proven" in shown
    assert f"[{NAME}]" in shown.partition("these rules are not proven")[2]
    assert NAME not in shown.partition("these rules are not proven")[0]
    assert "Confidence: low" in shown
    (line,) = [line for line in short(results(), ()) if "nursery" in line]
    assert "1 Fail" in line
    assert not any(NAME in line for line in short(results(), ()))


def test_a_text_in_another_language_is_marked_on_the_terminal() -> None:
    german = dataclasses.replace(rule(), title={"zh": "设定值被写入"}, rule="own")
    shown = text.render(dataclasses.replace(sample.clean_plant(), rules=(german,)))
    assert "设定值被写入 (zh-Hans)" in shown
    both = dataclasses.replace(rule(), title={"en": "Written", "zh": "设定值被写入"}, rule="own")
    assert "(zh" not in text.render(dataclasses.replace(sample.clean_plant(), rules=(both,)))
    assert "Written (en)" not in text.render_in(dataclasses.replace(sample.clean_plant(), rules=(both,)), "zh")
