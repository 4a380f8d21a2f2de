"""A copy of the tree in which mutants live, so that the work tree is never changed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

COPIED = ("scanner", "tests")
_BESIDE = ("fixtures", "rules", "reports", "docs", "setup.cfg", "pyproject.toml", "README.md")


def copy(root: Path, into: Path, tests: Sequence[str]) -> Path:
    """Copies all that tests read: somebody may work on the tree meanwhile."""
    for name in (*COPIED, *_BESIDE):
        if (root / name).is_dir():
            shutil.copytree(root / name, into / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(root / name, into / name)
    for name in ("rules", "reports"):  # which an installation for development has as packages of the work tree
        (into / "scanner" / name).symlink_to(into / name)
    # A mutant may have the size and the second of what it was made from: compiled code is known by its content.
    run(into, ["-m", "compileall", "-q", "--invalidation-mode", "checked-hash", "scanner"])
    run(into, ["-m", "pytest", "-qq", "-n", "0", "-p", "no:cacheprovider", "--collect-only", *tests])  # compiles them
    return into


def run(tree: Path, arguments: Sequence[str]) -> None:
    """Runs Python in the copy."""
    environment = {**os.environ, "PYTHONPATH": str(tree), "POLARS_MAX_THREADS": "1", "PYTHONDONTWRITEBYTECODE": ""}
    subprocess.run([sys.executable, *arguments], cwd=tree, env=environment, check=True, stdout=subprocess.DEVNULL)
