from __future__ import annotations

from pathlib import Path

import pytest

from scanner.engine.quality_reference import PAGE, Quality, page
from tests import packaged

ROOT = Path(__file__).parents[2]


def test_the_page_is_current() -> None:
    assert (ROOT / PAGE).read_text(encoding="utf-8") == page(tuple(packaged.rules().values()), ROOT), "run: make docs"


@pytest.mark.parametrize(
    ("quality", "scale"),
    [
        (Quality(content=True, assigned=False, verbs=9, recorded="a stack", compared="tshark", rules=1), "gold"),
        (Quality(content=False, assigned=True, verbs=9, recorded="a stack", compared="tshark", rules=1), "gold"),
        (Quality(content=False, assigned=False, verbs=9, recorded="a stack", compared="tshark", rules=1), "silver"),
        (Quality(content=True, assigned=False, verbs=9, recorded="", compared="", rules=3), "bronze"),
        (Quality(content=True, assigned=False, verbs=9, recorded="", compared="description", rules=3), "bronze"),
        (Quality(content=False, assigned=False, verbs=9, recorded="", compared="", rules=0), "named"),
    ],
)
def test_scale(quality: Quality, scale: str) -> None:
    assert quality.scale == scale


def test_a_recording_counts_only_when_its_origin_says_so() -> None:
    text = page(tuple(packaged.rules().values()), ROOT)
    assert "| Modbus/TCP, UMAS | gold |" in text
    assert "| BSAP | " in text
    assert next(line for line in text.splitlines() if line.startswith("| BSAP |")).count("| built |") == 1
