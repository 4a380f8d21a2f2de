"""The measures of a rule as columns beside its subjects.

What a row says of its events may be coarse: so many between two moments. Each number therefore has two columns: how
much there is at least, under the measure's name, and how much there may be at most. Where a rule's threshold lies
between them its condition is unknown, as it is for rows without times.

Several captures of the same time may have seen the same events: sums are made over captures that follow one another,
and what was recorded at once is counted apart.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from functools import reduce

import numpy as np
import polars as pl

from scanner.engine.definitions.rules import Rule
from scanner.engine.language.correlations import COUNTS, Measure, MeasureKind
from scanner.engine.language.expressions import Tables
from scanner.engine.language.joins import most
from scanner.engine.language.moments import Now
from scanner.engine.language.selections import Selection
from scanner.engine.language.truths import RowTruths
from scanner.engine.language.windows import Numbers, Truths, in_order, most_held, united
from scanner.facts.columns_when_asked import kind_of
from scanner.facts.numbered import numbered
from scanner.facts.schema import OPERATIONS
from scanner.succession import CaptureSpan, lanes

_TIMES = ("first_time", "last_time", "time")
_SERIES = "activity_"  # lists that say when the events of a row happened
_SECOND = 1_000_000_000
_UNTOLD = 1 << 40  # events of a row that does not say how many
_ALWAYS = 1 << 61  # farther than any moment
_MANY = 1 << 36  # groups
_HOW_MANY = ("", COUNTS[OPERATIONS.name])  # fields of measures of how many operations there are


@dataclass(frozen=True)
class _Pieces:
    """What happened between two moments; ``sure``: it is an event, and its times and number are known; ``ends``: both
    moments are events, and not only the time between them holds some; ``most``, ``peak``: what a window and what a
    second hold of it at most.
    """

    row: Numbers
    group: Numbers
    start: Numbers
    end: Numbers
    weight: Numbers
    most: Numbers
    peak: Numbers
    sure: Truths
    ends: Truths

    def chosen(self, which: Truths) -> _Pieces:
        return _Pieces(*(getattr(self, name)[which] for name in _PARTS))


_PARTS = tuple(f.name for f in fields(_Pieces))


def measured(rule: Rule, tables: Tables, now: Now, known: RowTruths | None = None) -> pl.DataFrame:
    """The rule's table with a column for each of its measures, and one for the upper bound of each number.

    known: of the table's rows, as far as other rules have asked.
    """
    rows, captures = RowTruths(rule.table, tables, now, known), tables["captures"]
    columns = [column for measure in rule.correlate for column in _measure(rule, measure, rows, captures)]
    return rows.frame.hstack(columns)


def _measure(rule: Rule, measure: Measure, truths: RowTruths, captures: pl.DataFrame) -> list[pl.Series]:
    table = truths.frame

    def holds(*selections: Selection | None) -> pl.Series:
        return reduce(lambda a, b: a & b, (truths.holds(s) for s in selections if s), truths.all(value=True))

    wanted = _looked_at(measure)
    event = holds(rule.where, measure.where)
    if not event.null_count() and not event.any():
        return _nothing(measure, table.height)
    rows = table.select(c for c in table.columns if c in wanted or c.startswith(_SERIES)).with_row_index("_row")
    rows = rows.with_columns(_event=event).filter(event.fill_null(value=True))
    known = _all_known(measure, table)
    if measure.steps:
        steps = [holds(rule.where, measure.where, selection) for _, selection in measure.steps]
        column = _sequence(measure, rows.filter(known), steps, truths)
        return [_placed(measure.name, column, table.height, rows.filter(~known)["_row"].to_numpy())]
    sums = measure.kind is not MeasureKind.VALUE_COUNT
    if sums and "copy" in table.columns:  # the same packets, captured at another place as well
        rows = rows.filter(~pl.col("copy").fill_null(value=False))
    grouped = rows.filter(known)
    if sums and "capture" in table.columns:
        grouped = grouped.with_columns(_lane=_lanes(captures, grouped["capture"]))
    pieces = _pieces(measure, rule.table, grouped, truths)
    least, greatest = _sums(measure, rule.table, pieces) if sums else _distinct(measure, pieces, truths)
    bounds = []
    unknown = rows.filter(~known)["_row"].to_numpy()
    for name, numbers in ((measure.name, least), (most(measure.name), greatest)):
        whole = np.zeros(table.height, np.int64)
        np.maximum.at(whole, pieces.row, numbers)
        column = pl.Series(name, whole)
        if measure.kind is MeasureKind.RATE:
            column = column.cast(pl.Float64) / float(measure.timespan or 1)
        bounds.append(_placed(name, column, table.height, unknown))
    return bounds


def _nothing(measure: Measure, height: int) -> list[pl.Series]:
    """What rows are told where none of them is an event."""
    if measure.steps:
        return [pl.Series(measure.name, [False]).new_from_index(0, height)]
    none = pl.Series([0.0 if measure.kind is MeasureKind.RATE else 0]).new_from_index(0, height)
    return [none.alias(name) for name in (measure.name, most(measure.name))]


def _looked_at(measure: Measure) -> set[str]:
    """Columns that the measure is made of, but for those that say when the events of a row happened."""
    return {*measure.group_by, measure.field, *COUNTS.values(), *_TIMES, "copy", "capture"}


def _placed(name: str, column: pl.Series, height: int, unknown: Numbers) -> pl.Series:
    """The column, null in the rows that belong to no group."""
    mask = np.zeros(height, np.bool_)
    mask[unknown] = True
    return pl.select(pl.when(~pl.Series(mask)).then(column).alias(name)).to_series()


def _all_known(measure: Measure, table: pl.DataFrame) -> pl.Expr:
    """Every column that makes the group has a value."""
    parts = (
        pl.col(name) != "" if kind_of(table, name) == pl.String else pl.col(name).is_not_null()
        for name in measure.group_by
    )
    return reduce(lambda a, b: a & b, parts, pl.lit(value=True))


def _lanes(captures: pl.DataFrame, capture: pl.Series) -> pl.Series:
    """A number for each row's capture; captures that follow one another share it, those that overlap do not."""
    times = captures.select("capture", pl.col("first_time", "last_time").to_physical())
    found = lanes(CaptureSpan(*row) for row in times.iter_rows())
    if not found:
        return pl.zeros(len(capture), eager=True)
    values, places = numbered(capture)
    return values.replace_strict(found, default=-1, return_dtype=pl.Int64)[places]


