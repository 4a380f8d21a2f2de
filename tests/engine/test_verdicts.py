from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from scanner.engine.definitions.waiver_values import Exactly
from scanner.engine.definitions.waivers import Waiver
from scanner.engine.verdict.verdicts import Terms
from scanner.provenance import Defect
from scanner.results.model import Verdict
from tests.engine.engine_cases import KINDS, TODAY, capture, case, changed, judged, observation, rule
from tests.wording.in_both import both

WRITE = {"verb": "write", "client": "10.0.0.5", "server": "10.0.1.5", "protocol": "modbus", "count": 3}
GOOD, BAD, UNKNOWN = WRITE | {"allowed": True}, WRITE | {"allowed": False}, WRITE | {"allowed": None}
READ = {"verb": "read", "protocol": "modbus", "count": 9}
HOLED = {
    "client": "10.0.0.5",
    "server": "10.0.1.5",
    "transport": "tcp",
    "server_port": 502,
    "protocol": "modbus",
    "industrial": True,
    "client_bytes": 400,
    "server_bytes": 900,
    "client_unread": 72,
    "client_doubt_frame": 9,
}
START = datetime(2026, 1, 1, 8, tzinfo=UTC)
PLAIN = rule()
PATIENT = rule(changed(("severity: high", "severity: high\nminimum: {duration: 600}")))


def lasting(seconds: float, start: datetime = START, **columns: Any) -> dict[str, Any]:
    end = start + timedelta(seconds=seconds)
    return capture(first_time=start, last_time=end, duration=seconds, **columns)


def verdict(given: Any = PLAIN, terms: Terms | None = None, **facts: Any) -> tuple[str, str]:
    result = judged(given, case(**facts), terms)
    return result.verdict.value, result.reason["en"]


@pytest.mark.parametrize(
    ("operations", "wanted"),
    [
        ([BAD], "fail"),
        ([GOOD, BAD, UNKNOWN], "fail"),
        ([GOOD], "pass"),
        ([GOOD, READ], "pass"),
        ([GOOD, UNKNOWN], "no-evidence"),
        ([UNKNOWN], "no-evidence"),
        ([READ], "not-applicable"),
        ([], "not-applicable"),
    ],
)
def test_subjects_decide(operations: list[dict[str, Any]], wanted: str) -> None:
    assert verdict(operations=operations)[0] == wanted


@pytest.mark.parametrize("missing", ["capture", "policy"])
@pytest.mark.parametrize("operations", [[BAD], [GOOD], []])
def test_a_missing_input_is_no_evidence(missing: str, operations: list[dict[str, Any]]) -> None:
    kinds = tuple(k for k in KINDS if k != missing)
    name = {"capture": "packet capture", "policy": "zones-and-conduits policy"}[missing]
    assert verdict(kinds=kinds, operations=operations) == ("no-evidence", f"No {name} was given.")


def test_both_missing_inputs_are_named_in_both_languages() -> None:
    reason = judged(PLAIN, case(kinds=("inventory",))).reason
    assert both(reason) == {
        "en": "No packet capture or zones-and-conduits policy was given.",
        "zh": "未提供流量采集数据和区域与管道策略。",
    }


@pytest.mark.parametrize(
    ("captured", "word"),
    [
        (capture(complete=False, unread="the file ends in the middle of packet 7"), "middle of packet 7"),
        (capture(complete=False, limits=["conversations: 12"]), "conversations: 12"),
        (capture(packets=0), "no packets"),
        (capture(not_understood_packets=600), "60% of the packets could not be decoded"),
    ],
)
def test_bad_captures_earn_neither_pass_nor_not_applicable(captured: dict[str, Any], word: str) -> None:
    for operations in ([GOOD], []):
        found, reason = verdict(captures=[captured], operations=operations)
        assert found == "no-evidence"
        assert word in reason
    assert verdict(captures=[captured], operations=[BAD])[0] == "fail", "what was seen stays proven"


def test_absence_is_not_believed_where_most_payload_was_not_recognised() -> None:
    for operations in ([], [GOOD]):
        found, reason = verdict(observations=[observation(recognised_share=0.49)], operations=operations)
        assert found == "no-evidence"
        assert "51% of the payload belongs to conversations whose protocol was not recognised" in reason
    assert verdict(observations=[observation(recognised_share=0.5)], operations=[])[0] == "not-applicable"
    assert verdict(observations=[observation(recognised_share=0.5)], operations=[GOOD])[0] == "pass"


def test_one_bad_capture_among_good_ones_is_enough() -> None:
    captures = [capture(), capture(capture="bad", source="bad.pcap", complete=False, unread="damaged")]
    found, reason = verdict(captures=captures, operations=[GOOD])
    assert found == "no-evidence"
    assert "bad.pcap: damaged" in reason


