"""Where results go: files by their extension, standard output, or a summary in the terminal."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from scanner.errors import DefinitionError, Problem
from scanner.report import Renderer, encode, renderer_for
from scanner.results.model import Results

STDOUT = "-"


@dataclass(frozen=True)
class Outputs:
    """The renderers and destinations that the user chose, checked before any work is done."""

    chosen: tuple[tuple[str, Renderer], ...]

    def write(self, results: Results) -> None:
        """Render every output; without one, the summary for the terminal."""
        if not self.chosen:
            _summarise(results)
        for target, renderer in self.chosen:
            content = encode(renderer.render(results))
            if target == STDOUT:
                sys.stdout.buffer.write(content)
                continue
            try:
                Path(target).parent.mkdir(parents=True, exist_ok=True)
                Path(target).write_bytes(content)
            except OSError as error:
                problem = Problem(
                    target, f"cannot be written: {error.strerror or error}", remedy="choose another place"
                )
                raise DefinitionError(problem) from error


def _summarise(results: Results) -> None:
    """The summary, as wide and colourful as the terminal is; plain in a pipe."""
    from scanner.report import text

    if not sys.stdout.isatty():
        click.echo(text.render(results), nl=False)
        return
    from rich.console import Console

    text.show(results, Console())


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