def _groups(measure: Measure, rows: pl.DataFrame, truths: RowTruths) -> Numbers:
    """A number for each row; rows that belong together share it."""
    group, size = np.zeros(rows.height, np.int64), 1
    at = rows["_row"].to_numpy()
    for name in measure.group_by:
        known = truths.distinct(name)
        group, size = _beside(group, size, known.places.to_numpy()[at], len(known.values))
    if "_lane" in rows.columns:
        lane = rows["_lane"].to_numpy() + 1  # -1 is none
        group, _ = _beside(group, size, lane, int(lane.max(initial=0)) + 1)
    return group


def _beside(group: Numbers, size: int, places: Numbers, width: int) -> tuple[Numbers, int]:
    """Numbers for pairs, and what they are below."""
    if size * max(width, 1) > _MANY:
        values, group = np.unique(group, return_inverse=True)
        size = len(values)
    return group * max(width, 1) + places, size * max(width, 1)


def _pieces(measure: Measure, table: str, rows: pl.DataFrame, truths: RowTruths) -> _Pieces:
    """When the events of the rows happened, and how many they are."""
    events, unsaid = _weight(measure, table, rows)
    named = rows.select(
        row=pl.col("_row").cast(pl.Int64),
        group=pl.Series(_groups(measure, rows, truths)),
        first=_time(rows, "first_time", "time"),
        last=_time(rows, "last_time", "first_time", "time"),
        events=events,
        sure=pl.col("_event").fill_null(value=False) & unsaid.is_not_null(),
        **_series(measure, table, rows),
    )
    named = named.with_columns(
        first=pl.min_horizontal("first", "last"), ends=pl.lit(value=True), most="events", peak="events"
    )
    if "starts" in named.columns:
        named = _exploded(named, measure.timespan or 0)
    timed = pl.col("first").is_not_null() & pl.col("last").is_not_null()
    if measure.timespan is None:
        timed, named = pl.lit(value=True), named.with_columns(first=0, last=0)
    named = named.with_columns(
        start=pl.when(timed).then("first").otherwise(-_ALWAYS),
        end=pl.when(timed).then("last").otherwise(_ALWAYS),
        sure=pl.col("sure") & timed,
    )
    return _Pieces(
        *(named[n].to_numpy() for n in ("row", "group", "start", "end", "events", "most", "peak", "sure", "ends"))
    )


def _weight(measure: Measure, table: str, rows: pl.DataFrame) -> tuple[pl.Series, pl.Series]:
    """How many events each row stands for, and whether it says so (not null)."""
    counted = measure.field if measure.kind is not MeasureKind.VALUE_COUNT else ""
    if measure.kind is MeasureKind.EVENT_COUNT:
        counted = COUNTS.get(table, "")
    if not counted:
        one = pl.Series([1], dtype=pl.Int64).extend_constant(1, max(0, rows.height - 1)).head(rows.height)
        return one, one
    said = rows[counted].cast(pl.Int64)
    if measure.kind is MeasureKind.EVENT_COUNT:
        said = said.fill_null(1)
    return said.fill_null(_UNTOLD), said


