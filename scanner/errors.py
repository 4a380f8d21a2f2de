"""The two kinds of error that a user can fix. Everything else is a defect of otaudit: it costs the input, rule or
report in which it happens, is shown, and never looks like a finding.
"""

from __future__ import annotations

import traceback
from dataclasses import dataclass, field

from scanner.wording import NOTHING, Said, said

_LONGEST = 200  # characters of what an error says


@dataclass(frozen=True)
class Problem:
    """One thing that could not be used, in one line: which input, where in it, what is wrong, what to do.

    source: the name of the input, as the user gave it. place: of ``scanner.wording``, such as ``line 12, column 5``,
    ``row 7`` or ``byte 104``; ``NOTHING`` for the whole input. order: the place as numbers, for sorting.
    """

    source: str
    what: Said
    place: Said = NOTHING
    remedy: Said = NOTHING
    order: tuple[int, ...] = field(default=(), compare=False, repr=False)

    def __str__(self) -> str:
        return self.text

    @property
    def text(self) -> Said:
        """The line."""
        return said("{source}: {what}", source=self.source, what=self.here)

    @property
    def here(self) -> Said:
        """The line without the source, for where that stands already."""
        text = self.what
        if self.place:
            text = said("{place}: {what}", place=self.place, what=text)
        if self.remedy:
            text = said("{what}; {remedy}", what=text, remedy=self.remedy)
        return text


class InputError(Exception):
    """An input could not be read, or not completely. The rest is still processed; the exit status is 3."""

    def __init__(self, source: str, what: Said, place: Said = NOTHING, remedy: Said = NOTHING) -> None:
        self.problem = Problem(source, what, place, remedy)
        super().__init__(str(self.problem))

    def __reduce__(self) -> tuple[type[InputError], tuple[str, Said, Said, Said]]:
        """How it comes home from a process that read a capture."""
        p = self.problem
        return InputError, (p.source, p.what, p.place, p.remedy)


class WrongText(ValueError):
    """What was written means nothing; who knows its place makes a Problem of it."""

    def __init__(self, what: Said, remedy: Said = NOTHING) -> None:
        self.what = what
        self.remedy = remedy
        super().__init__(said("{what}; {remedy}", what=what, remedy=remedy) if remedy else what)

    def __reduce__(self) -> tuple[type[WrongText], tuple[Said, Said]]:
        """For other processes."""
        return type(self), (self.what, self.remedy)


def reason(error: OSError) -> str:
    """What the operating system says, in its own words."""
    return error.strerror or str(error)


def defect(error: BaseException) -> str:
    """A defect of otaudit in a few words: which error, and the file and line of otaudit where it happened."""
    frames = traceback.extract_tb(error.__traceback__)
    own = next((f for f in reversed(frames) if "scanner" in f.filename.replace("\\", "/").split("/")), None)
    place = f" ({own.filename.replace(chr(92), '/').rpartition('scanner/')[2]}, line {own.lineno})" if own else ""
    told = " ".join(str(error).split())
    return type(error).__name__ + (f": {told[:_LONGEST]}" if told else "") + place


def failed(source: str, error: Exception) -> InputError:
    """What is said of an input on which otaudit itself fails."""
    if isinstance(error, MemoryError):
        remedy = said("split it, or scan it on a larger machine")
        return InputError(source, said("needs more memory than there is"), remedy=remedy)
    remedy = said("the others are examined; report this as a defect of otaudit")
    return InputError(source, said("otaudit failed on it: {defect}", defect=defect(error)), remedy=remedy)


class DefinitionError(Exception):
    """A policy, rule, profile, framework or waiver is wrong. Nothing is judged; the exit status is 2.

    ``problems`` holds every mistake found, not only the first.
    """

    def __init__(self, *problems: Problem) -> None:
        self.problems = problems
        super().__init__("\n".join(str(p) for p in problems))

    def __reduce__(self) -> tuple[type[DefinitionError], tuple[Problem, ...]]:
        """For other processes."""
        return DefinitionError, self.problems
