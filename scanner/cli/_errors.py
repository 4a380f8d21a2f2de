"""Exit statuses, and how errors that a user can mend are told."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

from scanner.errors import DefinitionError, InputError

FAILING = 1
DEFINITION = 2  # also click's status for wrong usage
INCOMPLETE = 3


def tell(what: object) -> None:
    """One line on standard error, whatever control characters a file's name or content puts into it."""
    from scanner.report._words import one_line, printable

    click.echo(f"otaudit: {one_line(printable(str(what)))}", err=True)


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