def _time(rows: pl.DataFrame, *names: str) -> pl.Expr:
    found = next((name for name in names if name in rows.columns), None)
    return pl.col(found).to_physical().cast(pl.Int64) if found else pl.lit(None, pl.Int64)


def _series(measure: Measure, table: str, rows: pl.DataFrame) -> dict[str, pl.Expr]:
    """The lists that say when the events of a row happened, where the table has them."""
    counted = (
        COUNTS.get(table, "") if measure.kind in (MeasureKind.EVENT_COUNT, MeasureKind.VALUE_COUNT) else measure.field
    )
    if f"activity_{counted}" not in rows.columns or measure.timespan is None:
        return {}
    return {
        "starts": pl.col("activity_starts"),
        "width": pl.col("activity_width"),
        "parts": pl.col(f"activity_{counted}"),
        "peaks": pl.col(f"activity_{counted}_peak"),
        "minutes": pl.col(f"activity_{counted}_minute"),
    }


def _exploded(rows: pl.DataFrame, seconds: int) -> pl.DataFrame:
    """A row for each part in which something happened, no longer than the whole; a window of so many seconds holds no
    more of it than its busiest second and its busiest calendar minute allow.
    """
    known = (pl.col("starts").list.len() > 0) & pl.col("first").is_not_null()
    parts = rows.filter(known).explode("starts", "width", "parts", "peaks", "minutes").filter(pl.col("parts") > 0)
    begin = pl.col("starts") * _SECOND
    parts = parts.with_columns(
        first=pl.max_horizontal("first", begin),
        last=pl.min_horizontal("last", begin + pl.col("width") * _SECOND),
        events="parts",
        peak="peaks",
        most=pl.min_horizontal("parts", pl.col("peaks") * (seconds + 1), pl.col("minutes") * (-(-seconds // 60) + 1)),
        ends=pl.lit(value=False),
    )
    lists = ("starts", "width", "parts", "peaks", "minutes")
    parts = parts.with_columns(last=pl.max_horizontal("first", "last")).drop(lists)
    return pl.concat([rows.filter(~known).drop(lists), parts])


def _sums(measure: Measure, table: str, pieces: _Pieces) -> tuple[Numbers, Numbers]:
    """Bounds of what the fullest window that each piece lies in holds."""
    span = _span(measure)
    length = pieces.end - pieces.start
    short = pieces.sure & (length <= span)
    least = _held_for_certain(pieces, short, span, counts=table == OPERATIONS.name and measure.field in _HOW_MANY)
    # So many events over several windows: one of these holds no less than their share, nor than what is left when all
    # other seconds are as busy as the busiest.
    spread = pieces.sure & ~short
    windows = -(-length // max(span, 1))
    left = pieces.weight - pieces.peak * -(-(length - span) // _SECOND)
    least[spread] = np.maximum(least, np.maximum(-(-pieces.weight // np.maximum(windows, 1)), left))[spread]
    touched = (pieces.start - span, pieces.end)
    greatest = most_held(pieces.group, *touched, pieces.most, (pieces.group, *touched))
    return least, np.maximum(least, greatest)


def _held_for_certain(pieces: _Pieces, short: Truths, span: int, *, counts: bool) -> Numbers:
    """What the fullest window that each piece lies in holds at least; ``short``: pieces that one window may hold whole.

    counts: the weight is a number of operations, of which the first and the last are one each at a time of its own.
    """
    apart = pieces.sure & pieces.ends & (pieces.weight > 1) & (pieces.end > pieces.start) & counts
    whole, near, far = (np.flatnonzero(which) for which in (short, short & apart, ~short & apart))
    start, end = pieces.start, pieces.end
    owner = np.concatenate([whole, near, far, far])
    low = np.concatenate([(end - span)[whole], (start - span)[near], (start - span)[far], (end - span)[far]])
    high = np.concatenate([start[whole], end[near], start[far], end[far]])
    one = np.ones(len(near) + 2 * len(far), np.int64)
    weight = np.concatenate([(pieces.weight - (short & apart))[whole], one])
    group = pieces.group[owner]
    least = np.zeros(len(pieces.row), np.int64)
    np.maximum.at(least, owner, most_held(group, low, high, weight, (group, low, high)))
    return least


def _distinct(measure: Measure, pieces: _Pieces, truths: RowTruths) -> tuple[Numbers, Numbers]:
    """Bounds of how many different values the window that has most of them holds. Empty values do not count."""
    known = truths.distinct(measure.field)
    named = (known.values != "") if known.values.dtype == pl.String else known.values.is_not_null()
    number = np.where(named.fill_null(value=False).to_numpy(), np.arange(len(known.values)), -1)
    value = number[known.places.to_numpy()[pieces.row]]
    if measure.timespan is not None:
        return _different(value, pieces, _span(measure))
    greatest = _in_group(pieces.group, value, np.ones_like(pieces.sure))
    return np.where(pieces.sure, _in_group(pieces.group, value, pieces.sure), 0), greatest


def _in_group(group: Numbers, value: Numbers, which: Truths) -> Numbers:
    """Of each piece, how many different values there are in its group, in those that are chosen."""
    chosen = which & (value >= 0)
    width = int(value.max(initial=0)) + 1
    groups, counts = np.unique(np.unique(group[chosen] * width + value[chosen]) // width, return_counts=True)
    if not len(groups):
        return np.zeros(len(group), np.int64)
    at = np.minimum(np.searchsorted(groups, group), len(groups) - 1)
    return np.where(groups[at] == group, counts[at], 0)


def _different(value: Numbers, pieces: _Pieces, span: int) -> tuple[Numbers, Numbers]:
    """``value``: of each piece, -1 for none."""
    exact, coarse = np.flatnonzero(pieces.sure & pieces.ends), np.flatnonzero(pieces.sure & ~pieces.ends)
    coarse = coarse[pieces.end[coarse] - pieces.start[coarse] <= span]
    owner = np.concatenate([exact, exact, coarse])
    begin = np.concatenate([pieces.start[exact], pieces.end[exact], pieces.start[coarse]])
    end = np.concatenate([pieces.start[exact], pieces.end[exact], pieces.end[coarse]])
    least = np.zeros(len(pieces.row), np.int64)
    np.maximum.at(least, owner, _unique(pieces.group[owner], value[owner], end - span, begin))
    greatest = _unique(pieces.group, value, pieces.start - span, pieces.end)
    return least, np.maximum(least, greatest)


def _unique(group: Numbers, value: Numbers, low: Numbers, high: Numbers) -> Numbers:
    named = value >= 0
    width = int(value.max(initial=0)) + 1
    keys, lows, highs = united((group * width + value)[named], low[named], high[named])
    return most_held(keys // width, lows, highs, np.ones(len(keys), np.int64), (group, low, high))


def _span(measure: Measure) -> int:
    return measure.timespan * _SECOND if measure.timespan is not None else 0


def _with_every_step(group: Numbers, rows: pl.DataFrame, steps: list[pl.Series]) -> pl.Series:
    """The rows in whose group each step may have happened: most groups have only some of them."""
    groups, at = pl.Series(group), rows["_row"]
    whole = pl.Series([True], dtype=pl.Boolean).new_from_index(0, rows.height)
    for holds in steps:
        whole &= groups.is_in(groups.filter(holds.fill_null(value=True)[at]).unique().implode())
    return whole


def _sequence(measure: Measure, rows: pl.DataFrame, steps: list[pl.Series], truths: RowTruths) -> pl.Series:
    """Of each row of the table: it is part of a whole sequence, it is not, or that is unknown."""
    span = _span(measure)
    height = len(steps[0])
    rows = rows.filter(_with_every_step(_groups(measure, rows, truths), rows, steps))
    pieces = _pieces(
        Measure(measure.name, MeasureKind.VALUE_COUNT, measure.group_by, measure.timespan), "", rows, truths
    )
    number, parts = [], []
    for step, holds in enumerate(steps):
        true, perhaps = (holds.fill_null(v).to_numpy()[pieces.row] for v in (False, True))
        part = pieces.chosen(perhaps)
        parts.append(replace(part, sure=part.sure & true[perhaps]))
        number.append(np.full(int(perhaps.sum()), step, np.int64))
    every = _Pieces(*(np.concatenate([getattr(p, n) for p in parts]) for n in _PARTS))
    least, greatest = _different(np.concatenate(number), every, span)
    certain, possible = np.zeros(height, np.bool_), np.zeros(height, np.bool_)
    possible[every.row[greatest == len(steps)]] = True
    if measure.kind is MeasureKind.TEMPORAL:
        certain[every.row[least == len(steps)]] = True
    else:
        events = [(np.tile(p.group[p.sure], 2), np.concatenate([p.start[p.sure], p.end[p.sure]])) for p in parts]
        for part, found in zip(parts, in_order(events, span), strict=True):
            certain[np.tile(part.row[part.sure], 2)[found]] = True
        inexact = np.unique(every.group[~every.sure | (every.start != every.end)])
        vague = np.zeros(height, np.bool_)
        vague[every.row[np.isin(every.group, inexact)]] = True
        possible &= vague | certain
    return pl.select(
        pl.when(pl.Series(certain)).then(pl.lit(value=True)).when(~pl.Series(possible)).then(pl.lit(value=False))
    ).to_series()
