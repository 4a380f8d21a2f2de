"""Operating systems and life cycles as people write them, on a day of their own."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import yaml

from scanner.assets.lifecycle import life_cycle
from scanner.assets.support import support_of

CASES = yaml.safe_load((Path(__file__).parent / "support.yaml").read_text(encoding="utf-8"))
TODAY = CASES["today"]


def supported(text: str) -> str:
    known = support_of(text)
    if known.until is not None and known.until < TODAY:
        return "ended"
    return "supported" if known.certain is not None and known.certain >= TODAY else "unknown"


@pytest.mark.parametrize(("verdict", "text"), [(v, t) for v, texts in CASES["systems"].items() for t in texts])
def test_systems(verdict: str, text: str) -> None:
    assert supported(text) == verdict, support_of(text)


@pytest.mark.parametrize(("text", "wanted"), CASES["life_cycles"].items())
def test_life_cycles(text: str, wanted: str | date | None) -> None:
    said = life_cycle(text)
    assert said.ends == (wanted if isinstance(wanted, date) else None)
    assert said.state == (wanted if isinstance(wanted, str) else "")


@pytest.mark.parametrize("text", ["", "x" * 5000, "2026-99-99", "99999999999", "Q9 2026", "(" * 300, "\0\ud800"])
def test_anything_is_read(text: str) -> None:
    life_cycle(text)
    support_of(text)
