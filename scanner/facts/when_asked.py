"""Tables by name, of which some are made when somebody asks for them: what they tell takes long, and few ask."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import polars as pl

from scanner.facts.schema import TABLES
from scanner.gc_paused import uncollected


class TablesWhenAsked(Mapping[str, pl.DataFrame]):
    """In the order of the schema. made: those that are there already. A copy of the mapping asks for all."""

    def __init__(self, made: Mapping[str, pl.DataFrame], makers: Mapping[str, Callable[[], pl.DataFrame]]) -> None:
        self.made = dict(made)
        self._makers = makers
        self._names = dict.fromkeys(name for name in TABLES if name in made or name in makers)

    def __getitem__(self, name: str) -> pl.DataFrame:
        if name not in self.made and name in self._makers:
            with uncollected():
                self.made[name] = self._makers[name]()
        return self.made[name]

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


class OtherTables(Mapping[str, pl.DataFrame]):
    """The tables, of which some are others; those that stay are asked for when somebody asks for them."""

    def __init__(self, tables: Mapping[str, pl.DataFrame], others: Mapping[str, pl.DataFrame]) -> None:
        self._tables = tables
        self._others = others

    def __getitem__(self, name: str) -> pl.DataFrame:
        return self._others[name] if name in self._others else self._tables[name]

    def __contains__(self, name: object) -> bool:
        return name in self._others or name in self._tables

    def __iter__(self) -> Iterator[str]:
        yield from self._tables
        yield from (name for name in self._others if name not in self._tables)

    def __len__(self) -> int:
        return sum(1 for _ in self)
