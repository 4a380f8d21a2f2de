"""``docs/performance.md``: each benchmark writes its own part of it, between two comments, and leaves the others."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

PAGE = Path("docs", "performance.md")


def write(part: str, text: str) -> None:
    """Replace the part of the page that has this name. ValueError when the page has no such part."""
    begin, end = (f"<!-- {mark} {part} -->\n" for mark in ("begin", "end"))
    page = PAGE.read_text("utf-8")
    if page.count(begin) != 1 or page.count(end) != 1:
        raise ValueError(f"{PAGE} has no part {part!r}")
    before, _, rest = page.partition(begin)
    PAGE.write_text(before + begin + text.strip() + "\n" + end + rest.partition(end)[2], "utf-8")


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table whose first column is text and whose others are numbers."""
    rule = ["---", *("---:" for _ in heads[1:])]
    return "".join(f"| {' | '.join(row)} |\n" for row in (heads, rule, *rows))
