"""What an auditor signs: scope, period, and the digests that bind the paper to its inputs and results."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from scanner.report._words import moment
from scanner.results.model import DeviceRow, Results
from scanner.results.serialise import json_parts


def signoff(results: Results, devices: Sequence[DeviceRow]) -> dict[str, Any]:
    """The variables of the block. ``results`` are those given, unchanged: their digest is that of the JSON file."""
    times = sorted(t for d in devices for t in (d.first_time, d.last_time) if t)
    return {
        "first": moment(times[0])[:100] if times else "",
        "last": moment(times[-1])[:100] if times else "",
        "sha256": _digest(results),
    }


def _digest(results: Results) -> str:
    """SHA-256 of the results as ``-o results.json`` writes them."""
    digest = hashlib.sha256()
    for part in json_parts(results):
        digest.update(part.encode("utf-8"))
    return digest.hexdigest()
