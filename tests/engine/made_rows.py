"""Rows of every table of facts, made of the names of their columns, so that no value is like another."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from scanner.facts.schema import Column, Table

START = datetime(2026, 1, 1, tzinfo=UTC)
_REAL = {"client": "10.0.0.1", "server": "fe80::2", "transport": "tcp", "verb": "write", "protocol": "modbus"}


def blank(table: Table) -> dict[str, Any]:
    """A row of which nothing is known."""
    return {column.name: _nothing(column) for column in table.columns}


def _nothing(column: Column) -> Any:
    if column.type.startswith("list"):
        return []
    return "" if column.type == "str" else None


def full(table: Table, more: str = "") -> dict[str, Any]:
    """A row of which everything is known. more: makes it another row."""
    return {column.name: own(column, more) for column in table.columns}


def half(table: Table, odd: int) -> dict[str, Any]:
    """A row of which the columns with odd, or with even, numbers of letters are known."""
    names = {column.name for column in table.columns if len(column.name) % 2 == odd}
    return blank(table) | {name: value for name, value in full(table).items() if name in names}


def own(column: Column, more: str = "") -> Any:
    """A value that no other column has, where its type allows that."""
    number = sum(map(ord, f"{column.name}{more}"))
    values = {
        "str": _REAL.get(column.name, f"{column.name}{more}"),
        "int": number,
        "float": number / 8,
        "bool": True,
        "time": START + timedelta(seconds=number),
        "list[str]": [f"{column.name}{more}-1", f"{column.name}{more}-2"],
        "list[int]": [number, number + 1],
    }
    return values[column.type]
