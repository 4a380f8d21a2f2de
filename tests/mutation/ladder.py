"""Which tests try a module, in which order: what is named like it, what imports it, whole scans, then the rest.

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

TESTS = (
    "tests/engine",
    "tests/facts",
    "tests/assets/test_binding.py",
    "tests/assets/test_contested.py",
    "tests/assets/test_merging.py",
    "tests/policy/test_decisions_told.py",
    "tests/policy/test_writers.py",
    "tests/results/test_outcome.py",
    "tests/results/test_rows.py",
    "tests/results/test_standing.py",
    "tests/snapshots",
    "tests/test_split.py",
    "tests/cli/test_own_rules.py",
)
WHOLE_SCANS = "tests/snapshots/test_snapshots.py"
MOST_SECONDS = 25.0  # of all tests of a mutant, as measured, beside those that are named like its module or import it
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
        near = sorted((rank, self.seconds[file], file) for file in self.seconds if (rank := self._rank(file, path)) < 2)
        found = [file for _, _, file in near]
        left = MOST_SECONDS
        for file in [WHOLE_SCANS, *sorted(self.seconds, key=lambda name: self.seconds[name])]:
            if file not in found and self.seconds[file] <= left:
                left -= self.seconds[file]
                found.append(file)
        return found

    def _rank(self, file: str, path: str) -> int:
        """0: named like the module, 1: imports it, 2: neither."""
        if PurePosixPath(file).stem == f"test_{PurePosixPath(path).stem}":
            return 0
        module = path.removesuffix(".py").replace("/", ".")
        return 1 if module in _imported((self.root / file).read_text(encoding="utf-8")) else 2

    def _files(self) -> list[str]:
        found = [
            p for t in TESTS for p in ([self.root / t] if t.endswith(".py") else (self.root / t).rglob("test_*.py"))
        ]
        return sorted(str(p.relative_to(self.root)) for p in found)


@cache
def _imported(code: str) -> frozenset[str]:
    """The modules that code names in its imports."""
    found = set[str]()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return frozenset(found)
