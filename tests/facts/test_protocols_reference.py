from __future__ import annotations

from pathlib import Path

import pytest

from scanner.facts.protocols_reference import page
from scanner.protocols import protocols

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def text() -> str:
    return page(ROOT)


def test_the_page_is_current(text: str) -> None:
    written = (ROOT / "docs" / "protocols.md").read_text(encoding="utf-8")
    assert written == text, "run: make docs"


def test_every_protocol_is_on_it_twice(text: str) -> None:
    for protocol in protocols().values():
        title = protocol.title.replace("|", "\\|")
        assert text.count(f"| {title} |") >= 2, protocol.name
        assert f"| `{protocol.name}` |" in text
