"""JUnit XML in the form that Jenkins' schema (junit-10.xsd of its xUnit plugin) and GitLab read."""

from __future__ import annotations

import dataclasses
import xml.etree.ElementTree as ET

import pytest

from scanner.report import junit
from scanner.results.model import Cause, Doubt, Evidence, FileVerdicts, Results, Verdict
from tests.report import sample

# Element -> attributes that the schema allows; order of children of a test case and of a suite.
ALLOWED = {
    "testsuites": {"name", "time", "tests", "failures", "errors", "disabled", "skipped", "timestamp"},
    "testsuite": {"name", "tests", "failures", "errors", "skipped", "time", "timestamp", "hostname", "id", "package"},
    "properties": set(),
    "property": {"name", "value"},
    "testcase": {"name", "classname", "time", "status"},
    "failure": {"message", "type"},
    "error": {"message", "type"},
    "skipped": {"message", "type"},
    "system-out": set(),
    "system-err": set(),
}
PARENT = {
    "testsuite": "testsuites",
    "properties": "testsuite",
    "property": "properties",
    "testcase": "testsuite",
    "failure": "testcase",
    "error": "testcase",
    "skipped": "testcase",
    "system-out": "testcase",
    "system-err": "testsuite",
}


def tree(results: Results) -> ET.Element:
    return ET.fromstring(junit.render(results))  # noqa: S314 - our own output


def case(root: ET.Element, rule: str) -> ET.Element:
    (found,) = [c for c in root.iter("testcase") if c.get("name", "").startswith(f"{rule}: ")]
    return found


@pytest.mark.parametrize(
    "results",
    [sample.plant(), sample.hostile(), sample.empty(), sample.clean_plant()],
    ids=["plant", "hostile", "empty", "clean"],
)
def test_structure(results: Results) -> None:
    root = tree(results)
    assert root.tag == "testsuites"
    for parent in root.iter():
        assert set(parent.attrib) <= ALLOWED[parent.tag], parent.tag
        for child in parent:
            assert PARENT[child.tag] == parent.tag
    for suite in root.iter("testsuite"):
        cases = suite.findall("testcase")
        for attribute, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            assert int(suite.get(attribute, "")) == len(suite.findall(f"testcase/{tag}"))
        assert int(suite.get("tests", "")) == len(cases)
    for attribute in ("tests", "failures", "errors", "skipped"):
        assert int(root.get(attribute, "")) == sum(int(s.get(attribute, "")) for s in root)
    # what does not apply is no test, and is counted
    tested = [r for r in results.rules if r.verdict is not Verdict.NOT_APPLICABLE]
    assert int(root.get("tests", "")) == len(tested) + len(results.outside) + len(results.reach)


def test_one_suite_for_each_family() -> None:
    root = tree(sample.plant())
    families = sorted({r.family for r in sample.plant().rules if r.verdict is not Verdict.NOT_APPLICABLE})
    beside = ["otaudit.evidence", "otaudit.not-judged", "otaudit.inputs"]
    assert [s.get("name") for s in root] == [f"otaudit.{f}" for f in families] + beside


def test_outcome_of_every_verdict() -> None:
    root = tree(sample.plant())
    tags = {
        Verdict.FAIL: ["failure"],
        Verdict.REVIEW: ["failure"],
        Verdict.ERROR: ["error"],
        Verdict.NO_EVIDENCE: ["skipped"],
        Verdict.WAIVED: ["skipped"],
        Verdict.PASS: ["system-out"],
    }
    for rule in sample.plant().rules:
        if rule.verdict is Verdict.NOT_APPLICABLE:
            assert not [c for c in root.iter("testcase") if rule.rule in c.get("name", "")]
            continue
        outcome = case(root, rule.rule)
        assert [c.tag for c in outcome] == tags[rule.verdict]
        assert (outcome[0].get("type") == "review") == (rule.verdict is Verdict.REVIEW)


def test_rules_outside_the_profile_have_a_suite_of_their_own() -> None:
    plant = sample.plant()
    failing = [r for r in plant.rules if r.verdict is Verdict.FAIL]
    root = tree(dataclasses.replace(plant, rules=plant.rules[2:], outside=plant.rules[:2]))
    (suite,) = root.findall("testsuite[@name='otaudit.outside-profile']")
    assert suite.get("failures") == "2"
    assert root.get("failures") == tree(plant).get("failures"), "they count"
    assert len(failing) > 2


