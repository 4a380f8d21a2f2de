"""Exit statuses, and how errors that a user can mend are told."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

from scanner.errors import DefinitionError, InputError

FAILING = 1
DEFINITION = 2  # also click's status for wrong usage
INCOMPLETE = 3
INTERRUPTED = 130  # 128 and the number of the signal, as shells count
BROKEN_PIPE = 141


def tell(what: object) -> None:
    """One line on standard error, whatever control characters a file's name or content puts into it."""
    from scanner.report._words import one_line, printable

    click.echo(f"otaudit: {one_line(printable(str(what)))}", err=True)


def forsake_stdout() -> None:
    """Nobody reads standard output: what is still to be flushed goes nowhere instead of failing at the end."""
    if sys.stdout is not None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


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
