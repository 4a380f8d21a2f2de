"""The two kinds of error that a user can mend. Everything else is a defect of otaudit: it costs the input, rule or
report in which it happens, is shown, and never looks like a finding.
"""

from __future__ import annotations

import traceback
from dataclasses import dataclass

_LONGEST = 200  # characters of what an error says
_REPORT = "the others are examined; report this as a defect of otaudit"


@dataclass(frozen=True)
class Problem:
    """One thing that could not be used, in one line: which input, where in it, what is wrong, what to do.

    ``place`` is human text such as ``line 12, column 5``, ``row 7`` or ``byte 104``; empty for the whole input.
    """

    source: str
    what: str
    place: str = ""
    remedy: str = ""

    def __str__(self) -> str:
        where = f"{self.source}: {self.place}" if self.place else self.source
        return f"{where}: {self.what}" + (f"; {self.remedy}" if self.remedy else "")


class InputError(Exception):
    """An input could not be read, or not in whole. The rest is still processed; the exit status is 3."""

    def __init__(self, source: str, what: str, place: str = "", remedy: str = "") -> None:
        self.problem = Problem(source, what, place, remedy)
        super().__init__(str(self.problem))

    def __reduce__(self) -> tuple[type[InputError], tuple[str, str, str, str]]:
        """How it comes home from a process that read a capture."""
        p = self.problem
        return InputError, (p.source, p.what, p.place, p.remedy)


def defect(error: BaseException) -> str:
    """A defect of otaudit in a few words: which error, and the file and line of otaudit where it happened."""
    frames = traceback.extract_tb(error.__traceback__)
    own = next((f for f in reversed(frames) if "scanner" in f.filename.replace("\\", "/").split("/")), None)
    place = f" ({own.filename.replace(chr(92), '/').rpartition('scanner/')[2]}, line {own.lineno})" if own else ""
    said = " ".join(str(error).split())
    return type(error).__name__ + (f": {said[:_LONGEST]}" if said else "") + place


def failed(source: str, error: Exception) -> InputError:
    """What is said of an input on which otaudit itself fails."""
    if isinstance(error, MemoryError):
        return InputError(source, "needs more memory than there is", remedy="split it, or scan it on a larger machine")
    return InputError(source, f"otaudit failed on it: {defect(error)}", remedy=_REPORT)


class DefinitionError(Exception):
    """A policy, rule, profile, framework or waiver is wrong. Nothing is judged; the exit status is 2.

    ``problems`` holds every mistake found, not only the first.
    """

    def __init__(self, *problems: Problem) -> None:
        self.problems = problems
        super().__init__("\n".join(str(p) for p in problems))
