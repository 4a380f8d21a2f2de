"""Words that are gone: each had a plainer one, or the field's own, which docs/glossary.md and the code use instead."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

CODE = ("scanner/**/*.py", "scanner/**/*.pxd", "scanner/**/*.in", "benchmarks/*.py", "setup.py")
PROSE = ("README.md", "CONTRIBUTING.md", "docs/**/*.md", "rules/**/*.yaml", "reports/words/*.po")
EVERYWHERE = (*CODE, *PROSE)
GONE = (
    (r"\bcutters?\b|\bCutter\b|\bCutting\b(?! Edge)", "delimiter, segmentation", EVERYWHERE),
    (
        r"\b(in|out of) step\b|\b(IN|OUT_OF)_STEP\b",
        "in sync, out of sync",
        tuple(f"scanner/{d}/**/*.{s}" for d in ("capture", "framing") for s in ("py", "pxd")),
    ),
    (r"carr(y|ies) meaning|\bis no meaning\b", "significant bytes, ignored", EVERYWHERE),
    (r"\bKind\.ORDER\b", "UNCONFIRMED", CODE),
    (
        r"\b(Behind|Residue|Pick|Elements|Blocks|Dialogue|Enriched|Book|Who)\b\(",
        "After, CrcResidue, Select, BerElements …",
        CODE,
    ),
    (r"\bdeeds?\b|\bsayings\b|\b_hear\b", "operations, statements, collect", EVERYWHERE),
    (r"read in whole", "read completely", EVERYWHERE),
    (r"\d wanted\b", "expected", EVERYWHERE),
    (r"\bmend(ed|s)?\b", "fix", EVERYWHERE),
    (r"\bis too little for a pass", "what could not be judged", EVERYWHERE),
    (r"\btold\(|\.told\b|\bTold\b|_told\b|\b_?told_\w", "what it gives: texts, problems, statements, lines", CODE),
    (r"\bdef \w+_behind\w*\(|\bbehind_\w", "after", CODE),
    (r"shows its credentials", "sends … in clear text", EVERYWHERE),
)


def uses(pattern: str, globs: tuple[str, ...]) -> Iterator[str]:
    """Where the word still is."""
    for path in sorted({p for glob in globs for p in Path().glob(glob)}):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if re.search(pattern, line):
                yield f"{path}:{number}: {line.strip()}"


@pytest.mark.parametrize(("pattern", "instead", "globs"), GONE, ids=[instead for _, instead, _ in GONE])
def test_the_word_is_gone(pattern: str, instead: str, globs: tuple[str, ...]) -> None:
    assert not list(uses(pattern, globs)), f"say {instead}"


CLASSES = re.compile(r"^class ([A-Z]\w*)", re.MULTILINE)


def test_no_two_public_classes_have_one_name() -> None:
    where: dict[str, list[str]] = {}
    for path in sorted(Path("scanner").rglob("*.py")):
        if not any(part.startswith("_") for part in path.parts):
            for name in CLASSES.findall(path.read_text(encoding="utf-8")):
                where.setdefault(name, []).append(str(path))
    assert {name: paths for name, paths in where.items() if len(paths) > 1} == {}