@pytest.mark.parametrize("kind", ["policy", "capture"])
def test_an_input_read_in_part_earns_no_pass(kind: str) -> None:
    captures = [capture(complete=kind != "capture")]
    assert verdict(captures=captures, incomplete=(kind,), operations=[GOOD])[0] == "no-evidence"
    assert verdict(captures=captures, incomplete=(kind,), operations=[])[0] == "no-evidence"


def test_an_incomplete_input_that_the_rule_does_not_need_changes_nothing() -> None:
    assert verdict(incomplete=("inventory", "configuration"), operations=[GOOD])[0] == "pass"


@pytest.mark.parametrize(
    ("given", "seconds", "operations", "wanted"),
    [
        (PLAIN, 1, [GOOD], "pass"),
        (PLAIN, 59, [], "no-evidence"),
        (PLAIN, 60, [], "not-applicable"),
        (PATIENT, 599, [GOOD], "no-evidence"),
        (PATIENT, 600, [GOOD], "pass"),
        (PATIENT, 599, [], "no-evidence"),
        (PATIENT, 600, [], "not-applicable"),
        (PATIENT, 1, [BAD], "fail"),
    ],
)
def test_silence_takes_time(given: Any, seconds: float, operations: list[dict[str, Any]], wanted: str) -> None:
    assert verdict(given, captures=[lasting(seconds)], operations=operations)[0] == wanted


def test_a_rule_may_ask_for_less_than_the_floor() -> None:
    brief = rule(changed(("severity: high", "severity: high\nminimum: {duration: 0}")))
    assert verdict(brief, captures=[lasting(1)], operations=[])[0] == "not-applicable"


def test_a_profile_may_ask_for_more() -> None:
    terms = Terms(TODAY, minimum_duration=3601)
    assert verdict(PLAIN, terms, operations=[GOOD])[0] == "no-evidence"
    assert verdict(PLAIN, Terms(TODAY, minimum_duration=3600), operations=[GOOD])[0] == "pass"


def test_enough_subjects() -> None:
    three = rule(changed(("severity: high", "severity: high\nminimum: {subjects: 3}")))
    other = GOOD | {"object": "other"}
    assert verdict(three, operations=[GOOD, other])[0] == "no-evidence"
    assert verdict(three, operations=[GOOD, other, GOOD | {"object": "third"}])[0] == "pass"


def test_no_subject_may_mean_no_evidence() -> None:
    strict = rule(changed(("severity: high", "severity: high\nempty: no-evidence")))
    assert verdict(strict, operations=[READ])[0] == "no-evidence"


def test_subjects_that_cannot_be_judged_never_fail_and_prevent_a_pass() -> None:
    careful = rule(changed(("severity: high", "severity: high\nunknown_when: {client_zone: null}")))
    inside = {"client_zone": "cell"}
    assert verdict(careful, operations=[BAD])[0] == "no-evidence"
    assert verdict(careful, operations=[BAD | inside])[0] == "fail"
    assert verdict(careful, operations=[GOOD | inside])[0] == "pass"
    found, reason = verdict(careful, operations=[GOOD | inside, GOOD])
    assert found == "no-evidence"
    assert "1 could not be judged" in reason


def test_a_scope_that_is_unknown_is_a_doubt_only_where_it_matters() -> None:
    crossing = rule(changed(("where: {verb: write}", "where: {crosses_zones: true}")))
    assert verdict(crossing, operations=[GOOD | {"crosses_zones": None}])[0] == "not-applicable", "it passes either way"
    assert verdict(crossing, operations=[BAD | {"crosses_zones": None}])[0] == "no-evidence"
    assert verdict(crossing, operations=[BAD | {"crosses_zones": False}])[0] == "not-applicable"


@pytest.mark.parametrize(
    ("given", "component", "wanted"),
    [
        (PLAIN, "modbus", "error"),
        (PLAIN, "tls", "error"),
        (rule(changed(("where: {verb: write}", "where: {verb: write, protocol: modbus}"))), "modbus", "error"),
        (rule(changed(("where: {verb: write}", "where: {verb: write, protocol: modbus}"))), "tls", "pass"),
        (rule(changed(("severity: high", "severity: high\nprotocols: [modbus]"))), "modbus", "error"),
        (rule(changed(("severity: high", "severity: high\nprotocols: [modbus]"))), "tls", "pass"),
        (PLAIN, "cisco-ios", "pass"),
        (PLAIN, "something else", "error"),
    ],
)
def test_a_defect_of_otaudit_makes_silence_worthless(given: Any, component: str, wanted: str) -> None:
    defects = (Defect(component, "KeyError: 'x'", 12),)
    found, reason = verdict(given, defects=defects, operations=[GOOD])
    assert found == wanted
    assert ("KeyError" in reason) == (wanted == "error")
    found, reason = verdict(given, defects=defects, operations=[BAD])
    assert found == "fail"
    assert ("there may be more" in reason) == (wanted == "error")


