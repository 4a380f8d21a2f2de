"""Every format of one result states the same numbers, and what a view leaves out is said with the true number."""

from __future__ import annotations

import csv
import html as entities
import io
import json
import re
import xml.etree.ElementTree as ET
from collections import Counter
from dataclasses import replace
from functools import cache
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner

from scanner.cli import main
from scanner.report import Folder, encode, formats
from scanner.report._order import active
from scanner.results.model import Results, RuleResult, Status, Verdict
from scanner.results.serialise import from_json, to_json
from tests.engine.engine_cases import case, judged, rule
from tests.report import sample

WRITES, FAILING, CLIENTS = 5_000, 1_550, 62


@cache
def demo_plant() -> Results:
    done = CliRunner().invoke(main, ["scan", "fixtures/plants/bottling", "-o", "-", "--format", "json"])
    return from_json(done.stdout, "demo")


@cache
def grouped() -> Results:
    """As the engine makes it: 1,550 of 5,000 writes fail, in 62 findings of 25 pieces of evidence."""
    rows: list[dict[str, Any]] = [
        {
            "capture": "c0ffee",
            "verb": "write",
            "client": f"10.1.{n % CLIENTS}.5" if n < FAILING else "10.2.0.1",
            "server": "10.0.1.5",
            "function": f"Write {n}",
            "object": f"register {n}",
            "count": 1,
            "allowed": n >= FAILING,
        }
        for n in range(WRITES)
    ]
    return replace(sample.empty(), rules=(judged(rule(), case(operations=rows)),))


@cache
def without_authority() -> Results:
    """The same writes, of which nobody has said whether they are allowed."""
    (one,) = grouped().rules
    coverage = replace(one.coverage, failing=0, failing_findings=0, review=FAILING, review_findings=CLIENTS)
    reason = {"en": f"{FAILING:,} of {WRITES:,} operations must be confirmed: no policy was given."}
    found = tuple(replace(f, status=Status.REVIEW) for f in one.findings)
    review = replace(one, verdict=Verdict.REVIEW, coverage=coverage, findings=found, reason=reason)
    return replace(grouped(), rules=(review,))


# "6 of 6 distinct operations failed", "1 of 26 subjects must be confirmed"
SAYS = re.compile(r"(?<![\w.,-])(\d[\d,]*) of (\d[\d,]*) (?:[a-z]+ ){1,3}(?:failed|fails?|must be confirmed)\b")
RESULTS = {
    "sample": sample.plant,
    "demo": demo_plant,
    "grouped": grouped,
    "review": without_authority,
    "reloaded": lambda: from_json(to_json(grouped()), "x"),
}


def _text(name: str, results: Results) -> str:
    """What the format says, as a reader sees it."""
    output = formats()[name].render(results)
    if isinstance(output, Folder):
        return "\n".join(encode(content()).decode() for content in output.files.values())
    data = encode(output)
    if name == "xlsx":
        book = openpyxl.load_workbook(io.BytesIO(data))
        return "\n".join(str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row)
    text = data.decode()
    return entities.unescape(re.sub(r"<[^>]*>", " ", text)) if name in {"html", "junit"} else text


def _all_rules(results: Results) -> list[RuleResult]:
    return [*results.rules, *results.outside, *results.reach]


def _true(results: Results) -> set[tuple[int, int]]:
    """Every "n of m subjects" that is true of some rule, in all or in one zone, and "n of m checks"."""
    rules = _all_rules(results)
    coverages = [*(r.coverage for r in rules), *(zone for r in rules for zone in r.by_zone)]
    checks = {(sum(r.verdict is v for r in results.rules), len(results.rules)) for v in Verdict}
    return checks | {(n, c.subjects) for c in coverages for n in (c.failing, c.review, c.waived, c.unjudged)}


def _number(text: str) -> int:
    return int(text.replace(",", ""))


WITHOUT = {"code-quality", "navigator", "vex"}  # formats of others that have no place for counts


@pytest.mark.parametrize("name", formats())
@pytest.mark.parametrize("given", RESULTS)
def test_every_format_says_of_how_many_subjects_how_many_fail(given: str, name: str) -> None:
    results = RESULTS[given]()
    stated = SAYS.findall(" ".join(_text(name, results).split()))
    assert stated or given == "sample" or name in WITHOUT, "it says so; the reasons of the sample are in its own words"
    assert {(_number(n), _number(of)) for n, of in stated} <= _true(results)


