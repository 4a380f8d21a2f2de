"""The terminal summary: complete, in width, and harmless to a terminal."""

from __future__ import annotations

import dataclasses
import io
import unicodedata
from collections.abc import Iterator

import pytest
from rich.console import Console

from scanner.report import text
from scanner.results.judged_by import ProfileUse
from scanner.results.model import Cause, Doubt, OperationRow, Results, Severity, Verdict
from scanner.results.rows import Lazy
from tests.report import sample, sample_observed
from tests.report.sample_waiting import bare_capture, doubted


def shown(results: Results, *, width: int = 100, colour: bool = False, language: str = "en") -> str:
    out = io.StringIO()
    console = Console(file=out, width=width, force_terminal=colour, color_system="truecolor" if colour else None)
    text.show(results, console, language)
    return out.getvalue()


def columns(line: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line if not unicodedata.combining(c))


def test_everything_a_reader_needs_is_there() -> None:
    out = " ".join(text.render(sample.plant()).split())
    assert "5 Fail (1 critical, 1 high, 1 medium, 1 low, 1 info)" in out
    assert "Not every input could be read completely" in out
    for rule in sample.plant().rules:
        if rule.verdict in {Verdict.FAIL, Verdict.REVIEW, Verdict.ERROR, Verdict.NO_EVIDENCE, Verdict.WAIVED}:
            assert f"[{rule.rule}]" in out
    assert "#9001, 9003, 9005 | 10.10.3.57 → 10.10.1.11:102 s7comm" in out
    assert "configs/sw-cell-1.cfg:187-190" in out
    assert "until 2027-03-31" in out
    assert "资产清单.csv: row 9: 10.10.6.300 is not an IP address" in out
    assert "is no proof of compliance" in out


def test_the_most_severe_comes_first() -> None:
    out = text.render(sample.plant())
    places = [out.index(f"\n{s.value.upper()} ") for s in reversed(Severity)]
    assert places == sorted(places)


@pytest.mark.parametrize("width", [40, 60, 100, 200])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_line_is_wider_than_the_terminal(width: int, language: str) -> None:
    for results in (sample.plant(), sample.hostile()):
        assert max(columns(line) for line in shown(results, width=width, language=language).splitlines()) <= width


def test_colour_only_where_it_is_wanted() -> None:
    assert "\x1b[" in shown(sample.plant(), colour=True)
    assert "\x1b" not in shown(sample.plant())
    assert "\x1b" not in text.render(sample.plant())


def test_hostile_text_cannot_steer_the_terminal() -> None:
    out = text.render(sample.hostile())
    assert all(c == "\n" or c >= " " for c in out)
    assert not any(
        unicodedata.category(c) in {"Cc", "Cs"} or unicodedata.bidirectional(c) in {"RLO", "RLE"}
        for c in out
        if c != "\n"
    )
    assert "[bold]markup[/bold]" in " ".join(out.split())
    out.encode("utf-8")


def test_long_lists_are_cut_and_say_so() -> None:
    plant = sample.plant()
    findings = tuple(sample.finding(str(n), {"en": "s"}, {"en": f"finding {n}"}, ()) for n in range(40))
    rule = sample.counted(dataclasses.replace(plant.rules[0], findings=findings))
    out = text.render(dataclasses.replace(plant, rules=(rule,), problems=plant.problems * 50))
    assert out.count("- finding") == 5
    assert "… and 35 more findings" in out
    assert "… and 70 more (all are in the JSON, CSV and XLSX results)" in out


def test_nothing_at_all() -> None:
    assert "No rule was judged." in text.render(sample.empty())


def test_the_first_screen_tells_what_happened() -> None:
    screen = " ".join(text.render(bare_capture()).splitlines()[:40])
    assert "program download ×3" in screen
    assert "To be confirmed (1 critical)" in " ".join(screen.split())
    assert "HMI-02 (10.10.3.57) → PLC-FILL-1 (10.10.1.11)" in screen