def test_an_error_wins_over_silence_of_every_kind() -> None:
    defects = (Defect("modbus", "KeyError: 'x'"),)
    for operations in ([], [UNKNOWN], [READ]):
        assert verdict(defects=defects, operations=operations)[0] == "error"


def test_waived() -> None:
    waiver = Waiver("policy.yaml", 9, PLAIN.id, (("client", (Exactly("10.0.0.5"),)),), "Agreed", "Head", TODAY)
    terms = Terms(TODAY, (waiver,))
    result = judged(PLAIN, case(operations=[BAD, GOOD]), terms)
    assert (result.verdict, result.coverage.failing, result.coverage.waived) == (Verdict.WAIVED, 0, 1)
    assert result.findings[0].waiver["en"] == "Agreed (approved by Head, until 2026-05-01)"
    both = judged(PLAIN, case(operations=[BAD, BAD | {"client": "10.0.0.6"}]), terms)
    assert (both.verdict, both.coverage.failing, both.coverage.waived) == (Verdict.FAIL, 1, 1)
    assert [bool(f.waiver) for f in both.findings] == [False, True]


def test_an_expired_waiver_does_not_count_and_is_told() -> None:
    waiver = Waiver("policy.yaml", 9, PLAIN.id, (), "Agreed", "Head", TODAY - timedelta(days=1))
    found, reason = verdict(PLAIN, Terms(TODAY, (waiver,)), operations=[BAD])
    assert found == "fail"
    assert "a waiver (policy.yaml, line 9) expired on 2026-04-30" in reason


def test_a_waiver_of_another_rule_does_not_count() -> None:
    waiver = Waiver("policy.yaml", 9, "another-rule", (), "Agreed", "Head", None)
    assert verdict(PLAIN, Terms(TODAY, (waiver,)), operations=[BAD])[0] == "fail"


def test_a_pass_carries_its_coverage() -> None:
    operations = [GOOD | {"count": 1200}, GOOD | {"count": 4, "client": "10.0.0.6"}]
    captures = [lasting(11_520), capture(capture="b")]
    result = judged(PLAIN, case(captures=captures, operations=operations))
    assert both(result.coverage.text) == {
        "en": "1,204 write operations (2 distinct forms) between 2 clients and 1 server in 2 captures over 3 h 12 min",
        "zh": "2 个流量采集文件（3 小时 12 分）中 2 个客户端与 1 个服务端之间的 1,204 次“写入”操作（2 种不同形式）",
    }
    assert result.reason["en"] == f"No violation in {result.coverage.text['en']}."


def test_captures_are_subjects_however_bad_they_are() -> None:
    text = changed(
        ("table: operations", "table: captures"),
        ("  where: {verb: write}\n", ""),
        ("needs: [capture, policy]", "needs: [capture]"),
    )
    text = text.replace("fail: {allowed: false}", "fail: {packets|lt: 5}").replace(
        "group_by: [client, server]", "group_by: [source]"
    )
    text = text.replace("{client} wrote to {server} {count} times", "{source}").replace(
        "{client} 向 {server} 写入 {count} 次", "{source}"
    )
    text = text.replace("operations: [{verb: write, allowed: false}]", "captures: [{packets: 1}]")
    text = text.replace("operations: [{verb: write, allowed: true}]", "captures: [{packets: 9}]")
    text = text.replace("operations: [{verb: read}]", "captures: []")
    sufficient = rule(text)
    assert verdict(sufficient, captures=[capture(complete=False)])[0] == "pass"
    assert verdict(sufficient, captures=[capture(packets=0)])[0] == "fail"
    assert verdict(sufficient, captures=[])[0] == "no-evidence"


@pytest.mark.parametrize(
    ("facts", "causes"),
    [
        ({"operations": [BAD]}, []),
        ({"operations": [GOOD]}, []),
        ({"kinds": ("inventory",)}, ["input:capture", "input:policy"]),
        ({"operations": [GOOD, UNKNOWN]}, ["unjudged"]),
        ({"captures": [lasting(6)]}, ["duration"]),
        ({"captures": [capture(packets=0)]}, ["no-packets"]),
        (
            {"captures": [lasting(6, not_understood_packets=600)], "flows": [HOLED]},
            ["not-understood", "lost", "duration"],
        ),
        ({"captures": [capture(complete=False, unread="it ends too early")]}, ["unread"]),
    ],
)
def test_what_kept_a_rule_from_being_judged_is_named_one_by_one(facts: dict[str, Any], causes: list[str]) -> None:
    result = judged(PLAIN, case(**facts))
    assert [d.cause.value for d in result.doubts] == causes
    for doubt in result.doubts:
        assert doubt.text["en"].removeprefix("no ").removesuffix(" was given") in result.reason["en"]
        assert both(doubt.text)["zh"].removeprefix("未提供") in both(result.reason)["zh"]


