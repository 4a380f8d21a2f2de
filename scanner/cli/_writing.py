"""Files that commands write: a place that cannot be written to is one line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from scanner.errors import DefinitionError, Problem, reason
from scanner.wording import Said, said

_ELSEWHERE = said("choose another place")


@contextmanager
def writing(place: object, remedy: Said = _ELSEWHERE) -> Iterator[None]:
    """DefinitionError where the place, a file or folder, cannot be written to."""
    try:
        yield
    except OSError as error:
        what = said("cannot be written: {reason}", reason=reason(error))
        raise DefinitionError(Problem(str(place), what, remedy=remedy)) from error
