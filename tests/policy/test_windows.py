"""Change windows: which operations lie in them, in local time and across midnight, zones and clock changes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.policy.windows import in_window

Row = dict[str, Any]

BERLIN, SHANGHAI = "Europe/Berlin", "Asia/Shanghai"


def window(start: str = "", end: str = "", days: str = "", zones: str = "", time_zone: str = BERLIN) -> Row:
    return {"zones": zones.split(), "days": days.split(), "start": start, "end": end, "time_zone": time_zone}


def operations(*rows: tuple[str, str | None, str | None, int]) -> pl.DataFrame:
    """(server zone, first and last time in UTC, count)."""

    def when(text: str | None) -> datetime | None:
        return datetime.fromisoformat(text) if text else None

    return pl.DataFrame(
        [(zone, count, when(first), when(last)) for zone, first, last, count in rows],
        schema={
            "server_zone": pl.String,
            "count": pl.Int64,
            "first_time": pl.Datetime("ns", "UTC"),
            "last_time": pl.Datetime("ns", "UTC"),
        },
        orient="row",
    )


def judged(windows: list[Row], first: str | None, last: str | None = None, count: int = 5, zone: str = "a") -> Any:
    times = [f"{t}+00:00" if t else None for t in (first, last or first)]
    return in_window(windows, operations((zone, times[0], times[1], count)))[0]


NIGHT = window("22:00", "06:00", days="fri")
WEEKEND = window(days="sat sun")
DAILY = window("06:00", "14:00")
ONCE = window("2026-11-21T06:00", "2026-11-22T18:00")


@pytest.mark.parametrize(
    ("windows", "first", "last", "inside"),
    [
        ([DAILY], "2026-11-25T05:00", None, True),  # 06:00 in Berlin
        ([DAILY], "2026-11-25T04:59:59.999", None, False),
        ([DAILY], "2026-11-25T13:00", None, False),  # up to 14:00, not at 14:00
        ([DAILY], "2026-07-25T04:00", None, True),  # in summer
        ([DAILY], "2026-07-25T12:00", None, False),
        ([DAILY], "2026-11-24T06:00", "2026-11-25T06:00", None),  # closed in between
        ([DAILY], "2026-11-25T06:00", "2026-11-25T16:00", False),
        ([NIGHT], "2026-11-20T21:00", "2026-11-21T04:59", True),  # Friday to Saturday
        ([NIGHT], "2026-11-20T04:00", None, False),  # Thursday to Friday
        ([NIGHT], "2026-11-21T21:00", None, False),
        ([WEEKEND], "2026-11-20T23:00", "2026-11-22T22:59", True),  # Saturday and Sunday touch
        ([WEEKEND], "2026-11-20T22:59", None, False),
        ([WEEKEND], "2026-11-22T23:00", None, False),
        ([window("00:00", "24:00", days="sat", time_zone=SHANGHAI)], "2026-11-20T16:00", "2026-11-21T15:59", True),
        ([ONCE], "2026-11-21T05:00", "2026-11-22T16:59", True),
        ([ONCE], "2026-11-28T05:00", None, False),
        ([ONCE, WEEKEND], "2026-11-28T05:00", None, True),
        ([DAILY, window("14:00", "15:00")], "2026-11-25T12:00", "2026-11-25T13:30", True),
        ([window("02:30", "04:00")], "2026-03-29T01:00", None, True),  # 02:30 is skipped: from 03:00 summer time
        ([window("02:30", "04:00")], "2026-03-29T00:59", None, False),
        (
            [window("02:30", "03:30")],
            "2026-03-29T01:10",
            None,
            True,
        ),  # what is left of a window that is skipped in part
        ([window("02:00", "03:00", time_zone="Australia/Lord_Howe")], "2026-10-03T15:40", None, True),  # half an hour
        ([window(time_zone="Pacific/Apia")], "2011-12-30T10:00", None, True),  # a whole day is skipped
        ([DAILY], "1970-01-01T05:00", None, None),  # the recorder's clock was not set
        ([DAILY], "1980-01-06T16:00", None, None),
        ([window("02:00", "02:30")], "2026-10-25T00:15", None, True),  # 02:15 happens twice: the first is meant
        ([DAILY], None, None, None),
        ([], "2026-11-25T05:00", None, None),
    ],
)
def test_times(windows: list[Row], first: str | None, last: str | None, *, inside: bool | None) -> None:
    assert judged(windows, first, last) is inside


def test_two_messages_have_nothing_between_them() -> None:
    assert judged([DAILY], "2026-11-24T06:00", "2026-11-25T06:00", count=2) is True


def test_a_window_of_a_zone_holds_for_its_devices_only() -> None:
    windows = [window(zones="a", days="sat"), window(days="sun")]
    saturday, sunday, monday = "2026-11-21T09:00", "2026-11-22T09:00", "2026-11-23T09:00"
    assert [judged(windows, saturday, zone=zone) for zone in ("a", "b", "")] == [True, False, None]
    assert [judged(windows, sunday, zone=zone) for zone in ("a", "b", "")] == [True, True, True]
    assert [judged(windows, monday, zone=zone) for zone in ("a", "b", "")] == [False, False, False]


def test_one_answer_for_each_operation() -> None:
    assert in_window([DAILY], operations()).to_list() == []
    rows = operations(("a", "2026-11-25T05:00+00:00", "2026-11-25T05:00+00:00", 1), ("a", None, None, 1))
    assert in_window([DAILY], rows).to_list() == [True, None]


@given(st.integers(631_152_000, 7_000_000_000), st.sampled_from([BERLIN, SHANGHAI, "America/St_Johns"]))
def test_whole_days_hold_every_moment(seconds: int, time_zone: str) -> None:
    moment = datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None).isoformat()
    assert judged([window(time_zone=time_zone)], moment) is True
