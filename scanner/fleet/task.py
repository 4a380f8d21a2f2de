"""What a worker does: reads captures that may follow one another, and joins what several gave."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import polars as pl

import scanner
from scanner.errors import DefinitionError, Problem
from scanner.facts.frames import Facts
from scanner.inputs import Input
from scanner.limits import Ceilings, using
from scanner.pool import Watcher, read_folder
from scanner.reading import Reading
from scanner.store.program import source_digest
from scanner.wording import said

_ONE = threading.Lock()  # ceilings are of the whole process, and a capture takes one core
_FILES = "files"


Outcomes = dict[Input, Reading | Problem]


class ReadPart(NamedTuple):
    """What a part gave.

    outcomes: of each capture what went wrong, and which files are one recording. facts: they stay where they are until
    they are joined.
    """

    outcomes: Outcomes
    facts: Facts


def identity() -> str:
    """Which otaudit this is: facts of another would not be those of a scan that runs here."""
    return f"{scanner.__version__} {source_digest()}"


def read_part(entries: Sequence[Input], asked_by: str, chosen: Ceilings) -> ReadPart:
    """Read captures of a folder; DefinitionError when whoever asks is another otaudit."""
    if identity() != asked_by:
        what = said("a worker has another otaudit: {version}", version=scanner.__version__)
        raise DefinitionError(Problem("--scheduler", what, remedy=said("install the same on client and workers")))
    with _ONE, using(chosen):
        outcomes = read_folder(entries, Watcher())
    readings = [one for one in outcomes.values() if isinstance(one, Reading)]
    return ReadPart({entry: _light(one) for entry, one in outcomes.items()}, join([one.facts for one in readings]))


def outcomes_of(read: ReadPart) -> Outcomes:
    """What goes to the client at once."""
    return read.outcomes


def facts_of(read: ReadPart) -> Facts:
    """What stays."""
    return read.facts


def join(parts: Sequence[Facts]) -> Facts:
    """All of them as one; in whatever order, it is the same. Plain frames, which travel."""
    made = Facts().merge(*parts)
    return replace(made, tables={name: pl.DataFrame(table.get_columns()) for name, table in made.tables.items()})


def _light(outcome: Reading | Problem) -> Reading | Problem:
    if isinstance(outcome, Problem):
        return outcome
    tables = {name: table for name, table in outcome.facts.tables.items() if name == _FILES}
    return replace(outcome, facts=Facts(tables))
