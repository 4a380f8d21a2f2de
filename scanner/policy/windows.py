"""Change windows: when the policy allows the plant to be changed, and what was done inside and outside of them.

A window is weekly (days of the week and two times of day; a window that ends before it begins runs past midnight) or
lasts once from one moment to another. Both are local time of the plant, so that daylight saving moves them as it moves
the people who work in them.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

import polars as pl

from scanner.errors import WrongText
from scanner.recorded_times import believed
from scanner.wording import said

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY = timedelta(days=1)
_MIDNIGHT = time()

Row = Mapping[str, Any]


class TimeSpan(NamedTuple):
    """From a moment up to, but not including, another; nanoseconds since 1970, UTC."""

    start: int
    end: int


def moment(text: str) -> time | datetime:
    """``06:00`` or ``2026-11-21T06:00``; WrongText for anything else. ``24:00`` is the end of the day, 00:00."""
    try:
        if "T" in text:
            return datetime.strptime(text, "%Y-%m-%dT%H:%M")  # noqa: DTZ007 - local time of the plant
        return _MIDNIGHT if text == "24:00" else datetime.strptime(text, "%H:%M").time()  # noqa: DTZ007
    except ValueError:
        what = said("'{value}' is not a time", value=text)
        raise WrongText(what, said("write it as 06:00 or 2026-11-21T06:00")) from None


def known_time_zone(name: str) -> bool:
    """The name is one of the IANA time zone database."""
    try:
        _to_utc([datetime(2026, 1, 1)], name)  # noqa: DTZ001 - local time
    except pl.exceptions.PolarsError:
        return False
    return True


def in_window(windows: Iterable[Row], operations: pl.DataFrame) -> pl.Series:
    """Whether each operation happened in a change window that holds for its server's zone: a boolean column.

    windows: rows of the facts table change_windows. operations: with server_zone, count, first_time, last_time.

    True: all of it inside. False: its first or last message outside. Null: no windows, or no times that can be right; a
    server in no zone while only some zone's window was open; or first and last in different windows with messages
    between them.
    """
    windows = list(windows)
    if not windows:
        return pl.Series([None] * operations.height, dtype=pl.Boolean)
    rows = operations.select("server_zone", "count", pl.col("first_time", "last_time").cast(pl.Int64))
    days = _days(rows, windows[0]["time_zone"])
    openings: dict[str, tuple[_Openings, _Openings]] = {}
    for zone in rows["server_zone"].unique():
        certain = [w for w in windows if not w["zones"] or zone in w["zones"]]
        openings[zone] = _Openings.of(certain, days), _Openings.of(certain if zone else windows, days)
    answers = [_inside(*openings[zone], first, last, count or 0) for zone, count, first, last in rows.iter_rows()]
    return pl.Series(answers, dtype=pl.Boolean)


class _Openings:
    """Spans that neither overlap nor touch, in order."""

    def __init__(self, spans: Iterable[TimeSpan]) -> None:
        self._spans: list[TimeSpan] = []
        for span in sorted(spans):
            if self._spans and span.start <= self._spans[-1].end:
                self._spans[-1] = TimeSpan(self._spans[-1].start, max(span.end, self._spans[-1].end))
            else:
                self._spans.append(span)
        self._starts = [span.start for span in self._spans]

    @classmethod
    def of(cls, windows: Iterable[Row], days: list[date]) -> _Openings:
        return cls(span for window in windows for span in _spans(window, days))

    def at(self, when: int) -> TimeSpan | None:
        """The span that holds a moment."""
        found = bisect_right(self._starts, when) - 1
        return self._spans[found] if found >= 0 and when < self._spans[found].end else None


def _inside(certain: _Openings, possible: _Openings, first: int | None, last: int | None, count: int) -> bool | None:
    first, last = believed(first), believed(last)
    if first is None or last is None:
        return None
    spans = certain.at(first), certain.at(last)
    if all(spans):
        return True if spans[0] == spans[1] or count <= 2 else None  # with two messages there is none between
    return None if possible.at(first) and possible.at(last) else False


def _spans(window: Row, days: list[date]) -> list[TimeSpan]:
    """The window's openings on these days of the plant's calendar, or its only one."""
    start, end = (moment(window[key] or "00:00") for key in ("start", "end"))
    if isinstance(start, datetime) and isinstance(end, datetime):
        local = [start, end]
    else:
        local = list(_weekly(window, days, start, end))
    utc = _to_utc(local, window["time_zone"])
    return [TimeSpan(*pair) for pair in zip(utc[::2], utc[1::2], strict=True)]


def _weekly(window: Row, days: list[date], start: Any, end: Any) -> Iterator[datetime]:
    """Start and end in turn."""
    for day in days:
        if not window["days"] or DAYS[day.weekday()] in window["days"]:
            yield datetime.combine(day, start)
            yield datetime.combine(day if start < end else day + _DAY, end)


def _days(rows: pl.DataFrame, time_zone: str) -> list[date]:
    """The days of the plant's calendar on which a window could have opened that held one of the moments."""
    moments = pl.concat([rows["first_time"], rows["last_time"]]).drop_nulls().cast(pl.Datetime("ns", "UTC"))
    seen = set(moments.dt.convert_time_zone(time_zone).dt.date().unique())
    return sorted(seen | {day - _DAY for day in seen})


def _to_utc(local: list[datetime], time_zone: str) -> list[int]:
    """Local times as nanoseconds since 1970. A time that daylight saving skips is the next that there is."""
    utc = _existing(local, time_zone)
    return [
        _existing(_minutes_after(local[n]), time_zone).drop_nulls()[0] if t is None else t for n, t in enumerate(utc)
    ]


def _existing(local: list[datetime], time_zone: str) -> pl.Series:
    """The same of each that the clock does not skip, else null."""
    zoned = pl.Series(local, dtype=pl.Datetime("ns")).dt.replace_time_zone(
        time_zone, ambiguous="earliest", non_existent="null"
    )
    return zoned.dt.convert_time_zone("UTC").cast(pl.Int64)


def _minutes_after(moment: datetime) -> list[datetime]:
    """Up to a day and an hour, the most that a place has ever skipped."""
    return [moment + timedelta(minutes=n) for n in range(1, 25 * 60 + 1)]
