"""What a format takes of memory does not grow with the number of findings and rows."""

from __future__ import annotations

import tracemalloc

import pytest

from benchmarks.reports import results
from scanner.report import Folder, formats, pieces
from scanner.results.model import Results


def _peak(name: str, given: Results) -> int:
    tracemalloc.start()
    output = formats()[name].render(given)
    for content in output.files.values() if isinstance(output, Folder) else [lambda: output]:
        for _ in pieces(content()):
            pass
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak


@pytest.mark.parametrize("name", ["csv", "json", "junit", "sarif", "sarif-github", "text", "xlsx"])
def test_findings_are_written_as_they_are_made(name: str) -> None:
    """3,000 findings and operations would take 10 MB as objects, and twice 6 MB as text in one piece."""
    _peak(name, results(10))  # what is imported and remembered once
    assert _peak(name, results(3_000)) < 7_000_000
