"""Which rows of a table meet selections. Each test is tried once on a table, however many rules make it, and once for
each distinct value where it looks at nothing but a text or a list; what selections make of tests are a few bits a row.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from functools import reduce

import numpy as np
import numpy.typing as npt
import polars as pl

from scanner.engine.language.expressions import Tables, plain, qualified, settled
from scanner.engine.language.modifiers import Refers
from scanner.engine.language.moments import Now
from scanner.engine.language.paths import is_path
from scanner.engine.language.selections import And, Not, Or, Selection, Test, columns_of, tests_of
from scanner.engine.language.unseen import doubt
from scanner.facts.columns_when_asked import numbered_in
from scanner.facts.when_asked import OtherTables

FEW = 2_000  # rows below which distinct values are not worth finding
_ROW, _VALUE = "_row", "_value"


class RowTruths:
    """Truth values of a table's rows, three-valued as ``condition`` says: null is unknown."""

    def __init__(self, table: str, tables: Tables, now: Now = Now(), known: RowTruths | None = None) -> None:  # noqa: B008
        """known: those of the same rows with fewer columns."""
        self.table, self.frame, self.now = table, tables[table], now
        self._tables = tables
        self._known = known
        self._tried: dict[Test, pl.Series] = {}
        self._alike: dict[bool | None, pl.Series] = {}
        self._shown: dict[str, pl.Series] = {}
        self._distinct: dict[str, Distinct] = {}

    def holds(self, selection: Selection) -> pl.Series:
        """Of each row, whether it meets the selection."""
        self.try_out(tests_of(selection))
        return evaluated(selection, self.of)

    def all(self, *, value: bool | None) -> pl.Series:
        """The same for every row."""
        return pl.Series([value], dtype=pl.Boolean).new_from_index(0, self.frame.height)

    def without(self, columns: Collection[str]) -> RowTruths:
        """As if the rows had not these columns."""
        frame = self.frame.drop(columns, strict=False)
        return RowTruths(self.table, OtherTables(self._tables, {self.table: frame}), self.now, self._known)

    def shown(self, what: str, by: pl.Expr) -> pl.Series:
        """Something else that every row says of itself; ``what`` tells it from all others."""
        if self._known is not None and set(by.meta.root_names()) <= set(self._known.frame.columns):
            return self._known.shown(what, by)
        if what not in self._shown:
            self._shown[what] = self._whole(by)
        return self._shown[what]

    def distinct(self, column: str) -> Distinct:
        """The distinct values of a column."""
        if self._known is not None and column in self._known.frame.columns:
            return self._known.distinct(column)
        if column not in self._distinct:
            self._distinct[column] = Distinct(*numbered_in(self.frame, column))
        return self._distinct[column]

    def of(self, test: Test) -> pl.Series:
        """The truth of a test that was tried."""
        return self._known.of(test) if self._known is not None and test not in self._tried else self._tried[test]

    def try_out(self, tests: Iterable[Test]) -> None:
        """Those that were not tried yet."""
        new = [test for test in dict.fromkeys(tests) if test not in self._tried]
        if self._known is not None:
            columns = set(self._known.frame.columns)
            old = [test for test in new if columns.issuperset(columns_of(test))]
            self._known.try_out(old)
            new = [test for test in new if test not in old]
        alike = {test: settled(test, self.now) for test in new}
        if self.frame.height > FEW:
            self._tried |= {test: self._once(self._tried_apart(alike[test])) for test in new}
        elif new:
            named = {f"{n}": self._expression(alike[test]) for n, test in enumerate(new)}
            found = self.frame.select_seq(pl.repeat(value=True, n=pl.len()).alias(_ROW), **named)  # no threads for few
            self._tried |= {test: found[f"{n}"] for n, test in enumerate(new)}

    def _expression(self, test: Test) -> pl.Expr:
        return qualified(test, self.table, self._tables, plain(test, self.table, self._tables))

    def _tried_apart(self, test: Test) -> pl.Series:
        """One test on many rows."""
        held = plain(test, self.table, self._tables)
        column = self._alone(test, held)
        if column:
            found = self.distinct(column).tried(held, self.frame.height)
            return self._certain(test, found)
        return self._whole(qualified(test, self.table, self._tables, held))

    def _once(self, found: pl.Series) -> pl.Series:
        """What is the same of every row is kept once: of most tests it is."""
        unknown, height = found.null_count(), len(found)
        same = unknown == height or (not unknown and found.sum() in (0, height))
        return self._alike.setdefault(found[0], found) if same else found

    def _certain(self, test: Test, held: pl.Series) -> pl.Series:
        """``held`` where the row can tell; else unknown."""
        found = doubt(test, self.table, self._tables)
        if found is None:
            return held
        rows = self.shown(found.name, found.rows)
        if found.certain is not None:
            rows &= ~held if found.certain else held
        sure = ~rows.fill_null(value=False)
        return held if sure.all() else held.zip_with(sure, self.all(value=None))

    def _whole(self, held: pl.Expr) -> pl.Series:
        found = self._narrow(held.meta.root_names()).select(held.alias(_VALUE)).to_series()
        return found if len(found) == self.frame.height else found.new_from_index(0, self.frame.height)

    def _narrow(self, names: Iterable[str]) -> pl.DataFrame:
        """These columns alone: polars makes one piece of every column of a table that is in several, used or not."""
        return self.frame.select([name for name in dict.fromkeys(names) if name] or self.frame.columns[:1])

    def _alone(self, test: Test, held: pl.Expr) -> str:
        """The only column that the expression looks at, if it is a text or a list; what refers to others, or to other
        tables, is compared row by row.
        """
        if is_path(self.table, test.column) or any(isinstance(match, Refers) for match in test.matches):
            return ""
        names = set(held.meta.root_names()) - {""}  # elements of lists have no name
        name = names.pop() if len(names) == 1 else ""
        kind = self.frame.schema[name] if name else None
        return name if kind is not None and (kind == pl.String or _listed(kind)) else ""


