"""What is made of the Sigma rules in ``sigma_rules/``: the rule files, or why there are none.

``PYTHONPATH=. python tests/engine/test_sigma_written.py`` writes ``sigma_rules/written.txt`` anew; what changed in it
has to be meant.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from scanner.engine.sigma.reading import SigmaDocument, documents
from scanner.engine.sigma.witness import meeting
from scanner.engine.sigma.writing import Written, written
from scanner.errors import DefinitionError

FOLDER = Path(__file__).parent / "sigma_rules"
GOLDEN = FOLDER / "written.txt"


def lines() -> Iterator[str]:
    for path in sorted(FOLDER.glob("*.yml")):
        read = list(documents(path.read_bytes(), path.name))
        yield from (str(p) for one in read if isinstance(one, DefinitionError) for p in one.problems)
        for found in written(one for one in read if isinstance(one, SigmaDocument)):
            yield from [f"== {found.name}", *found.text.splitlines()] if isinstance(found, Written) else [str(found)]


def test_rules_are_written_as_they_were() -> None:
    assert list(lines()) == GOLDEN.read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        ("abc", "abc"),
        ("a.c", "axc"),
        (r"\d\w\s", "0xx"),
        ("[^a]", "x"),
        ("[^x0]", "_"),
        ("[^x_]", "0"),
        (r"[^\w~]", " "),
        (r"[^\dx]", "_"),
        ("[^a-z0-9]", "_"),
        ("[d-f]", "d"),
        ("[xyz]", "x"),
        (r"[\d.]", "0"),
        ("(a|b)c", "ac"),
        ("(?:ab){2,3}", "abab"),
        ("a*b+?c?", "b"),
        ("a{2}+b", "aab"),
        ("(?:ab)++c", "abc"),
        (r"a\Z", "a"),
        ("^$", ""),
        ("(", "("),
        ("x{9999}", "x" * 2000),
        ("(x{1999}y{9}){2}", "x" * 1999 + "y"),
    ],
)
def test_a_text_in_which_an_expression_is_found(expression: str, text: str) -> None:
    assert meeting(expression) == text
    if len(text) < 2000 and expression not in ("(", r"\d\w\s"):
        assert re.search(expression, text)


if __name__ == "__main__":
    GOLDEN.write_text("\n".join((*lines(), "")), encoding="utf-8")
