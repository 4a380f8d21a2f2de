"""What a form of policies is, and what it is made from."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from scanner.plugins import Plugin
from scanner.wording import Said

Row = Mapping[str, Any]
Ports = Mapping[str, Collection[tuple[str, int]]]  # protocol -> (transport, port) pairs that it is at home on


@dataclass(frozen=True)
class ToExport:
    """A policy and what says whom its words mean.

    tables: its facts tables. inventory: rows of the facts table. zone: the one that is asked for, empty for all.
    address: where what is written will be published. today: the day that it is made on.
    """

    tables: Mapping[str, Sequence[Row]]
    inventory: Sequence[Row] = ()
    ports: Ports = field(default_factory=dict)
    zone: str = ""
    address: str = ""
    today: date = date.min


@dataclass(frozen=True)
class PolicyForm(Plugin):
    """A form that policies are exported in.

    render: the text; raises DefinitionError for what cannot be written. beyond: what the form does not express and
    has no place for.
    """

    render: Callable[[ToExport], str]
    beyond: Callable[[ToExport], Iterable[Said]] = lambda _: ()
