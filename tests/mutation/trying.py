"""Is a mutant killed? Tests that execute its line run in a forked process until one fails.

The process has imported what the tests import from elsewhere, so that a mutant costs its own tests and little more.
"""

from __future__ import annotations

import importlib
import os
import resource
import signal
import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.mutation.covering import Covering
from tests.mutation.mutants import Mutant

MOST_SECONDS = 20  # of tests, as measured, for one mutant
SLACK = 8  # times as long as measured is too long
_QUIET = ("-W", "ignore::pytest.PytestAssertRewriteWarning")  # hypothesis is imported already
_HEAVY = ("polars", "numpy", "yaml", "jsonschema", "hypothesis", "cryptography.x509", "click", "jinja2", "openpyxl")


class Bench:
    """A tree in which one mutant after the other is tried."""

    def __init__(self, tree: Path, covering: Covering) -> None:
        self.tree, self.covering = tree, covering
        self.seconds = covering.seconds()
        for name in _HEAVY:
            importlib.import_module(name)

    def killer(self, mutant: Mutant) -> str:
        """What notices a mutant: the files of the test that fails, or ``time``; empty, if nothing does."""
        tests = self._tests(mutant)
        if not tests:
            return ""
        allowed = 30 + SLACK * sum(self.seconds[t] for each in tests for t in each)
        original = (self.tree / mutant.path).read_bytes()
        (self.tree / mutant.path).write_text(mutant.code, encoding="utf-8")
        try:
            return self._forked(tests, allowed)
        finally:
            (self.tree / mutant.path).write_bytes(original)

    def _tests(self, mutant: Mutant) -> list[list[str]]:
        """The tests of each file, files that need the least time first, and those named like the module before all."""
        own = f"/test_{Path(mutant.path).stem}.py"
        by_file: defaultdict[str, list[str]] = defaultdict(list)
        left = float(MOST_SECONDS)
        for test in sorted(self.covering.tests(mutant.path, mutant.line), key=lambda t: own not in t):
            left -= self.seconds[test]
            if left < 0:
                break
            by_file[test.split("::")[0]].append(test)
        return sorted(by_file.values(), key=lambda t: (own not in t[0], sum(self.seconds[n] for n in t)))

    def _forked(self, tests: Sequence[Sequence[str]], allowed: float) -> str:
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reading)
            _run(self.tree, tests, int(allowed), writing)
        os.close(writing)
        ended = time.monotonic() + 10 * allowed
        while os.waitpid(child, os.WNOHANG) == (0, 0):
            if time.monotonic() > ended:
                os.kill(child, signal.SIGKILL)
                os.waitpid(child, 0)
                break
            time.sleep(0.05)
        with os.fdopen(reading) as pipe:
            return {"": "time", "-": ""}.get(said := pipe.read(), said)


def _run(tree: Path, tests: Sequence[Sequence[str]], allowed: int, writing: int) -> None:
    """In the forked process, which this ends: writes what killed the mutant, or a dash."""
    said = "-"
    try:
        resource.setrlimit(resource.RLIMIT_CPU, (allowed, allowed))
        resource.setrlimit(resource.RLIMIT_AS, (8 << 30, 8 << 30))
        os.chdir(tree)
        sys.path[:] = [str(tree), *(p for p in sys.path if p not in {"", os.environ.get("PYTHONPATH")})]
        for name in [n for n in sys.modules if n.split(".")[0] in {"tests", "scanner"}]:
            del sys.modules[name]
        sys.dont_write_bytecode = True
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
        for each in tests:
            arguments = ["-x", "-q", "-n", "0", "-p", "no:cacheprovider", "--tb=no", *_QUIET, each[0].split("::")[0]]
            if pytest.main(arguments, plugins=[_Chosen(each)]) not in {0, 5}:
                said = each[0].split("::")[0]
                break
    except BaseException as error:  # noqa: BLE001 (whatever it is, the mutant was noticed)
        said = type(error).__name__
    os.write(writing, said.encode())
    os._exit(0)


class _Chosen:
    """A plugin of pytest: only these tests, in this order."""

    def __init__(self, tests: Sequence[str]) -> None:
        self.rank = {name: n for n, name in enumerate(tests)}

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = sorted((i for i in items if i.nodeid in self.rank), key=lambda i: self.rank[i.nodeid])
