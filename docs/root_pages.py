"""A hook of mkdocs: pages of the site that stand in the root of the source tree, where people look for them first."""

from __future__ import annotations

import re
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT = Path(__file__).parent.parent
PAGES = ("CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md")
_TO_DOCS = re.compile(r"\]\(docs/")
_TO_ROOT = re.compile(rf"\]\(\.\./({'|'.join(map(re.escape, PAGES))})")


def on_files(files: Files, *, config: MkDocsConfig) -> Files:
    """The pages of the root beside those of ``docs/``."""
    for name in PAGES:
        files.append(File.generated(config, name, abs_src_path=str(ROOT / name)))
    return files


def on_page_markdown(markdown: str, *, page: Page, config: MkDocsConfig, files: Files) -> str:  # noqa: ARG001 - the hook's
    """Links between the root and ``docs/``, which are one folder in the site."""
    return _TO_DOCS.sub("](", markdown) if page.file.src_path in PAGES else _TO_ROOT.sub(r"](\1", markdown)
