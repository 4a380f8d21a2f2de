"""The progress bar: bytes, packets per second, time left. Drawn on standard error."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TaskID, TextColumn, TimeRemainingColumn
from rich.table import Column

from scanner.inputs import Input, Kind
from scanner.scan import Watcher

_ENOUGH = 0.25  # seconds of reading before which a rate means nothing


class _Bars(Watcher):
    """One bar for each capture."""

    def __init__(self, bars: Progress, captures: Sequence[Input]) -> None:
        self._bars = bars
        self._tasks: dict[str, TaskID] = {}
        for entry in captures:
            size = entry.path.stat().st_size if entry.path is not None and entry.path.exists() else None
            name = entry.path.name if entry.path is not None else entry.source
            self._tasks[entry.source] = bars.add_task(name, total=size, packets="", start=False)

    def advance(self, entry: Input, done: int, total: int, packets: int) -> None:
        """Move the bar of this capture."""
        task = self._tasks[entry.source]
        self._bars.start_task(task)
        elapsed = self._bars.tasks[task].elapsed or 0
        rate = f"{packets / elapsed:,.0f} packets/s" if elapsed >= _ENOUGH else ""
        self._bars.update(task, completed=done, total=total or None, packets=rate)

    def finish(self, entry: Input) -> None:
        """Fill the bar of this capture."""
        task = self._tasks[entry.source]
        self._bars.update(task, completed=self._bars.tasks[task].total or self._bars.tasks[task].completed)


@contextmanager
def progress(inputs: Sequence[Input]) -> Iterator[Watcher]:
    """Bars for the captures among the inputs; they vanish at the end."""
    columns = (
        TextColumn("{task.description}", markup=False, table_column=Column(no_wrap=True, max_width=24)),
        BarColumn(bar_width=12),
        DownloadColumn(table_column=Column(no_wrap=True)),
        TextColumn("{task.fields[packets]}", table_column=Column(no_wrap=True)),
        TimeRemainingColumn(compact=True, table_column=Column(no_wrap=True)),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        yield _Bars(bars, [entry for entry in inputs if entry.kind is Kind.CAPTURE])
