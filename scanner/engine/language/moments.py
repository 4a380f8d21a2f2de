"""Durations and moments as rules write them: ``90d``, ``today``, ``captured - 12h``.

``today`` is the day of the judgement, at 00:00 UTC; ``captured`` when the last packet of all captures was seen, so that
old captures are judged by their own time.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal

from scanner.wording import said

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 7 * 86_400, "y": 365 * 86_400}
_DURATION = re.compile(r"([0-9]{1,9})\s*([smhdwy])")
_MOMENT = re.compile(r"(today|captured)(?:\s*([+-])\s*([0-9]{1,9}\s*[smhdwy]))?")
LONGEST = 200 * _UNITS["y"]  # beyond it a 64-bit count of nanoseconds ends
DURATION_HINT = said("expected a number and s, m, h, d, w or y, for example 60s or 90d")
MOMENT_HINT = said(
    "expected today or captured, with + or - a duration if need be, or ISO 8601, for example 2026-01-31T08:00:00Z"
)


@dataclass(frozen=True)
class Relative:
    """A moment that depends on when rules are judged, or on when the captures end. ``seconds`` are added to it."""

    anchor: Literal["today", "captured"]
    seconds: int = 0


@dataclass(frozen=True)
class Now:
    """What relative moments are relative to; None where there is none, and what depends on it is unknown."""

    today: date | None = None
    captured: datetime | None = None  # UTC

    def moment(self, value: Relative) -> datetime | None:
        """The moment itself; None when it is not known or lies outside of the calendar."""
        if value.anchor == "today":
            anchor = datetime.combine(self.today, time(), UTC) if self.today else None
        else:
            anchor = self.captured
        try:
            return anchor + timedelta(seconds=value.seconds) if anchor else None
        except OverflowError:
            return None


def read_duration(text: object) -> int | None:
    """Seconds; None when it is no duration of at least a second and at most 200 years."""
    found = _DURATION.fullmatch(text.strip()) if isinstance(text, str) else None
    seconds = int(found[1]) * _UNITS[found[2]] if found else 0
    return seconds if 0 < seconds <= LONGEST else None


def read_moment(text: str) -> Relative | datetime | None:
    """A relative moment, or a fixed one (UTC when it names no zone); None when it is neither."""
    found = _MOMENT.fullmatch(text.strip().lower())
    if found:
        anchor: Literal["today", "captured"] = "today" if found[1] == "today" else "captured"
        if not found[2]:
            return Relative(anchor)
        seconds = read_duration(found[3])
        if seconds is None:
            return None
        return Relative(anchor, seconds if found[2] == "+" else -seconds)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