def test_several_reasons_make_one_sentence() -> None:
    _, reason = verdict(captures=[lasting(6, not_understood_packets=600)], flows=[HOLED])
    assert reason == (
        "Nothing relevant was seen, but 60% of the packets could not be decoded, 72 B of the requests are missing or "
        "were not read in 10.0.0.5 → 10.0.1.5 tcp/502 modbus (frame 9) "
        "and only 6.0 s of traffic between two ends was captured (at least 1 min is needed), "
        "which is too little to rule it out."
    )


ASKING = rule(
    changed(
        ("needs: [capture, policy]", "needs: [capture]"),
        (
            "fail: {allowed: false}",
            (
                "fail: {allowed: false}\nunknown_when: {function: odd}\n"
                "review: {title: {en: W, zh: 写}, authority: [policy, inventory], severity: medium, "
                "when: {undecided: true}}"
            ),
        ),
    )
)
OPEN, ODD = GOOD | {"undecided": True}, GOOD | {"function": "odd"}


@pytest.mark.parametrize(
    ("kinds", "operations", "wanted", "coverage", "said"),
    [
        (KINDS, [GOOD], "pass", (0, 0, 0), "No violation"),
        (KINDS, [OPEN], "review", (0, 1, 0), "neither the policy nor the inventory says it"),
        (KINDS, [UNKNOWN], "review", (0, 1, 0), "1 of 1 distinct operation must be confirmed"),
        (KINDS, [OPEN | {"allowed": False}], "review", (0, 1, 0), ""),
        (KINDS, [BAD, OPEN], "fail", (1, 1, 0), "1 of 2 distinct operations failed; 1 must be confirmed"),
        (KINDS, [BAD, OPEN, ODD], "fail", (1, 1, 1), "failed; 1 could not be judged; 1 must be confirmed"),
        (KINDS, [OPEN, ODD], "review", (0, 1, 1), "so nobody has said whether it is allowed; 1 could not be judged"),
        (KINDS, [ODD], "no-evidence", (0, 0, 1), ""),
        (KINDS, [READ | {"undecided": True}], "not-applicable", (0, 0, 0), ""),
        (("capture", "policy"), [BAD], "review", (0, 1, 0), "no device inventory was given"),
        (("capture",), [GOOD], "review", (0, 1, 0), "no zones-and-conduits policy or device inventory was given"),
        (("capture",), [READ], "not-applicable", (0, 0, 0), ""),
    ],
)
def test_what_nobody_has_allowed_or_forbidden_is_for_review(
    kinds: tuple[str, ...], operations: list[dict[str, Any]], wanted: str, coverage: tuple[int, ...], said: str
) -> None:
    result = judged(ASKING, case(kinds=kinds, operations=operations))
    assert result.verdict.value == wanted
    assert (result.coverage.failing, result.coverage.review, result.coverage.unjudged) == coverage
    assert said in result.reason["en"]
    assert (result.severity.value == "medium") == (wanted == "review"), "what is only asked accuses nobody"
    assert {f.status.value for f in result.findings} == {
        name for name, number in (("fail", coverage[0]), ("review", coverage[1])) if number
    }


def test_today_is_the_day_of_the_judgement_and_captured_that_of_the_last_packet() -> None:
    for anchor, wanted in (("today", "pass"), ("captured", "fail")):
        given = rule(changed(("fail: {allowed: false}", f"fail: {{last_time|after: {anchor} - 1d}}")))
        seen = GOOD | {"first_time": START, "last_time": START}
        result = judged(given, case(operations=[seen], captures=[lasting(3600)]), Terms(TODAY))
        assert result.verdict.value == wanted, anchor


def test_a_rule_that_cannot_be_evaluated_is_an_error_and_says_why() -> None:
    facts = case(operations=[BAD])
    facts = replace(facts, tables={**facts.tables, "operations": facts.tables["operations"].drop("allowed")})
    result = judged(PLAIN, facts)
    assert (result.verdict, [d.cause.value for d in result.doubts]) == (Verdict.ERROR, ["defect"])
    assert "The rule could not be evaluated" in result.reason["en"]
    assert not result.reason["en"].endswith(": None")
    assert (result.findings, result.severity) == ((), PLAIN.severity)
