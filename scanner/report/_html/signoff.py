"""What an auditor signs: scope, period, and the digests that bind the paper to its inputs and verdicts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from scanner.report._words import moment
from scanner.results.model import DeviceRow, Results
from scanner.results.serialise import verdict_digest


def signoff(results: Results, devices: Sequence[DeviceRow]) -> dict[str, Any]:
    """The variables of the block. ``results`` are those given, unchanged: the digest is that of the JSON file, too."""
    times = sorted(t for d in devices for t in (d.first_time, d.last_time) if t)
    return {
        "first": moment(times[0])[:100] if times else "",
        "last": moment(times[-1])[:100] if times else "",
        "sha256": verdict_digest(results),
    }
