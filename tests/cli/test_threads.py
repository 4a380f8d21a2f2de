"""The same inputs give the same results on any number of cores."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

PLANT = Path(__file__).parents[2] / "fixtures" / "plants" / "bottling"


def scanned(folder: Path, threads: int) -> dict[str, Any]:
    """The results of the demo plant, without when they were made."""
    out = folder / f"{threads}.json"
    command = [sys.executable, "-m", "scanner", "scan", str(PLANT), "-q", "-o", str(out)]
    subprocess.run(command, env=os.environ | {"POLARS_MAX_THREADS": str(threads)}, check=False)
    results: dict[str, Any] = json.loads(out.read_text(encoding="utf-8"))
    return {name: value for name, value in results.items() if name not in ("run", "digest")}


def test_results_are_the_same_with_one_thread_and_with_many(tmp_path: Path) -> None:
    one, many = scanned(tmp_path, 1), scanned(tmp_path, 5)
    assert one["rules"]
    assert [name for name in one if one[name] != many[name]] == []
