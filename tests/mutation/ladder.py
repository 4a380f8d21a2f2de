"""Which tests try a module, in which order: what is named like it, then the nearer the earlier.

A file that imports the module is nearest to it, then come those that import what imports it, and at last whole scans.

The processor time of the tests of a file is measured once, without any change, and kept in ``build/mutation``; files
that are new or changed are measured again. One that fails without any change is an error: its kills would mean nothing.
"""

from __future__ import annotations

import ast
import hashlib
import json
from collections.abc import Callable
from functools import cache
from pathlib import Path, PurePosixPath

from tests.mutation.tree import COPIED

TESTS = (
    "tests/engine",
    "tests/facts",
    "tests/policy",
    "tests/assets/test_binding.py",
    "tests/assets/test_cells.py",
    "tests/assets/test_contested.py",
    "tests/assets/test_merging.py",
    "tests/configs/test_ignored.py",
    "tests/frameworks/test_second_sources.py",
    "tests/results",
    "tests/answers",
    "tests/plan/test_plan.py",
    "tests/snapshots",
    "tests/test_plants.py",
    "tests/test_twins.py",
    "tests/test_split.py",
    "tests/test_limits.py",
    "tests/cli/test_answers_commands.py",
    "tests/cli/test_baseline.py",
    "tests/cli/test_diff.py",
    "tests/cli/test_own_rules.py",
    "tests/cli/test_policy_commands.py",
    "tests/cli/test_profiles_commands.py",
    "tests/cli/test_rules_list.py",
    "tests/cli/test_verify.py",
)
LAST = (  # of every mutant that the tests nearer to it do not notice
    "tests/test_limits.py",  # what the documentation says
    "tests/snapshots/test_snapshots.py",
    "tests/engine/test_rule_examples.py",
    "tests/test_plants.py",
    "tests/test_twins.py",
)
MOST_SECONDS = 45.0  # of all nearer tests of a mutant, as measured; the nearest file is run however long it takes
Run = Callable[[str], tuple[float, str]]  # the tests of a file -> seconds, and what failed


class Ladder:
    """The files of tests of a tree, and the seconds that each takes."""

    def __init__(self, root: Path, kept: Path, run: Run) -> None:
        self.root = root
        self.seconds: dict[str, float] = {}
        old = json.loads(kept.read_text(encoding="utf-8")) if kept.exists() else {}
        known: dict[str, tuple[str, float]] = {}
        for file in self._files():
            digest = hashlib.sha256((root / file).read_bytes()).hexdigest()
            if old.get(file, ("",))[0] != digest:
                seconds, failed = run(file)
                if failed:
                    raise SystemExit(f"{file} fails without any change ({failed}); its kills would mean nothing")
                old[file] = digest, round(seconds, 2)
            known[file] = old[file]
            self.seconds[file] = known[file][1]
            kept.parent.mkdir(parents=True, exist_ok=True)
            kept.write_text(json.dumps(known | old, indent=1), encoding="utf-8")

    def tests(self, path: str) -> list[str]:
        """The files of tests for a module, in the order in which they are run."""
        far = {file: distance for file, distance in self._distances(path).items() if file not in LAST}
        far |= {file: 0 for file in far if PurePosixPath(file).stem == f"test_{PurePosixPath(path).stem}"}
        found = []
        left = MOST_SECONDS
        for file in sorted(far.keys() & self.seconds.keys(), key=lambda name: (far[name], self.seconds[name])):
            if not found or self.seconds[file] <= left:
                left -= self.seconds[file]
                found.append(file)
        return [*found, *LAST]

    def _distances(self, path: str) -> dict[str, int]:
        """How many imports lie between each file of tests and a module: 1 where they import it themselves."""
        users: dict[Path, set[Path]] = {}
        for file in (p for name in COPIED for p in (self.root / name).rglob("*.py")):
            for imported in _imported(self.root, file):
                users.setdefault(imported, set()).add(file)
        found = {self.root / path: 0}
        for file in (queue := list(found)):
            new = [user for user in users.get(file, ()) if user not in found]
            found |= dict.fromkeys(new, found[file] + 1)
            queue += new
        return {str(file.relative_to(self.root)): distance for file, distance in found.items()}

    def _files(self) -> list[str]:
        found = [
            p for t in TESTS for p in ([self.root / t] if t.endswith(".py") else (self.root / t).rglob("test_*.py"))
        ]
        return sorted(str(p.relative_to(self.root)) for p in found)


@cache
def _imported(root: Path, file: Path) -> list[Path]:
    """The modules that a file imports, of the same tree or beside it."""
    names = set[str]()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    places = (place / f"{name.replace('.', '/')}.py" for name in names for place in (root, file.parent))
    return [path for path in places if path.exists()]
