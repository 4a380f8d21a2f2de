"""What a command is doing: bars on a terminal, lines with their times when more than usual, or the cost, is wanted."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import click

from scanner.cli._general import General, general
from scanner.cli._stage_lines import StageLines
from scanner.cli._timings import Timings
from scanner.inputs import Input, InputKind
from scanner.pool import Watcher
from scanner.wording import Said, said


@contextmanager
def stages(inputs: Sequence[Input], *, reading: bool) -> Iterator[Watcher]:
    """Who hears how far the work is: ``reading`` the inputs, or what follows, joining them to writing reports."""
    voice = general()
    if click.get_current_context().params.get("timings"):
        timings = Timings("reading" if reading else "")
        yield timings
        timings.end()
    elif voice.verbose:
        watcher = _Lines(voice, inputs if reading else ())
        yield watcher
        watcher.end()
    elif not voice.progress or not sys.stderr or not sys.stderr.isatty() or not _worth_a_bar(inputs):
        yield Watcher()
    else:
        from scanner.cli._progress import reading_bars, stage_bars

        with reading_bars(inputs, voice.language) if reading else stage_bars(voice.language) as bars:
            yield bars


def _worth_a_bar(inputs: Sequence[Input]) -> bool:
    """Captures are; what is only text is judged in no time."""
    return any(entry.kind is InputKind.CAPTURE for entry in inputs)


class _Lines(StageLines):
    """Lines on standard error: what was read, then each stage with the time that it took."""

    def __init__(self, voice: General, inputs: Sequence[Input]) -> None:
        super().__init__("reading" if inputs else "")
        self._voice = voice
        self._since = time.perf_counter()
        for entry in inputs:
            voice.detail(said("{kind}: {input}", kind=entry.kind.value, input=entry.source))

    def begins(self) -> None:
        """From here on it counts."""
        self._since = time.perf_counter()

    def over(self, stage: Said) -> None:
        """Say how long it took."""
        self._voice.detail(said("{stage}: {seconds:.1f} s", stage=stage, seconds=time.perf_counter() - self._since))
