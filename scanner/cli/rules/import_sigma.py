"""``otaudit rules import-sigma``: Sigma rules as rules of your own."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scanner.cli._command import Command
from scanner.cli._errors import FAILING, explain, tell
from scanner.cli._general import general
from scanner.cli._help import SpokenCommand, option

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scanner.engine.sigma.reading import SigmaDocument
    from scanner.engine.sigma.writing import Written
    from scanner.errors import Problem


@click.command(name="import-sigma", cls=SpokenCommand)
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=click.Path(path_type=Path, exists=True))
@option(
    "-o",
    "--output",
    "folder",
    required=True,
    metavar="DIR",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder for the rules; name it with --rules afterwards.",
)
def command(files: tuple[Path, ...], folder: Path) -> None:
    """Write Sigma rules about networks as rules of otaudit; in folders, all *.yml and *.yaml.

    Rules and correlations that refer to one another are given together. What is written is in the nursery: it is
    judged and shown apart until you move it out. A rule is written whole or not at all; what cannot be said in
    otaudit's tables is told with file, line and reason, and the exit status is 1.
    """
    from scanner.engine.sigma.writing import written
    from scanner.errors import Problem

    with explain():
        told: list[Problem] = []
        made = 0
        for one in written(list(_read(files, told))):
            problem = one if isinstance(one, Problem) else _put(one, folder)
            if problem:
                told.append(problem)
            else:
                made += 1
    for problem in told:
        tell(problem)
    if not general().quiet:
        click.echo(f"{made} rule{'s'[: made != 1]} written to {folder}, {len(told)} not")
    sys.exit(FAILING if told else 0)


def _read(files: tuple[Path, ...], told: list[Problem]) -> Iterator[SigmaDocument]:
    """Every document; what cannot be read is told."""
    from scanner.engine.sigma.reading import documents
    from scanner.errors import DefinitionError, Problem
    from scanner.limits import limits
    from scanner.wording import said

    most = limits().yaml_bytes
    for path in (one for given in files for one in ([given] if given.is_file() else sorted(_inside(given)))):
        if path.stat().st_size > most:
            told.append(Problem(str(path), said("larger than {bytes:,} bytes", bytes=most), remedy=said("split it")))
            continue
        for found in documents(path.read_bytes(), str(path)):
            if isinstance(found, DefinitionError):
                told += found.problems
            else:
                yield found


def _inside(folder: Path) -> list[Path]:
    return [path for ending in ("*.yml", "*.yaml") for path in folder.rglob(ending) if path.is_file()]


def _put(rule: Written, folder: Path) -> Problem | None:
    """Write the file; one that somebody has changed since is left as it is."""
    from scanner.errors import Problem
    from scanner.wording import said

    target = folder / rule.name
    if target.exists() and target.read_text(encoding="utf-8", errors="replace") != rule.text:
        remedy = said("remove it, or choose another folder")
        return Problem(str(target), said("is there already and differs"), remedy=remedy)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(rule.text, encoding="utf-8")
    return None


COMMAND = Command.of(command)
