"""Links of the documentation lead somewhere, in the source tree and in the site, whose contents have every page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

DOCS = Path("docs")
ROOT_PAGES = [Path(name) for name in ("CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md")]  # docs/root_pages.py has these
PAGES = sorted(DOCS.rglob("*.md"))
LINK = re.compile(r"\]\(([^)\s]+)\)")


def anchors(page: Path) -> set[str]:
    """Of its headings, as Git hosts and the site make them."""
    text = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    headings = re.findall(r"^#+ (.*?)\s*$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", [*PAGES, *ROOT_PAGES, Path("README.md")], ids=str)
def test_links_lead_somewhere(page: Path) -> None:
    broken = []
    for link in LINK.findall(page.read_text(encoding="utf-8")):
        if "://" in link:
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page.resolve()
        found = target.exists() and (not anchor or target.suffix != ".md" or anchor in anchors(target))
        inside = target.is_relative_to(DOCS.resolve()) or target.relative_to(Path.cwd()) in [
            *ROOT_PAGES,
            Path("README.md"),
        ]
        if not found or not inside:
            broken.append(link)
    assert broken == []


def test_the_contents_have_every_page_once() -> None:
    named = re.findall(r"(?:: |- )(\S+\.md)$", Path("mkdocs.yml").read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(named) == sorted([*(str(page.relative_to(DOCS)) for page in PAGES), *map(str, ROOT_PAGES)])
