"""Is a mutant killed? The tests of its module run in a forked process, file after file, until one fails.

The process has imported what the tests import from elsewhere, so that a mutant costs its own tests and little more.
"""

from __future__ import annotations

import importlib
import os
import resource
import signal
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.mutation.ladder import Ladder
from tests.mutation.mutants import Mutant

SLACK = 4  # times as long as measured, and a while, is too long for the tests of a file
_WHILE = 20  # seconds
_FIRST_SECONDS = 900  # for the tests of a file that were not measured yet
_QUIET = ("-W", "ignore::pytest.PytestAssertRewriteWarning")  # hypothesis is imported already
_HEAVY = ("polars", "numpy", "yaml", "jsonschema", "hypothesis", "cryptography.x509", "click", "jinja2", "openpyxl")


class Bench:
    """A tree in which one mutant after the other is tried."""

    def __init__(self, tree: Path, kept: Path) -> None:
        self.tree = tree
        for name in _HEAVY:
            importlib.import_module(name)
        self.ladder = Ladder(tree, kept / "seconds.json", self._measured)

    def killer(self, mutant: Mutant) -> str:
        """What notices a mutant: the file of the test that fails, or ``time``; empty, if nothing does."""
        tests = self.ladder.tests(mutant.path)
        allowed = {each: _WHILE + int(SLACK * self.ladder.seconds[each]) for each in tests}
        original = (self.tree / mutant.path).read_bytes()
        (self.tree / mutant.path).write_text(mutant.code, encoding="utf-8")
        try:
            return self._forked(allowed)
        finally:
            (self.tree / mutant.path).write_bytes(original)

    def _measured(self, test: str) -> tuple[float, str]:
        before = _seconds_of_children()
        failed = self._forked({test: _FIRST_SECONDS})
        return _seconds_of_children() - before, failed

    def _forked(self, allowed: Mapping[str, int]) -> str:
        """allowed: file -> seconds of processor time that its tests may take."""
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reading)
            _run(self.tree, allowed, writing)
        os.close(writing)
        ended = time.monotonic() + 10 * sum(allowed.values())
        while os.waitpid(child, os.WNOHANG) == (0, 0):
            if time.monotonic() > ended:
                os.kill(child, signal.SIGKILL)
                os.waitpid(child, 0)
                break
            time.sleep(0.05)
        with os.fdopen(reading) as pipe:
            return {"": "time", "-": ""}.get(said := pipe.read(), said)


def _seconds_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _run(tree: Path, allowed: Mapping[str, int], writing: int) -> None:
    """In the forked process, which this ends: writes what killed the mutant, or a dash."""
    said = "-"
    try:
        resource.setrlimit(resource.RLIMIT_AS, (8 << 30, 8 << 30))
        os.chdir(tree)
        sys.path[:] = [str(tree), *(p for p in sys.path if p not in {"", os.environ.get("PYTHONPATH")})]
        for name in [n for n in sys.modules if n.split(".")[0] in {"tests", "scanner"}]:
            del sys.modules[name]
        sys.dont_write_bytecode = True
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
        for test, seconds in allowed.items():
            resource.setrlimit(resource.RLIMIT_CPU, (int(time.process_time()) + seconds, resource.RLIM_INFINITY))
            if pytest.main(["-x", "-q", "-n", "0", "-p", "no:cacheprovider", "--tb=no", *_QUIET, test]) not in {0, 5}:
                said = test
                break
    except BaseException as error:  # noqa: BLE001 (whatever it is, the mutant was noticed)
        said = type(error).__name__
    os.write(writing, said.encode())
    os._exit(0)
