"""What devices did, as tests write it down."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple, get_type_hints

import polars as pl

from scanner.assets import roles


class Deed(NamedTuple):
    """Operations of one verb between two devices, summed up."""

    client: str
    server: str
    protocol: str
    verb: str
    answered: int


class Link(NamedTuple):
    """Conversations between two devices."""

    client: str
    server: str
    transport: str
    port: int
    protocol: str
    industrial: bool
    answered: bool


def infer(
    operations: Iterable[Deed], links: Iterable[Link], stated: Mapping[str, list[roles.Reason]]
) -> dict[str, list[roles.Reason]]:
    """The roles of devices, of what they did row by row."""
    return roles.infer(_table(Deed, operations), _table(Link, links), stated)


def _table(kind: type[Deed | Link], rows: Iterable[Deed | Link]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=get_type_hints(kind), orient="row")