@pytest.mark.parametrize("given", RESULTS)
def test_junit_says_it_of_each_rule(given: str) -> None:
    results = RESULTS[given]()
    root = ET.fromstring(encode(formats()["junit"].render(results)))  # noqa: S314 - our own output
    messages = {
        (c.get("classname"), c.get("name", "").split(":")[0]): f.get("message", "")
        for c in root.iter("testcase")
        for f in c
    }
    for one in (*results.rules, *results.outside):
        if one.verdict not in {Verdict.FAIL, Verdict.REVIEW}:
            continue
        coverage = one.coverage
        n = coverage.failing or coverage.review
        wanted = {"": f"] {n:,} of {coverage.subjects:,} subjects "}
        for said in one.by_file:  # each file has its findings; how many subjects it has is not known
            own = {f: sum(any(e.source == f for e in found.evidence) for found in one.findings) for f in said.files}
            wanted |= {f: f"] {own[f]:,} finding" for f in said.files if said.verdict is one.verdict}
            wanted.pop("", None)
        told = {file: text for (file, rule), text in messages.items() if rule == one.rule}
        for file, text in wanted.items():
            assert any(text in message for name, message in told.items() if not file or name == file)


def _machine(results: Results) -> dict[str, tuple[Counter[str], Counter[str]]]:
    """Of each format for machines: findings by rule, and pieces of evidence by finding."""
    document = json.loads(to_json(results))
    rules = [r for part in ("rules", "outside", "reach") for r in document[part]]
    found: dict[str, Any] = {
        "json": (
            Counter(r["rule"] for r in rules for _ in r["findings"]),
            Counter({f["id"]: len(f["evidence"]) for r in rules for f in r["findings"]}),
        )
    }
    (run,) = json.loads(encode(formats()["sarif"].render(results)))["runs"]
    told = [r for r in run["results"] if "evidenceTotal" in r["properties"]]
    places = {
        r["partialFingerprints"]["otauditFinding/v1"]: sum("message" in p for p in r["locations"])
        + len(r.get("relatedLocations", ()))
        for r in told
    }
    found["sarif"] = Counter(r["ruleId"] for r in told), Counter(places)
    folder = formats()["csv"].render(results)
    assert isinstance(folder, Folder)
    tables = {
        name: list(csv.DictReader(io.StringIO(encode(folder.files[f"{name}.csv"]()).decode("utf-8-sig"))))
        for name in ("findings", "evidence")
    }
    found["csv"] = _counted(tables["findings"], tables["evidence"])
    book = openpyxl.load_workbook(io.BytesIO(encode(formats()["xlsx"].render(results))))
    sheets = []
    for name in ("findings", "evidence"):
        header, *rows = book[name].iter_rows(values_only=True)
        sheets.append([dict(zip(header, row, strict=True)) for row in rows])
    found["xlsx"] = _counted(*sheets)
    return found


def _counted(findings: list[dict[str, Any]], evidence: list[dict[str, Any]]) -> tuple[Counter[str], Counter[str]]:
    return Counter(r["rule"] for r in findings), Counter(r["finding_id"] for r in evidence)


@pytest.mark.parametrize("given", RESULTS)
def test_formats_for_machines_hold_every_finding_and_every_piece_of_evidence(given: str) -> None:
    results = RESULTS[given]()
    findings = Counter({r.rule: len(r.findings) for r in _all_rules(results)})
    evidence = Counter({f.id: len(f.evidence) for r in _all_rules(results) for f in r.findings})
    for name, (told_findings, told_evidence) in _machine(results).items():
        assert +told_findings == +findings, name
        assert +told_evidence == +evidence, name
    for one in _all_rules(results):
        coverage = one.coverage
        counts = coverage.failing_findings, coverage.review_findings, coverage.waived_findings
        assert counts == tuple(sum(f.status == s for f in one.findings) for s in ("fail", "review", "waived"))
        if given != "sample":  # the engine's: each failing subject is a piece of evidence of one finding
            assert sum(f.proofs for f in one.findings) == coverage.failing + coverage.review + coverage.waived
            assert all(f.proofs == len(f.evidence) for f in one.findings)


@pytest.mark.parametrize("given", ["grouped", "review", "reloaded"])
def test_views_say_how_much_they_leave_out(given: str) -> None:
    results = RESULTS[given]()
    (one,) = results.rules
    findings = active(one)
    assert len(findings) == CLIENTS
    for name in ("junit", "text"):
        text = " ".join(_text(name, results).split())
        shown = {f.id for f in findings if re.search(rf"(?<![\d.]){re.escape(f.subject['client'])} wrote to", text)}
        (more,) = re.findall(r"([\d,]+) more findings", text)
        assert len(shown) + _number(more) == CLIENTS, name
        places = {_number(n) for n in re.findall(r"([\d,]+) more places", text)}
        pieces = FAILING // CLIENTS
        assert places == {pieces - {"junit": 5, "text": 1}[name]}, name
