from __future__ import annotations

from pathlib import Path

from scanner.facts.protocols_reference import page
from scanner.protocols import protocols

ROOT = Path(__file__).parents[2]


def test_the_page_is_current() -> None:
    written = (ROOT / "docs" / "protocols.md").read_text(encoding="utf-8")
    assert written == page(ROOT), "run: make docs"


def test_every_protocol_is_on_it_twice() -> None:
    text = page(ROOT)
    for protocol in protocols().values():
        title = protocol.title.replace("|", "\\|")
        assert text.count(f"| {title} |") >= 2, protocol.name
        assert f"| `{protocol.name}` |" in text
