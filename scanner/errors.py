"""The two kinds of error that a user can mend; everything else is a defect of otaudit and is allowed to raise."""

from __future__ import annotations

from dataclasses import dataclass


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


class DefinitionError(Exception):
    """A policy, rule, profile, framework or waiver is wrong. Nothing is judged; the exit status is 2.

    ``problems`` holds every mistake found, not only the first.
    """

    def __init__(self, *problems: Problem) -> None:
        self.problems = problems
        super().__init__("\n".join(str(p) for p in problems))
