"""The facts as rules see them: every table with its derived columns, and what the inputs amount to."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property, partial
from typing import TypeVar, cast

import polars as pl

from scanner.configs.settings import LEAVES_OPEN
from scanner.engine.language.moments import Now
from scanner.engine.language.truths import Distinct, RowTruths
from scanner.engine.verdict.owners import Owners
from scanner.engine.verdict.recording_files import Files
from scanner.engine.verdict.sight import Sight
from scanner.facts.frames import Facts, frame
from scanner.facts.schema import TABLES
from scanner.facts.when_asked import OtherTables
from scanner.facts.worlds import Worlds
from scanner.recorded_times import EARLIEST
from scanner.wording import Said, joined, kept, said

T = TypeVar("T")


@dataclass(frozen=True)
class Captured:
    """All captures together.

    duration: seconds during which at least one of them was recording.
    unread: "source: why" of captures that could not be read completely.
    end: when the last packet of all was seen; None when no packet has a time.
    """

    captures: int
    packets: int
    duration: float
    not_understood_share: float
    unread: tuple[Said, ...]
    end: datetime | None = None


@dataclass(frozen=True)
class JudgedFacts:
    """Facts with derived tables and columns. worlds: the tables if names bound to nothing were somebody."""

    facts: Facts
    tables: Mapping[str, pl.DataFrame]
    worlds: Worlds | None = None

    @cached_property
    def files(self) -> Files:
        """The files of all recordings."""
        return self.sight.files

    @cached_property
    def zones(self) -> list[str]:
        """Those of the policy, in its order."""
        return self.tables["zones"]["zone"].unique(maintain_order=True).to_list()

    @cached_property
    def dialects(self) -> frozenset[str]:
        """What the configurations that were read are written in."""
        return frozenset(self.tables["settings"]["dialect"].drop_nulls().unique())

    def truths(self, table: str, now: Now) -> RowTruths:
        """Which rows of the table meet which tests."""
        found = self._truths.get((table, now))
        if found is None:
            found = self._truths[table, now] = RowTruths(table, self.tables, now)
        return found

    @cached_property
    def _truths(self) -> dict[tuple[str, Now], RowTruths]:
        return {}

    def distinct(self, table: str, column: str) -> Distinct:
        """The distinct values of a column, whatever the time is."""
        known = next((truths for (name, _), truths in self._truths.items() if name == table), None)
        return (known or self.truths(table, Now())).distinct(column)

    def once(self, key: Hashable, make: Callable[[], T]) -> T:
        """What ``make`` gives, worked out once for a key; ``key`` begins with a word of the module that asks."""
        if key not in self._kept:
            self._kept[key] = make()
        return cast("T", self._kept[key])

    @cached_property
    def _kept(self) -> dict[Hashable, object]:
        return {}

    def forget(self) -> None:
        """Let go of what only rules ask; it is worked out again if another does."""
        for name in ("sight", "members", "_truths", "_kept"):
            self.__dict__.pop(name, None)

    @cached_property
    def members(self) -> Owners:
        """Of which zones and devices the rows of tables are."""
        return Owners(self.tables, self.owners)

    @cached_property
    def captured(self) -> Captured:
        """What the captures amount to."""
        known = _captured(self.tables["captures"])
        lost = [p for p in self.facts.inputs if p.kind == "capture" and p.unread]
        reasons = (_unread(p.source, dict(p.notes).get("not read", "not read")) for p in lost)
        return replace(known, unread=(*known.unread, *reasons))

    @cached_property
    def sight(self) -> Sight:
        """What was seen of each conversation."""
        return Sight(self.tables, partial(self.truths, now=Now()))

    @cached_property
    def owners(self) -> Mapping[str, Mapping[str, str]]:
        """``zone`` and ``device``: of whom is called so, by host name in lower case."""
        return {column: _owners(self.tables, column) for column in ("zone", "device")}

    def incomplete(self, kind: str) -> list[str]:
        """Sources of this kind that could not be read completely."""
        return [p.source for p in self.facts.inputs if p.kind == kind and not p.complete]

    def left_open(self) -> list[tuple[str, frozenset[str]]]:
        """Configurations with lines that are not understood, and the categories of settings that these may be about."""
        notes = ((p.source, dict(p.notes).get(LEAVES_OPEN)) for p in self.facts.inputs if p.kind == "configuration")
        return [(source, frozenset(str(told).split(", "))) for source, told in notes if told]


def _owners(tables: Mapping[str, pl.DataFrame], column: str) -> dict[str, str]:
    """Host name in lower case -> zone, or device: of those that were seen, then of those that are listed."""
    seen, listed = tables["devices"], tables["inventory"]
    here = listed["zone_by_policy" if column == "zone" else column].to_list()
    found: dict[str, str] = {}
    for name, value in (
        *(
            (name, value)
            for names, value in zip(seen["names"].to_list(), seen[column].to_list(), strict=True)
            for name in names or ()
        ),
        *zip(listed["name"].to_list(), here, strict=True),
        *zip(listed["hostname"].to_list(), here, strict=True),
    ):
        if name and value:
            found.setdefault(name.lower(), value)
    return found


def enriched(facts: Facts, tables: Mapping[str, pl.DataFrame], worlds: Worlds | None = None) -> JudgedFacts:
    """Facts with the tables that ``scanner.facts.enrich`` made of them; a table nobody filled is empty."""
    missing = {n: frame(table, (), derived=True) for n, table in TABLES.items() if n not in tables}
    return JudgedFacts(facts, OtherTables(tables, missing) if missing else tables, worlds)


def _captured(captures: pl.DataFrame) -> Captured:
    packets = _total(captures, "packets")
    rows = captures.select("source", "complete", "unread", "limits").sort("source").iter_rows()
    return Captured(
        captures=captures.height,
        packets=packets,
        duration=_recorded(captures),
        not_understood_share=_total(captures, "not_understood_packets") / packets if packets else 0.0,
        unread=tuple(
            _unread(source, unread or joined(map(kept, limits)) or said("could not be read completely"))
            for source, complete, unread, limits in rows
            if not complete or unread or limits
        ),
        end=_end(captures),
    )


def _end(captures: pl.DataFrame) -> datetime | None:
    end = captures["last_time"].filter(captures["last_time"].to_physical() >= EARLIEST).max()
    return end if isinstance(end, datetime) else None


def _unread(source: str, why: str) -> Said:
    return said("{file}: {why}", file=source, why=why if isinstance(why, Said) else kept(why))


def _total(captures: pl.DataFrame, column: str) -> int:
    return int(captures[column].fill_null(0).sum())


def _recorded(captures: pl.DataFrame) -> float:
    """Length of the union of the recorded intervals; the stated duration where a capture has no times."""
    seconds = 0.0
    spans = []
    for start, end, stated in captures.select(
        pl.col("first_time").cast(pl.Int64), pl.col("last_time").cast(pl.Int64), "duration"
    ).iter_rows():
        if start is None or end is None:
            seconds += stated or 0.0
        else:
            spans.append((start, end))
    reached = None
    for start, end in sorted(spans):
        fresh = start if reached is None or start > reached else reached
        if end > fresh:
            seconds += (end - fresh) / 1e9
        reached = end if reached is None else max(reached, end)
    return seconds
