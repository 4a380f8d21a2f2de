"""Where results go: files by their extension, standard output, or a summary in the terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

import click

from scanner.cli._errors import DEFINITION, INTERNAL, forsake_stdout, tell
from scanner.cli._general import general
from scanner.errors import DefinitionError, Problem, defect, reason
from scanner.pool import Watcher
from scanner.report import FOLDER, REPORTS, ReportFormat, format_for, in_language, pieces, write
from scanner.report._short import short
from scanner.report._words import encodable
from scanner.results.model import Results
from scanner.wording import said

STDOUT = "-"


@dataclass(frozen=True)
class Outputs:
    """The formats and destinations that the user chose, checked before any work is done.

    lost: what could not be written, and the exit status that it asks for. One report that fails stops no other.
    """

    chosen: tuple[tuple[str, ReportFormat], ...]
    lost: dict[str, int] = field(default_factory=dict)

    @property
    def status(self) -> int:
        """Of the worst that befell a report; 0 when all are written."""
        return max(self.lost.values(), default=0)

    def write(self, results: Results, watcher: Watcher | None = None) -> None:
        """Render every output that is a file."""
        for target, renderer in self._files():
            (watcher or Watcher()).stage(f"writing {Path(target).name}")
            with self._bounded(target, renderer.name):
                Path(target).parent.mkdir(parents=True, exist_ok=True)
                write(results, Path(target), renderer)

    def show(self, results: Results) -> None:
        """What goes to the terminal: reports for standard output, and a summary unless the user wants quiet.

        Without any output the summary is the long one; it goes to standard error when a report goes to standard output.
        """
        piped = [renderer for target, renderer in self.chosen if target == STDOUT]
        for renderer in piped:
            with self._bounded("standard output", renderer.name):
                for piece in pieces(renderer.render(results)):
                    _stdout().buffer.write(piece)
                _stdout().buffer.flush()
        if general().quiet:
            return
        if not self.chosen:
            with self._bounded("standard output", "text"):
                _summarise(results, general().language)
        elif self._files():
            self._say_short(results, aside=bool(piped))

    @contextmanager
    def _bounded(self, target: str, form: str) -> Iterator[None]:
        """A place that cannot be written to, or a renderer that fails, is one line; the others go on."""
        try:
            yield
        except BrokenPipeError:  # a reader that has gone away is left to the whole
            raise
        except OSError as error:
            what = said("cannot be written: {reason}", reason=reason(error))
            self._lose(target, DEFINITION, Problem(target, what, remedy=said("choose another place")))
        except Exception as error:  # noqa: BLE001 - the last boundary of a renderer
            what = said("otaudit failed to write it as {format}: {defect}", format=form, defect=defect(error))
            remedy = said("the other reports are written; report this as a defect of otaudit")
            self._lose(target, INTERNAL, Problem(target, what, remedy=remedy))

    def _lose(self, target: str, status: int, problem: Problem) -> None:
        self.lost[target] = status
        tell(problem)

    def _files(self) -> list[tuple[str, ReportFormat]]:
        return [(target, renderer) for target, renderer in self.chosen if target != STDOUT]

    def _say_short(self, results: Results, *, aside: bool) -> None:
        written = [target for target, _ in self._files() if target not in self.lost]
        if not written:
            return
        lines = short(results, written, general().language)
        try:
            with self._bounded("standard output", "text"):
                click.echo("\n".join(map(plain, lines)), err=aside)
        except BrokenPipeError:  # the reports are written, and the exit status says the rest
            forsake_stdout()

    def spare(self, inputs: Iterable[Path]) -> None:
        """DefinitionError when an output would be written over an input."""
        given = {path.resolve() for path in inputs}
        folders = {path.parent for path in given}
        for target, renderer in self.chosen:
            if target != STDOUT and Path(target).resolve() in given:
                what = said("is one of the inputs; a report must not be written over it")
                raise DefinitionError(Problem(target, what, remedy=said("choose another name")))
            if renderer.extension == FOLDER and Path(target).resolve() in folders:
                remedy = said("name a folder of its own")
                raise DefinitionError(
                    Problem(target, said("holds inputs; tables must not be mixed with them"), remedy=remedy)
                )


def _stdout() -> TextIO:
    """Standard output; OSError when the program was started without one."""
    if sys.stdout is None:
        raise OSError("it is closed")
    return sys.stdout


def _summarise(results: Results, language: str) -> None:
    """The summary, as wide and colourful as the terminal is; plain in a pipe."""
    from scanner.report import text

    if not _stdout().isatty():
        click.echo(plain(text.render_in(results, language)), nl=False)
        return
    from rich.console import Console

    text.show(results, Console(), language)


def plain(text: str) -> str:
    """The text as standard output can show it: plain arrows where it has no others."""
    return encodable(text, getattr(sys.stdout, "encoding", None) or "utf-8")


def open_outputs(targets: Sequence[str], form: str | None) -> Outputs:
    """The outputs for ``-o`` and ``--format``; LookupError, in words, when a format is not known."""
    if not targets and form:
        targets = (STDOUT,)
    for problem in REPORTS.broken() if targets else ():
        tell(problem)
    chosen = []
    for target in targets:
        try:
            renderer = format_for(target)
        except LookupError:
            renderer = format_for(target, form or ("text" if target == STDOUT else ""))
        chosen.append((target, in_language(renderer, general().language, asked=general().asked)))
    return Outputs(tuple(chosen))
