"""Captures read and understood with every protocol, as an audit does it."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from scanner.capture.read import read_capture
from scanner.capture.result import CaptureResult
from scanner.facts.operations import operations
from scanner.facts.understand import Understood, understand
from scanner.protocols import all_framings, cases, protocols


@functools.lru_cache(maxsize=32)
def understand_capture(path: Path) -> tuple[CaptureResult, Understood]:
    """What was read, and what it means; shared by the tests that ask for the same capture one after the other."""
    result = read_capture(path, path.name, all_framings(), cases())
    return result, understand(result, protocols())


def operation_rows(result: CaptureResult, understood: Understood) -> Iterator[tuple[int, str, bool, dict[str, Any]]]:
    """(conversation, protocol, ends swapped, columns) for each distinct operation of the capture."""
    paths, frame = operations(result, understood)
    for row in frame.iter_rows(named=True):
        yield *paths[row.pop("path")], row
