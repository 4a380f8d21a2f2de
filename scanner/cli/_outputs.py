"""Where results go: files by their extension, standard output, or a summary in the terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import click

from scanner.errors import DefinitionError, Problem
from scanner.report import FOLDER, Renderer, pieces, renderer_for, write
from scanner.results.model import Results

STDOUT = "-"


@dataclass(frozen=True)
class Outputs:
    """The renderers and destinations that the user chose, checked before any work is done."""

    chosen: tuple[tuple[str, Renderer], ...]

    def write(self, results: Results) -> None:
        """Render every output; without one, the summary for the terminal."""
        if not self.chosen:
            with _told("standard output"):
                _summarise(results)
        for target, renderer in self.chosen:
            if target == STDOUT:
                content = pieces(renderer.render(results))
                with _told("standard output"):
                    sys.stdout.buffer.writelines(content)
                    sys.stdout.buffer.flush()
                continue
            with _told(target):
                Path(target).parent.mkdir(parents=True, exist_ok=True)
                write(results, Path(target), renderer)

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


def _summarise(results: Results) -> None:
    """The summary, as wide and colourful as the terminal is; plain in a pipe."""
    from scanner.report import text

    if not sys.stdout.isatty():
        click.echo(_plain(text.render(results)), nl=False)
        return
    from rich.console import Console

    text.show(results, Console())


def _plain(text: str) -> str:
    """The text with plain arrows where standard output has no others."""
    try:
        text.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        return text.replace("→", "->")
    return text


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
        chosen.append((target, renderer))
    return Outputs(tuple(chosen))
