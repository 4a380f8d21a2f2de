"""Captures read and understood with every protocol, as an audit does it."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from scanner.capture.read import read_capture
from scanner.capture.result import CaptureResult, Conversation, DistinctMessage
from scanner.facts.dissection import TOLD
from scanner.facts.operations import operations
from scanner.facts.understand import Understood, understand
from scanner.protocols import framing_plan, protocols
from scanner.protocols.base import Row
from scanner.wording import plain


@functools.lru_cache(maxsize=32)
def understand_capture(path: Path) -> tuple[CaptureResult, Understood]:
    """What was read, and what it means; shared by the tests that ask for the same capture one after the other."""
    result = read_capture(path, path.name, framing_plan())
    return result, understand(result, protocols())


def told(path: Path) -> list[tuple[Conversation, DistinctMessage, Row]]:
    """Every row of the capture with the message that gives it and its conversation; no dissector has a defect."""
    result, understood = understand_capture(path)
    assert not understood.defects
    return [
        (result.conversations[message.conversation], message, row)
        for index, message in enumerate(result.messages)
        for row in understood.rows.get(index, ())
    ]


def operation_rows(result: CaptureResult, understood: Understood) -> Iterator[tuple[int, str, bool, dict[str, Any]]]:
    """(conversation, protocol, ends swapped, columns) for each distinct operation of the capture; texts in English."""
    paths, frame = operations(result, understood)
    for row in frame.iter_rows(named=True):
        yield *paths[row.pop("path")], row | {name: plain(row[name]) for name in TOLD}
