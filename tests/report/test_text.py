"""The terminal summary: complete, in width, and harmless to a terminal."""

from __future__ import annotations

import dataclasses
import io
import unicodedata

import pytest
from rich.console import Console

from scanner.report import text
from scanner.results.model import Results, Severity, Verdict
from tests.report import sample


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
        if rule.verdict in {Verdict.FAIL, Verdict.ERROR, Verdict.NO_EVIDENCE, Verdict.WAIVED}:
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
    rule = dataclasses.replace(plant.rules[0], findings=findings)
    out = text.render(dataclasses.replace(plant, rules=(rule,), problems=plant.problems * 50))
    assert out.count("- finding") == 5
    assert "… and 35 more findings" in out
    assert "… and 70 more (all are in the JSON results)" in out


def test_nothing_at_all() -> None:
    assert "No rule was judged." in text.render(sample.empty())
