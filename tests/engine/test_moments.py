from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from scanner.engine.language.expressions import condition
from scanner.engine.language.moments import LONGEST, Now, Relative, read_duration, read_moment
from tests.engine.engine_cases import selection, tables

TODAY = date(2026, 1, 31)
CAPTURED = datetime(2025, 6, 1, 12, tzinfo=UTC)


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type, misc]


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("60s", 60),
        ("5 m", 300),
        ("2h", 7200),
        ("90d", 90 * 86_400),
        ("1w", 604_800),
        ("1y", 31_536_000),
        ("200y", LONGEST),
        *((wrong, None) for wrong in ("0s", "s", "1", "-5d", "1.5h", "1mo", "201y", "", 60, None)),
    ],
)
def test_durations(text: object, seconds: int | None) -> None:
    assert read_duration(text) == seconds


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("today", Relative("today")),
        ("Today - 90d", Relative("today", -90 * 86_400)),
        ("captured+12h", Relative("captured", 43_200)),
        ("2026-01-31", datetime(2026, 1, 31, tzinfo=UTC)),
        ("2026-01-31T08:00:00+08:00", datetime(2026, 1, 31, tzinfo=UTC)),
        *((wrong, None) for wrong in ("today 90d", "today - 0d", "now", "31.01.2026")),
    ],
)
def test_moments(text: str, wanted: object) -> None:
    assert read_moment(text) == wanted


@pytest.mark.parametrize(
    ("test", "given", "wanted"),
    [
        ("before: today", utc(2026, 1, 30, 23, 59), True),
        ("before: today", utc(2026, 1, 31), False),
        ("after: today - 30d", utc(2026, 1, 2), True),
        ("lte: today - 30d", utc(2026, 1, 1), True),
        ("older-than: 30d", utc(2025, 12, 31, 23), True),
        ("older-than: 30d", utc(2026, 1, 1), False),
        ("newer-than: 30d", utc(2026, 1, 5), True),
        ("after: captured", utc(2025, 6, 1, 12, 0, 1), True),
        ("before: captured + 1d", utc(2025, 6, 2), True),
        ("before: 2026-01-01", utc(2025, 12, 31), True),
        ("before: today", None, None),
    ],
)
def test_times_against_relative_moments(test: str, given: datetime | None, wanted: bool | None) -> None:
    modifier, _, value = test.partition(": ")
    when = given.replace(tzinfo=UTC) if given else None
    every = tables(flows=[{"first_time": when}])
    expression = condition(
        selection(f"{{first_time|{modifier}: {value}}}", "flows"), "flows", every, Now(TODAY, CAPTURED)
    )
    assert every["flows"].select(_=expression)["_"].to_list() == [wanted]


def test_what_is_not_known_makes_the_condition_unknown() -> None:
    every = tables(flows=[{"first_time": CAPTURED}])
    for anchor in ("today", "captured"):
        expression = condition(selection(f"{{first_time|before: {anchor}}}", "flows"), "flows", every)
        assert every["flows"].select(_=expression)["_"].to_list() == [None]
    assert Now(date.max).moment(Relative("today", LONGEST)) is None
    assert Now(TODAY).moment(Relative("today", 60)) == datetime(2026, 1, 31, tzinfo=UTC) + timedelta(seconds=60)