@pytest.mark.parametrize("verdict", list(Verdict))
def test_how_far_the_evidence_reaches_fails_nothing(verdict: Verdict) -> None:
    plant = sample.plant()
    reach = dataclasses.replace(plant.rules[0], rule="capture-insufficient", verdict=verdict)
    root = tree(dataclasses.replace(plant, rules=(), reach=(reach,)))
    assert (root.get("failures"), root.get("errors"), root.get("tests")) == ("0", "0", "1")
    outcome = case(root, "capture-insufficient")
    if verdict is Verdict.PASS:
        assert [c.tag for c in outcome] == ["system-out"]
    else:
        assert outcome[0].tag == "skipped"
        assert (outcome[0].get("message") or "").startswith(verdict.value)
        assert "HMI-02 (10.10.3.57) downloaded block OB1" in outcome[1].text


def test_a_failure_says_how_severe_what_and_where() -> None:
    failure = case(tree(sample.plant()), "seg-undeclared-conduit")[0]
    assert failure.get("message") == "[high] 3 of 26 subjects fail: Traffic between zones uses declared conduits"
    assert failure.get("type") == "high"
    text = failure.text or ""
    assert "PLC-PACK-2 opens HTTPS connections to 203.0.113.80" in text
    assert "captures/2026-11-03_gateway_n3.pcap #88, 91, 240" in text
    assert "filter: ip.dst == 203.0.113.80" in text
    assert "[Waived: Recipe transfer" in text
    assert "What to do: Close the three paths" in text


def test_a_skip_says_why() -> None:
    root = tree(sample.plant())
    waived = case(root, "cry-tls-version")[0].get("message", "")
    assert waived.startswith("waived: ")
    assert "M. Chen; until 2026-12-31" in waived
    assert case(root, "cfg-idle-timeout")[0].get("message") == "no-evidence: No configuration of the router was given."


def test_problems_of_inputs_are_told() -> None:
    text = tree(sample.plant())[-1].findtext("system-err") or ""
    assert "inventory/资产清单.csv: row 9: 10.10.6.300 is not an IP address" in text


def test_characters_that_xml_cannot_hold_are_written_out() -> None:
    text = junit.render(sample.hostile())
    assert all(c in "\t\n" or c >= " " for c in text)
    assert r"\x1b[31mred" in text
    text.encode("utf-8")


def test_many_findings_are_cut() -> None:
    plant = sample.plant()
    evidence = tuple(Evidence("a.pcap", frames=(n,)) for n in range(1, 9))
    findings = tuple(sample.finding(str(n), {}, {"en": f"finding {n}"}, evidence, proofs=90) for n in range(75))
    rule = dataclasses.replace(plant.rules[0], findings=findings)
    failure = next(tree(dataclasses.replace(plant, rules=(rule,))).iter("failure"))
    text = failure.text or ""
    assert text.count("- finding") == 50
    assert "… and 25 more findings (all are in the JSON" in text
    assert "… and 85 more places" in text


def test_a_case_for_each_file_and_rule() -> None:
    plant = sample.plant()
    finding = sample.finding("1", {}, {"en": "Telnet on line 3"}, (Evidence("a.cfg", 3, 3, "telnet"),))
    rule = dataclasses.replace(
        plant.rules[0],
        rule="per-file",
        verdict=Verdict.FAIL,
        findings=(finding,),
        by_file=(
            FileVerdicts(Verdict.FAIL, ("a.cfg",)),
            FileVerdicts(Verdict.PASS, ("b.cfg", "c.cfg")),
            FileVerdicts(Verdict.NO_EVIDENCE, ("d.cfg",)),
        ),
    )
    root = tree(dataclasses.replace(plant, rules=(rule,), problems=()))
    suites = {s.get("name"): s for s in root if s.find("testcase") is not None}
    outcomes = {name: [c.tag for c in suites[name].find("testcase") or ()] for name in ("a.cfg", "b.cfg", "d.cfg")}
    assert outcomes == {"a.cfg": ["failure"], "b.cfg": ["system-out"], "d.cfg": ["skipped"]}
    assert "Telnet on line 3" in (suites["a.cfg"].findtext("testcase/failure") or "")
    assert "Telnet on line 3" not in (suites["b.cfg"].findtext("testcase/system-out") or "")


def test_what_nothing_was_given_for_is_counted_and_no_test() -> None:
    plant = sample.plant()
    doubt = Doubt(Cause.CAPTURE, {"en": "no capture was given"})
    rules = tuple(
        dataclasses.replace(plant.rules[0], rule=f"r{n}", verdict=Verdict.NO_EVIDENCE, findings=(), doubts=(doubt,))
        for n in range(91)
    )
    root = tree(dataclasses.replace(plant, rules=rules, reach=(), problems=()))
    assert root.get("tests") == "0"
    assert "91 checks were not judged" in (root.findtext("testsuite/system-err") or "")
    both = (doubt, Doubt(Cause.UNREAD, {"en": "x.cfg is cut off"}))
    cut = dataclasses.replace(rules[0], doubts=both)
    assert tree(dataclasses.replace(plant, rules=(cut,), reach=(), problems=())).get("skipped") == "1"
