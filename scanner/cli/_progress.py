"""The progress bars: bytes, packets per second and time left of each capture, then one for what follows.

Drawn on standard error.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Column

from scanner.inputs import Input, InputKind
from scanner.pool import Watcher
from scanner.report._words import one_line, printable, say

_ENOUGH = 0.25  # seconds of reading before which a rate means nothing
_MOST = 12  # bars at a time: more would not fit a screen, and rich cuts them
_WIDTH = 32


class _Captures(Watcher):
    """One bar for each capture; those of a large folder come and go."""

    def __init__(self, bars: Progress, captures: Sequence[Input], language: str) -> None:
        self._bars = bars
        self._language = language
        self._tasks: dict[str, TaskID] = {}
        for number, entry in enumerate(captures):
            size = entry.path.stat().st_size if entry.path is not None and entry.path.exists() else None
            name = printable(one_line(entry.path.name if entry.path is not None else entry.source))
            shown = number < _MOST
            self._tasks[entry.source] = bars.add_task(name, total=size, packets="", start=False, visible=shown)

    def advance(self, entry: Input, done: int, total: int, packets: int) -> None:
        """Move the bar of this capture. When all its bytes are read, its messages are still to be understood."""
        task = self._tasks[entry.source]
        self._bars.start_task(task)
        elapsed = self._bars.tasks[task].elapsed or 0
        rate = f"{packets / elapsed:,.0f} packets/s" if elapsed >= _ENOUGH else ""
        if total and done >= total:
            rate = say(self._language, "stage.understanding")
        self._bars.update(task, completed=done, total=total or None, packets=rate, visible=True)

    def finish(self, entry: Input) -> None:
        """Fill the bar of this capture."""
        task = self._tasks[entry.source]
        full = self._bars.tasks[task].total or self._bars.tasks[task].completed
        self._bars.update(task, completed=full, packets="", visible=len(self._tasks) <= _MOST)


class _Stages(Watcher):
    """One bar for what follows reading."""

    def __init__(self, bars: Progress, language: str) -> None:
        self._bars = bars
        self._language = language
        self._task: TaskID | None = None
        self._name = ""

    def stage(self, name: str, done: int = 0, total: int = 0) -> None:
        """A bar that fills when it is known how far it is, else one that pulses."""
        if name != self._name:
            if self._task is not None:
                self._bars.remove_task(self._task)
            kind, _, what = name.partition(" ")
            shown = printable(one_line(f"{say(self._language, f'stage.{kind}')} {what}"))
            self._task, self._name = self._bars.add_task(shown, total=total or None), name
            self._bars.refresh()
        elif self._task is not None:
            self._bars.update(self._task, completed=done, total=total or None)


def _name_column() -> TextColumn:
    return TextColumn("{task.description}", markup=False, table_column=Column(no_wrap=True, max_width=_WIDTH))


@contextmanager
def reading_bars(inputs: Sequence[Input], language: str) -> Iterator[Watcher]:
    """Bars for the captures among the inputs; they vanish at the end."""
    columns = (
        _name_column(),
        BarColumn(bar_width=12),
        DownloadColumn(table_column=Column(no_wrap=True)),
        TextColumn("{task.fields[packets]}", table_column=Column(no_wrap=True)),
        TimeRemainingColumn(compact=True, table_column=Column(no_wrap=True)),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        yield _Captures(bars, [entry for entry in inputs if entry.kind is InputKind.CAPTURE], language)


@contextmanager
def stage_bars(language: str) -> Iterator[Watcher]:
    """A bar for each stage that follows reading; it vanishes at the end."""
    columns = (_name_column(), BarColumn(bar_width=12), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        yield _Stages(bars, language)
