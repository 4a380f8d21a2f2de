"""Exit statuses, and how errors that a user can fix are reported."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

from scanner.cli._spoken import in_own_words
from scanner.errors import DefinitionError, InputError, defect
from scanner.wording import said

FAILING = 1
DEFINITION = 2  # also click's status for wrong usage
INCOMPLETE = 3
NOTHING_JUDGED = 4
INTERNAL = 5  # a defect of otaudit
INTERRUPTED = 130  # 128 and the number of the signal, as shells count
BROKEN_PIPE = 141


def tell(what: object) -> None:
    """One line on standard error, whatever control characters a file's name or content puts into it. Problems, and
    whatever else is ``Said``, speak the language of the command.
    """
    from scanner.report._words import one_line, printable

    click.echo(f"otaudit: {one_line(printable(in_own_words(what)))}", err=True)


def forsake_stdout() -> None:
    """Nobody reads standard output: what is still to be flushed goes nowhere instead of failing at the end."""
    if sys.stdout is not None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def is_of_stdout(error: Exception) -> bool:
    """What a command said did not get through: the disk of standard output is full, say."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return isinstance(error, OSError) and trace is not None and trace.tb_frame.f_code is click.echo.__code__


def tell_defect(error: Exception, *, at_length: bool) -> None:
    """A defect of otaudit that ends the command, in one line; ``at_length``: with where it came from."""
    if isinstance(error, MemoryError):
        tell(said("there is too little memory; scan the inputs in parts, or on a larger machine"))
        return
    if at_length:
        import traceback

        click.echo("".join(traceback.format_exception(error)), err=True, nl=False)
    text = said(
        "internal error, nothing is said about the plant: {defect}; report it as a defect of otaudit",
        defect=defect(error),
    )
    tell(text if at_length else said("{text}; -v shows where", text=text))


def attach_streams() -> None:
    """Give a standard stream that was closed to nothing, so that no file of ours takes its number."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest number that is free


@contextmanager
def explain() -> Iterator[None]:
    """One line on standard error for each problem, and the status that goes with it; no traceback."""
    try:
        yield
    except DefinitionError as error:
        for problem in error.problems:
            tell(problem)
        sys.exit(DEFINITION)
    except InputError as error:
        tell(error)
        sys.exit(INCOMPLETE)
    except LookupError as error:  # an unknown format or name, told in a sentence
        if type(error) is not LookupError:
            raise
        tell(error)
        sys.exit(DEFINITION)
