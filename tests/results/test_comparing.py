"""What is new since earlier results: by rule, subject and value, whatever moved."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import pytest

from scanner.engine.verdict.evidence_texts import MESSAGES
from scanner.report._short import short
from scanner.results.attribution import Attribution
from scanner.results.baseline import BaselineState
from scanner.results.comparing import compared, guid
from scanner.results.model import Evidence, Finding, Results, RuleResult, Severity, Status, Verdict
from scanner.results.outcome import OnReview, failing
from scanner.results.rows import Lazy
from scanner.results.serialise import from_json, to_json
from scanner.wording import said
from tests.report import sample

LINE = Evidence("a/sw1.cfg", 12, 12, "snmp-server community <masked> RW", message={"en": said("{n} of it", n="3")})
WIRE = Evidence(
    "x.pcap",
    frames=(1, 2),
    count=9,
    client="10.0.0.5",
    server="10.0.0.9",
    port=502,
    protocol="modbus",
    message={"en": said("write {object}, {n} times", object="register 4", n="9")},
)


def rule(*found: Finding, verdict: Verdict = Verdict.FAIL, name: str = "some-rule") -> RuleResult:
    base = dataclasses.replace(sample.plant().rules[0], rule=name, findings=found, verdict=verdict)
    return dataclasses.replace(
        base,
        severity=Severity.HIGH,
        coverage=dataclasses.replace(
            base.coverage,
            failing_findings=sum(f.status is Status.FAIL for f in found),
            review_findings=sum(f.status is Status.REVIEW for f in found),
            waived_findings=sum(f.status is Status.WAIVED for f in found),
        ),
    )


def finding(*evidence: Evidence, key: str = "k", status: Status = Status.FAIL, severity: str = "high") -> Finding:
    return Finding(key, status, Severity(severity), {"device": "SW1"}, {"en": "bad"}, evidence or (LINE,))


def results(*rules: RuleResult) -> Results:
    return dataclasses.replace(sample.plant(), rules=rules, outside=(), reach=(), nursery=())


def state(before: Finding, after: Finding) -> BaselineState:
    told = compared(results(rule(after)), results(rule(before)), "a.json", "")
    return told.rules[0].findings[0].baseline_state


SAME: dict[str, Evidence] = {
    "line moved": dataclasses.replace(LINE, line_start=90, line_end=90),
    "file moved": dataclasses.replace(LINE, source="b/c/sw1.cfg"),
    "counted otherwise": dataclasses.replace(LINE, message={"en": said("{n} of it", n="400")}),
}


@pytest.mark.parametrize("now", SAME.values(), ids=SAME.keys())
def test_what_moved_is_known(now: Evidence) -> None:
    assert state(finding(LINE), finding(now)) == "unchanged"


def test_the_wire_is_known_by_ends_and_message() -> None:
    later = dataclasses.replace(
        WIRE,
        source="y.pcap",
        frames=(700,),
        count=1,
        message={"en": said("write {object}, {n} times", object="register 4", n="1")},
    )
    assert state(finding(WIRE), finding(later, later)) == "unchanged", "how often is chance"
    other = dataclasses.replace(WIRE, message={"en": said("write {object}, {n} times", object="register 5", n="9")})
    assert state(finding(WIRE), finding(WIRE, other)) == "new"
    assert state(finding(WIRE, other), finding(WIRE)) == "updated"
    assert state(finding(WIRE), finding(dataclasses.replace(WIRE, client="10.0.0.6"))) == "new"


ASSET = {"source": "p/list.csv", "row": "6", "name": "PLC-1"}
SUBJECTS: dict[str, tuple[dict[str, str], str]] = {
    "another row": ({"source": "p/list.csv", "row": "7", "name": "PLC-1"}, "unchanged"),
    "another folder": ({"source": "q/r/list.csv", "row": "6", "name": "PLC-1"}, "unchanged"),
    "another asset in the row": ({"source": "p/list.csv", "row": "6", "name": "PLC-2"}, "new"),
    "another list": ({"source": "p/other.csv", "row": "6", "name": "PLC-1"}, "new"),
}


def of_asset(subject: dict[str, str], *evidence: Evidence) -> Finding:
    return dataclasses.replace(finding(*evidence, key=str(subject)), subject=subject)


@pytest.mark.parametrize("name", SUBJECTS)
def test_where_a_subject_stands_makes_nothing_new(name: str) -> None:
    now, expected = SUBJECTS[name]
    assert state(of_asset(ASSET), of_asset(now)) == expected


def test_what_a_rule_says_of_a_row_is_a_value() -> None:
    def of_row(system: str, row: str) -> Finding:
        said_of_it = said("{name} (row {row}) runs {os}", name="PLC-1", row=row, os=system)
        bare = Evidence(
            "p/list.csv", int(row), int(row), "", message={"en": said("{row}: {asset}", row=row, asset="A")}
        )
        return dataclasses.replace(of_asset(ASSET | {"row": row}, bare), message={"en": said_of_it})

    assert state(of_row("Windows CE", "6"), of_row("Windows CE", "7")) == "unchanged"
    assert state(of_row("Windows CE", "6"), of_row("Windows XP", "6")) == "new"


def test_rows_that_say_the_same_are_counted() -> None:
    twin = of_asset(ASSET | {"row": "9"})
    told = compared(results(rule(of_asset(ASSET), twin)), results(rule(of_asset(ASSET))), "a", "")
    assert {f.baseline_state for f in told.rules[0].findings} == {BaselineState.NEW}
    before, after = results(rule(of_asset(ASSET), twin)), results(rule())
    assert len(list(Attribution.of(before, after).differences())) == 2, "each is told"
    assert len(compared(after, before, "a", "").absent) == 2


def test_the_same_line_in_another_list_is_new() -> None:
    def permit(acl: str, entry: str) -> Evidence:
        row = {"acl": acl, "entry": entry, "text": "permit ip any any"}
        return dataclasses.replace(LINE, text=row["text"], message={"en": MESSAGES["acl_permits"](row)})

    assert state(finding(permit("acl A", "10")), finding(permit("acl A", "20"))) == "unchanged"
    assert state(finding(permit("acl A", "10")), finding(permit("acl B", "10"))) == "new"


CHANGED: dict[str, tuple[Finding, Finding, str]] = {
    "value": (finding(LINE), finding(dataclasses.replace(LINE, text="snmp-server community <masked> RO")), "new"),
    "twin with the same lines": (finding(LINE), finding(LINE, dataclasses.replace(LINE, source="a/sw2.cfg")), "new"),
    "a line less": (finding(LINE, LINE), finding(LINE), "updated"),
    "graver": (finding(severity="medium"), finding(), "new"),
    "less grave": (finding(), finding(severity="medium"), "updated"),
    "another subject": (finding(), finding(key="other"), "new"),
    "waiver ended": (finding(status=Status.WAIVED), finding(), "new"),
    "waived since": (finding(), finding(status=Status.WAIVED), "updated"),
    "decided against": (finding(status=Status.REVIEW), finding(), "new"),
    "no longer decided": (finding(), finding(status=Status.REVIEW), "updated"),
    "to be confirmed, with more": (finding(), finding(LINE, WIRE, status=Status.REVIEW), "new"),
}


@pytest.mark.parametrize("name", CHANGED)
def test_what_is_new(name: str) -> None:
    before, after, expected = CHANGED[name]
    assert state(before, after) == expected


def test_only_what_is_new_fails() -> None:
    old, new = finding(key="old"), finding(key="new")
    waiting = finding(key="wait", status=Status.REVIEW)
    before = results(rule(old))
    assert not failing(compared(before, before, "a", ""), Severity.INFO, OnReview.FAIL)
    later = compared(results(rule(old, new), rule(waiting, name="second")), before, "a", "")
    assert [r.rule for r in failing(later, Severity.HIGH, OnReview.FAIL)] == ["some-rule", "second"]
    assert [r.rule for r in failing(later, Severity.HIGH, OnReview.REPORT)] == ["some-rule"]
    assert not failing(later, Severity.CRITICAL, OnReview.FAIL)
    assert [f.id for f in later.rules[0].findings] == ["new", "old"], "what is new comes first"
    assert (later.baseline.new, later.baseline.unchanged) == (2, 1)


def test_what_was_accepted_at_once_is_no_news() -> None:
    old, accepted = finding(key="old"), finding(key="accepted", status=Status.WAIVED)
    before = results(rule(old))
    told = compared(results(rule(old, accepted)), before, "a", "")
    assert [f.baseline_state for f in told.rules[0].findings] == ["unchanged", "new"]
    assert not any("[some-rule]" in line for line in short(told, ()))
    later = compared(results(rule(old, finding(key="open"))), before, "a", "")
    assert any("[some-rule]" in line for line in short(later, ()))


def test_rules_outside_the_profile_count_and_the_nursery_does_not() -> None:
    before = results()
    outside = compared(dataclasses.replace(before, outside=(rule(finding()),)), before, "a", "")
    assert failing(outside, Severity.HIGH, OnReview.FAIL)
    nursery = compared(dataclasses.replace(before, nursery=(rule(finding()),)), before, "a", "")
    assert not failing(nursery, Severity.HIGH, OnReview.FAIL)


def test_lost_passes_are_told() -> None:
    passed = rule(verdict=Verdict.PASS)
    for now, lost in ((Verdict.NO_EVIDENCE, True), (Verdict.ERROR, True), (Verdict.NOT_APPLICABLE, False)):
        (change,) = compared(results(rule(verdict=now)), results(passed), "a", "").verdict_changes
        assert (change.before, change.after, change.lost) == ("pass", now.value, lost)
    (gone,) = compared(results(), results(passed), "a", "").verdict_changes
    assert (gone.after, gone.lost) == ("", True)


def test_what_is_gone_unjudged_is_no_correction() -> None:
    before = results(rule(finding(dataclasses.replace(LINE, source=f"x/{sample.SWITCH}"))))
    for now, judged in ((Verdict.PASS, True), (Verdict.NO_EVIDENCE, False), (None, False)):
        after = results(*([rule(verdict=now)] if now else []))
        (row,) = compared(after, before, "a", "").absent
        assert row.judged is judged
    elsewhere = results(rule(finding(dataclasses.replace(LINE, source="never-read.cfg"))))
    (row,) = compared(results(rule(verdict=Verdict.PASS)), elsewhere, "a", "").absent
    assert not row.judged, "its file was not examined"
    accepted = compared(results(rule(finding(status=Status.WAIVED))), results(rule(finding())), "a", "")
    assert not accepted.absent


FILES: dict[str, tuple[list[str], str, list[str], bool]] = {
    "moved": (["p/a/sw.cfg", "p/b/sw.cfg"], "p/a/sw.cfg", ["q/a/sw.cfg", "q/b/sw.cfg"], True),
    "moved alone": (["p/sw.cfg"], "p/sw.cfg", ["q/r/sw.cfg"], True),
    "left out beside another of its name": (["p/a/sw.cfg", "p/b/sw.cfg"], "p/a/sw.cfg", ["p/b/sw.cfg"], False),
    "the other of its name": (["p/a/sw.cfg", "p/b/sw.cfg"], "p/b/sw.cfg", ["p/b/sw.cfg"], True),
    "one of two": (["p/sw.cfg"], "p/sw.cfg", ["q/a/sw.cfg", "q/b/sw.cfg"], False),
    "a sheet": (["p/list.xlsx"], "p/list.xlsx[Assets]", ["q/list.xlsx"], True),
    "a sheet of what was not read": (["p/list.xlsx"], "p/list.xlsx[Assets]", ["q/other.xlsx"], False),
}


@pytest.mark.parametrize("name", FILES)
def test_files_are_known_by_the_folders_they_share(name: str) -> None:
    then, source, now, judged = FILES[name]
    model = sample.plant().inputs[0]
    before, after = (
        dataclasses.replace(each, inputs=tuple(dataclasses.replace(model, source=s, complete=True) for s in sources))
        for each, sources in (
            (results(rule(finding(dataclasses.replace(LINE, source=source)))), then),
            (results(rule(verdict=Verdict.PASS)), now),
        )
    )
    (row,) = compared(after, before, "a", "").absent
    assert row.judged is judged


def test_findings_made_on_demand_stay_so() -> None:
    keys = [f"{n:03}" for n in range(300)]
    keys = keys[150:] + keys[:150]

    def lazily(names: list[str]) -> RuleResult:
        made = Lazy(len(names), lambda start, stop: (finding(key=k) for k in names[start:stop]))
        return dataclasses.replace(rule(), findings=made)

    told = compared(results(lazily(keys)), results(lazily(keys[:200])), "a", "").rules[0].findings
    assert isinstance(told, Lazy)
    assert [f.id for f in told] == keys[200:] + keys[:200]
    assert {f.baseline_state for f in told[:100]} == {BaselineState.NEW}


@pytest.mark.parametrize("make", [sample.plant, sample.hostile, sample.empty, sample.without_policy])
def test_results_compared_with_themselves_hold_nothing_new(make: Callable[[], Results]) -> None:
    whole = make()
    saved = from_json(to_json(whole), "a.json")
    told = compared(whole, saved, "a.json", "00")
    assert not told.baseline.new
    assert not told.absent
    assert not told.verdict_changes
    assert {f.baseline_state for r in told.rules for f in r.findings} <= {BaselineState.UNCHANGED}
    assert guid(whole) == told.baseline.guid == guid(saved)
    assert from_json(to_json(told), "b.json") == told