def test_what_could_not_be_judged_is_one_line_for_each_cause() -> None:
    out = " ".join(text.render(bare_capture()).split())
    assert "What could not be judged, and what would help 103 of 104 checks" in out
    assert "24 checks need device configurations" in out
    assert "19 checks need a zones-and-conduits policy: draft one with otaudit policy learn" in out
    assert (
        "60 checks need a longer capture: only 6.0 s of traffic was captured (at least 1 min is needed); "
        "only 6.0 s of traffic was captured (at least 10 min is needed)"
    ) in out
    assert "a policy that declares zones" not in out
    assert "duration-56-7" not in out


def test_a_policy_without_zones_is_asked_for_zones() -> None:
    policy = next(given for given in sample.plant().inputs if given.kind == "policy")
    out = " ".join(text.render(dataclasses.replace(bare_capture(), inputs=(policy,))).split())
    assert "16 checks need a policy that declares zones" in out


def test_a_check_that_needs_several_things_is_counted_under_each() -> None:
    (rule,) = doubted(1, Cause.POLICY, "no policy")
    rule = dataclasses.replace(rule, doubts=(*rule.doubts, Doubt(Cause.INVENTORY, {"en": "no inventory"})))
    out = text.render(dataclasses.replace(bare_capture(), rules=(rule,)))
    assert "1 check needs a zones-and-conduits policy" in out
    assert "1 check needs a device inventory" in out
    assert "is counted under each" in out
    assert "is counted under each" not in text.render(bare_capture())


@pytest.mark.parametrize("cause", list(Cause))
@pytest.mark.parametrize("number", [1, 2])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_cause_has_words(cause: Cause, number: int, language: str) -> None:
    out = shown(dataclasses.replace(bare_capture(), rules=doubted(number, cause, "why")), language=language)
    assert f"  - {number} " in out
    assert "{" not in out


def test_what_was_seen_is_told_whatever_the_verdicts() -> None:
    out = " ".join(text.render(dataclasses.replace(sample.plant(), rules=())).split())
    assert "SCADA-1 (10.10.3.5) → PLC-FILL-1 (10.10.1.11): write ×148 (3 refused) Modbus" in out
    assert "2026-11-03 08:14:07 HMI-02 (10.10.3.57) → PLC-FILL-1 (10.10.1.11) program download ×3 (S7comm)" in out
    assert "3 accepted; not allowed #9001, 9003, 9005 (2026-11-03_cell-switch.pcapng.gz)" in out
    assert "HTTP: HMI-02 (10.10.3.57) → PLC-PACK-2 (10.10.2.12): basic, in clear text" in out
    assert "1 seen, 1 expired, 0 self-signed" in out
    assert "tcp 20500: 412 packets, 20,110 bytes" in out
    assert "Recognised 6 of 7 conversations, 98% of the payload" in out


def test_the_same_is_told_in_chinese() -> None:
    out = " ".join(shown(sample.plant(), language="zh").split())
    assert "写入 ×148 (3 次拒绝) Modbus" in out
    assert "程序下载 ×3 (S7comm)" in out
    assert "What" not in out
    assert "none seen" not in out


def operation(number: int, minutes: int) -> OperationRow:
    row = sample_observed.operations()[0]
    moment = f"2026-11-03T{8 + minutes // 60:02d}:{minutes % 60:02d}:00Z"
    seen = dataclasses.replace(row.seen, first_time=moment, last_time=moment)
    return dataclasses.replace(row, object=f"DB{number}", seen=seen)


def test_operations_close_together_are_one_event_and_the_rest_is_counted() -> None:
    plant = sample.plant()
    near = [operation(n, 0) for n in range(4)]
    far = [operation(n, 3 * n) for n in range(4, 20)]
    command = dataclasses.replace(sample_observed.commands()[0], count=60)
    results = dataclasses.replace(plant, operations=(*near, *far), commands=(command,))
    out = " ".join(text.render(results).split())
    assert (
        "program download ×12 (S7comm): Request download DB0, Request download DB1, Request download DB2 and 1" in out
    )
    assert "… and 21 more such requests" in out  # 10 events of 12 and nine times 3 requests are shown


