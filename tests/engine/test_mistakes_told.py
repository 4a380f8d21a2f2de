"""What is said of every mistake in ``mistakes/``: file, line and column, what is wrong, what to do, in this order.

``PYTHONPATH=. python tests/engine/test_mistakes_told.py`` writes
``mistakes/told.txt`` anew; what changed in it has to be meant.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from scanner.configs.remedies import remedies_in
from scanner.engine.definitions.files import NOT_FAMILIES, PROFILES, REMEDIES, own
from scanner.engine.definitions.frameworks import load_frameworks
from scanner.engine.definitions.lint import lint
from scanner.engine.definitions.loader import load_rules, read_rule
from scanner.engine.definitions.profile_files import read_own_profiles
from scanner.errors import DefinitionError
from tests import packaged

FOLDER = Path(__file__).parent / "mistakes"
TOLD = FOLDER / "told.txt"


def told() -> str:
    """All of it, one mistake a line."""
    files = own([FOLDER])
    frameworks = load_frameworks()
    known = {framework.id: framework for framework in frameworks}
    rules = [f for f in files if f.folder not in NOT_FAMILIES]
    lines: list[str] = []
    for file in rules:
        lines += _of(lambda f: lint(read_rule(f.content, f.source, f.folder, known, origin=f.origin), f.content), file)
    lines += _of(lambda given: load_rules((), frameworks, given), [f for f in rules if "twice-told" in f.source])
    lines += _of(load_frameworks, files)
    profiles = [file for file in files if file.folder == PROFILES]
    lines += _of(lambda given: read_own_profiles(given, tuple(packaged.rules().values()), frameworks), profiles)
    for file in files:
        if file.folder == REMEDIES:
            lines += _of(lambda f: remedies_in(f.content, f.source), file)
    return "\n".join((*lines, "")).replace(f"{FOLDER}/", "")


def _of(read: Callable[[Any], Any], given: Any) -> Iterator[str]:
    try:
        found = read(given)
    except DefinitionError as error:
        found = error.problems
    yield from (f"{problem}" for problem in found)


def test_every_mistake_is_told_as_it_was() -> None:
    assert told().splitlines() == TOLD.read_text(encoding="utf-8").splitlines()


def test_every_file_is_named_but_the_other_ends() -> None:
    text = TOLD.read_text(encoding="utf-8")
    silent = [file.name for file in own([FOLDER]) if f"\n{file.name}: " not in f"\n{text}"]
    assert silent == [
        "cleartext/twice-told.yaml",
        "frameworks/same.yaml",
        "more/profiles/same-profile.yaml",
        "profiles/circle-a.yaml",
    ]


if __name__ == "__main__":
    TOLD.write_text(told(), encoding="utf-8")