class Distinct:
    """The distinct values of a column, and which of them each row has."""

    def __init__(self, values: pl.Series, places: pl.Series) -> None:
        self.values = values
        self.places = places.shrink_dtype()  # most columns have few values, and tables many rows

    def present(self, rows: npt.NDArray[np.uint32]) -> pl.Series:
        """Those of some rows."""
        found = np.bincount(self.places.to_numpy()[rows], minlength=len(self.values))
        return self.values.filter(pl.Series(found > 0))

    def tried(self, held: pl.Expr, height: int) -> pl.Series:
        """The expression, which looks at this column alone, for each row."""
        found = self.values.to_frame().select(held.alias(_VALUE)).to_series()
        if len(found) != len(self.values):
            return found.new_from_index(0, height)
        return found[self.places]


def evaluated(selection: Selection, of: Callable[[Test], pl.Series]) -> pl.Series:
    """What the selection makes of the truth of its tests."""
    match selection:
        case Test():
            return of(selection)
        case And(parts):
            return reduce(lambda a, b: a & b, _each(parts, of))
        case Or(parts):
            return reduce(lambda a, b: a | b, _each(parts, of))
        case Not(part):
            return ~evaluated(part, of)


def or_else(truth: pl.Series, what: pl.Series) -> pl.Series:
    """The truth, and where it is unknown something else: polars takes a hundred times as long to ask for nothing."""
    return truth.zip_with(truth.is_not_null(), what) if truth.null_count() else truth


def _each(parts: Iterable[Selection], of: Callable[[Test], pl.Series]) -> Iterator[pl.Series]:
    return (evaluated(part, of) for part in parts)


def _listed(kind: pl.DataType) -> bool:
    return isinstance(kind, pl.List)