def test_of_many_operations_only_those_that_change_something_are_read() -> None:
    reads = sample_observed.operations()[1]

    def part(start: int, stop: int) -> Iterator[OperationRow]:
        assert start < 4096, "rows are read of which nothing is shown"
        return iter([operation(n, 0) if n < 3 else reads for n in range(start, stop)])

    results = dataclasses.replace(sample.plant(), operations=Lazy(10_000_000, part))
    assert "program download ×9" in text.render(results)


def test_what_fails_outside_the_profile_has_its_own_heading() -> None:
    plant = sample.plant()
    out = text.render(dataclasses.replace(plant, rules=plant.rules[1:], outside=plant.rules[:1]))
    assert out.index("Outside the profile, critical or high  the profile") < out.index("[cmd-program-download]")
    assert out.index("[cmd-program-download]") < out.index("What was seen")
    assert "     1 Outside the profile" in out


def test_a_profile_says_what_it_changes_and_leaves_out() -> None:
    out = text.render(sample.plant())
    for line in (
        "- Extends IEC 62443-3-3 for SL-T 1 [iec62443-sl1]",
        "- Added: port-scan",
        "- Excluded: login-banner-missing",
        "- telnet-enabled: Severity critical (before: high)",
        "- session-timeout-missing: Longest time without input 5m (before: 10m)",
        "- port-scan: ports 30 (before: 15)",
        "- Profile iec62443-sl2 leaves out 2 of 109 checks, 1 of them critical",
    ):
        assert line in out
    whole = dataclasses.replace(sample.plant(), profile_use=ProfileUse(selected=4))
    assert "leaves out" not in text.render(whole)


def test_long_names_take_no_screen() -> None:
    plant = sample.plant()
    device = dataclasses.replace(plant.devices[0], name="N" * 10_000, roles=("r" * 10_000,))
    command = sample_observed.commands()[0]
    command = dataclasses.replace(
        command, client=dataclasses.replace(command.client, name="C" * 10_000), verb="v" * 9999
    )
    out = text.render(dataclasses.replace(plant, rules=(), devices=(device,), commands=(command,)))
    assert len(out) < 8_000


def test_a_terminal_without_unicode_gets_plain_signs() -> None:
    raw = io.BytesIO()
    console = Console(file=io.TextIOWrapper(raw, encoding="ascii", write_through=True), width=100)
    text.show(sample.plant(), console)
    out = raw.getvalue().decode("ascii")
    assert "HMI-02 (10.10.3.57) -> PLC-FILL-1 (10.10.1.11)" in " ".join(out.split())
    assert "program download x3" in out


@pytest.mark.parametrize("devices", [0, 1, 5000])
def test_any_size_fits(devices: int) -> None:
    results = sample.huge(devices=devices)
    out = text.render(results)
    assert len(out.splitlines()) < 400
    for rule in results.rules:
        shown_of = {Severity.CRITICAL: 5, Severity.HIGH: 5, Severity.MEDIUM: 3}.get(rule.severity, 1)
        hidden = rule.coverage.failing_findings - shown_of
        if hidden > 0 and rule.verdict is Verdict.FAIL:
            assert f"… and {hidden:,} more findings" in out


def test_each_framework_is_one_line_with_its_counts() -> None:
    plant = sample.plant()
    framework = plant.frameworks[0]
    verdicts = (Verdict.FAIL, Verdict.FAIL, Verdict.PASS, None, None, None)
    requirements = [dataclasses.replace(framework.requirements[0], requirement=str(n)) for n in range(len(verdicts))]
    judged = tuple(
        dataclasses.replace(r, verdict=verdict, conclusion=verdict or "manual")
        for r, verdict in zip(requirements, verdicts, strict=True)
    )
    scaled = dataclasses.replace(framework, framework="scaled", scale="gb-t-28448", requirements=judged)
    plain = dataclasses.replace(framework, framework="plain", scale="", requirements=judged)
    out = " ".join(text.render(dataclasses.replace(plant, frameworks=(plain, scaled))).split())
    assert "[plain]: 2 Fail, 1 Pass, 3 Manual - " in out
    assert "[scaled]: 2 Does not conform, 1 Conforms, 3 Manual verification" in out
