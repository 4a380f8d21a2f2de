"""A comparison: which tshark fields of a protocol are counted, and the same values from otaudit's side."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from scanner.capture.result import DistinctMessage
from scanner.protocols.base import Operation, Row

Frame = Mapping[str, list[str]]  # tshark field -> its values in one frame, in order
Value = tuple[str, str]  # (table, value), both sides in the same words


@dataclass(frozen=True)
class Spec:
    """The comparison of one protocol; each module of ``tests.conformance.specs`` has one, named ``SPEC``.

    protocol: otaudit's name.  layers: tshark's names in ``frame.protocols``, any of which means a frame of it.
    decode_as: transport -> tshark dissector, for servers that otaudit recognised on other ports.
    ports: transport -> tshark preference that names such ports, where tshark goes by it to tell queries from answers.
    options: what tshark must be told besides where otaudit finds the protocol in a capture.
    theirs: the counted values of one frame; ours: the counted values of one distinct message, from its rows and, for
        what rows do not carry, from bytes that are part of its key.
    """

    protocol: str
    layers: tuple[str, ...]
    fields: tuple[str, ...]
    theirs: Callable[[Frame], Iterable[Value]]
    ours: Callable[[DistinctMessage, Sequence[Row]], Iterable[Value]]
    decode_as: Mapping[str, str] = field(default_factory=dict)
    ports: Mapping[str, str] = field(default_factory=dict)
    options: tuple[str, ...] = ()


def by_code(protocol: str, table: str, *names: str, **more: Any) -> Spec:
    """The comparison of a protocol of which the code of every operation is the value of one of these tshark fields."""
    return by_columns(protocol, {table: ("code", *names)}, **more)


def by_columns(protocol: str, tables: Mapping[str, tuple[str, ...]], **more: Any) -> Spec:
    """The comparison of a protocol of which columns of every operation are the values of tshark fields.

    tables: table -> the column, and the fields in which tshark has it.
    """
    pairs = [(table, name) for table, (_, *names) in tables.items() for name in names]
    return Spec(
        protocol=protocol,
        layers=more.pop("layers", (protocol,)),
        fields=tuple(name for _, name in pairs),
        theirs=lambda frame: (value for table, name in pairs for value in counted(frame, **{table: name})),
        ours=lambda _, rows: (
            (table, number(getattr(row, column)))
            for row in operations(rows)
            for table, (column, *_names) in tables.items()
        ),
        **more,
    )


@cache
def specs() -> tuple[Spec, ...]:
    """Every comparison, found by folder."""
    package = importlib.import_module("tests.conformance.specs")
    names = sorted(m.name for m in pkgutil.iter_modules(package.__path__))
    return tuple(importlib.import_module(f"{package.__name__}.{name}").SPEC for name in names)


def counted(frame: Frame, **tables: str) -> Iterator[Value]:
    """Every value of the tshark fields, by table name."""
    for table, name in tables.items():
        for value in frame.get(name, ()):
            yield table.replace("_", " "), number(value)


def operations(rows: Sequence[Row]) -> list[Operation]:
    """What a message asks for, answers or reports; a comparison takes functions from here, not from the bytes."""
    return [row for row in rows if isinstance(row, Operation)]


def number(text: str) -> str:
    """Hexadecimal and decimal numbers in one form; other text as it is."""
    try:
        return str(int(text, 0))
    except ValueError:
        return text
