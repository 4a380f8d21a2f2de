"""Which tests execute a line, and how long each takes: measured once and kept in ``build/mutation``.

Tests that are new or changed are measured when they are met. Lines that changed since have the tests of the lines
around them, so that a change of the code needs no new measurement; without the folder everything is measured anew.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache
from pathlib import Path
from typing import Any

import coverage
import pytest

from tests.mutation.mutants import judged

TESTS = (
    "tests/engine",
    "tests/facts",
    "tests/assets",
    "tests/results",
    "tests/plan",
    "tests/policy",
    "tests/test_plants.py",
    "tests/test_split.py",
    "tests/snapshots",
    "tests/cli/test_own_rules.py",
    "tests/cli/test_progress.py",
)
MOST_TESTS = 200  # of a line, the fastest of each file


@dataclass(frozen=True)
class Covering:
    """What was measured, the newest first; ``root``: the tree whose lines are asked for."""

    root: Path
    measured: list[dict[str, Any]]

    def tests(self, path: str, line: int) -> list[str]:
        """The tests that execute a line, the fastest first; of a line that importing executes, those of its module.

        Of a line that very many execute only some are known; more of the files that they are in follow.
        """
        found: dict[str, float] = {}
        more: dict[str, float] = {}
        for run, old in self._current():
            lines = run["lines"].get(path, {})
            near = [n for n in self._was(run, path, line) if str(n) in lines] or [int(n) for n in lines]
            usable = {n: s for n, s in zip(run["tests"], run["seconds"], strict=True) if n.split("::")[0] not in old}
            known = {run["tests"][test] for number in near for test in lines[str(number)]}
            found |= {name: usable[name] for name in known if name in usable}
            if len(known) >= MOST_TESTS:
                files = {run["tests"][test].split("::")[0] for tests in lines.values() for test in tests}
                more |= {name: s for name, s in usable.items() if name.split("::")[0] in files}
        first = sorted(found, key=lambda name: found[name])
        return first + sorted((n for n in more if n not in found), key=lambda name: more[name])

    def seconds(self) -> dict[str, float]:
        """What each test takes, as measured."""
        return {n: s for run in reversed(self.measured) for n, s in zip(run["tests"], run["seconds"], strict=True)}

    def _current(self) -> list[tuple[dict[str, Any], set[str]]]:
        """Each measurement, with the files of tests that a newer one has measured again."""
        found, newer = [], set[str]()
        for run in self.measured:
            found.append((run, set(newer)))
            newer |= run["files"].keys()
        return found

    def _was(self, run: dict[str, Any], path: str, line: int) -> list[int]:
        """The numbers that a line, or the lines around it, had when it was measured."""
        return _numbers(run["sources"].get(path, ""), (self.root / path).read_text(encoding="utf-8")).get(line, [])


@cache
def _numbers(before: str, after: str) -> dict[int, list[int]]:
    found = {}
    for kind, a, b, c, d in SequenceMatcher(
        None, before.splitlines(), after.splitlines(), autojunk=False
    ).get_opcodes():
        for line in range(c, d):
            found[line + 1] = [a + line - c + 1] if kind == "equal" else list(range(max(a, 1), b + 2))
    return found


def measured(root: Path, kept: Path, run: Any) -> Covering:
    """What is kept in a folder, and what ``run(arguments)`` measures now of the tests that are new or changed."""
    kept.mkdir(parents=True, exist_ok=True)
    known = [json.loads(p.read_text(encoding="utf-8")) for p in sorted(kept.glob("*.json"), reverse=True)]
    seen: dict[str, str] = {}
    for each in reversed(known):
        seen |= each["files"]
    stale = [f for f in _files(root) if seen.get(f) != _digest(root / f)]
    if stale:
        target = kept / f"{len(known):04}.json"
        run(["-m", "tests.mutation.covering", str(target), *stale])
        known.insert(0, json.loads(target.read_text(encoding="utf-8")))
    return Covering(root, known)


def _files(root: Path) -> list[str]:
    found = [p for t in TESTS for p in ([root / t] if t.endswith(".py") else (root / t).rglob("test_*.py"))]
    return sorted(str(p.relative_to(root)) for p in found)


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


class _Contexts:
    """A plugin of pytest: every test is a context of its own, and its time is noted."""

    def __init__(self, of: coverage.Coverage) -> None:
        self.of = of
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self.failed: set[str] = set()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> None:
        self.of.switch_context(item.nodeid)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.seconds[report.nodeid] += report.duration
        if not report.passed:
            self.failed.add(report.nodeid)


def _measure(target: Path, files: Sequence[str]) -> int:
    root = Path.cwd()
    paths = judged(root)
    found = coverage.Coverage(data_file=None, include=[str(root / p) for p in paths], config_file=False)
    plugin = _Contexts(found)
    found.start()
    pytest.main(["-q", "-n", "0", "-p", "no:cacheprovider", *files], plugins=[plugin])
    found.stop()
    data = found.get_data()
    tests = sorted(plugin.seconds.keys() - plugin.failed, key=lambda name: plugin.seconds[name])
    rank = {name: n for n, name in enumerate(tests)}
    lines = {}
    for path in paths:
        by_line = data.contexts_by_lineno(str(root / path))
        lines[path] = {n: _chosen([rank[c] for c in by_line[n] if c in rank], tests) for n in sorted(by_line)}
    result = {
        "files": {f: _digest(root / f) for f in files},
        "sources": {p: (root / p).read_text(encoding="utf-8") for p in paths},
        "tests": tests,
        "seconds": [round(plugin.seconds[t], 3) for t in tests],
        "lines": {p: {n: t for n, t in by.items() if t} for p, by in lines.items()},
    }
    target.write_text(json.dumps(result), encoding="utf-8")
    return 0


def _chosen(ranks: Sequence[int], tests: Sequence[str]) -> list[int]:
    """The fastest of each file in turn, until there are enough."""
    by_file: defaultdict[str, list[int]] = defaultdict(list)
    for rank in sorted(ranks):
        by_file[tests[rank].split("::")[0]].append(rank)
    turns = sorted((turn, rank) for own in by_file.values() for turn, rank in enumerate(own))
    return sorted(rank for _, rank in turns[:MOST_TESTS])


if __name__ == "__main__":
    sys.exit(_measure(Path(sys.argv[1]), sys.argv[2:]))
