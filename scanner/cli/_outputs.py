"""Where results go: files by their extension, standard output, or a summary in the terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

import click

from scanner.cli._errors import forsake_stdout
from scanner.cli._general import general
from scanner.errors import DefinitionError, Problem
from scanner.report import FOLDER, Renderer, in_language, pieces, renderer_for, write
from scanner.report._short import short
from scanner.report._words import encodable
from scanner.results.model import Results
from scanner.scan import Watcher

STDOUT = "-"


@dataclass(frozen=True)
class Outputs:
    """The renderers and destinations that the user chose, checked before any work is done."""

    chosen: tuple[tuple[str, Renderer], ...]

    def write(self, results: Results, watcher: Watcher | None = None) -> None:
        """Render every output that is a file."""
        for target, renderer in self._files():
            (watcher or Watcher()).stage(f"writing {Path(target).name}")
            with _told(target):
                Path(target).parent.mkdir(parents=True, exist_ok=True)
                write(results, Path(target), renderer)

    def show(self, results: Results) -> None:
        """What goes to the terminal: reports for standard output, and a summary unless the user wants quiet.

        Without any output the summary is the long one; it goes to standard error when a report goes to standard output.
        """
        piped = [renderer for target, renderer in self.chosen if target == STDOUT]
        for renderer in piped:
            content = pieces(renderer.render(results))
            with _told("standard output"):
                _stdout().buffer.writelines(content)
                _stdout().buffer.flush()
        if general().quiet:
            return
        if not self.chosen:
            with _told("standard output"):
                _summarise(results, general().language)
        elif self._files():
            self._say_short(results, aside=bool(piped))

    def _files(self) -> list[tuple[str, Renderer]]:
        return [(target, renderer) for target, renderer in self.chosen if target != STDOUT]

    def _say_short(self, results: Results, *, aside: bool) -> None:
        lines = short(results, (target for target, _ in self._files()), general().language)
        try:
            with _told("standard output"):
                click.echo("\n".join(map(plain, lines)), err=aside)
        except BrokenPipeError:  # the reports are written, and the exit status says the rest
            forsake_stdout()

    def spare(self, inputs: Iterable[Path]) -> None:
        """DefinitionError when an output would be written over an input."""
        given = {path.resolve() for path in inputs}
        folders = {path.parent for path in given}
        for target, renderer in self.chosen:
            if target != STDOUT and Path(target).resolve() in given:
                raise DefinitionError(Problem(target, "is an input; a report must not be written over it"))
            if renderer.EXTENSION == FOLDER and Path(target).resolve() in folders:
                remedy = "name a folder of its own"
                raise DefinitionError(
                    Problem(target, "holds inputs; tables must not be mixed with them", remedy=remedy)
                )


@contextmanager
def _told(target: str) -> Iterator[None]:
    """A place that cannot be written to is one line; a reader that has gone away is left to click."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        problem = Problem(target, f"cannot be written: {error.strerror or error}", remedy="choose another place")
        raise DefinitionError(problem) from error


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
    chosen = []
    for target in targets:
        try:
            renderer = renderer_for(target)
        except LookupError:
            renderer = renderer_for(target, form or ("text" if target == STDOUT else ""))
        chosen.append((target, in_language(renderer, general().language)))
    return Outputs(tuple(chosen))
