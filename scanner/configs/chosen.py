"""The dialects that the user names for files, over what their content says: ``--dialect``."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

from scanner.configs.reader import DIALECTS
from scanner.errors import DefinitionError, Problem
from scanner.wording import Said, said

OPTION = "--dialect"


@dataclass(frozen=True)
class ChosenDialects:
    """pairs: pattern of a file's name or path, and the dialect; the last that fits counts.

    general: the dialect of every other file that is a configuration or nothing that is known; empty: by its content.
    """

    pairs: tuple[tuple[str, str], ...] = ()
    general: str = ""

    def of(self, path: str) -> str:
        """The dialect that a pattern names for a file; empty when none fits."""
        name = path.rsplit("/", 1)[-1]
        for pattern, dialect in reversed(self.pairs):
            if fnmatch.fnmatchcase(name, pattern) or fnmatch.fnmatchcase(path, pattern):
                return dialect
        return ""


def chosen_dialects(given: Iterable[str]) -> ChosenDialects:
    """What was given as NAME or GLOB=NAME; DefinitionError for a dialect that is not there or is not read."""
    pairs, general = [], ""
    for text in given:
        pattern, is_pair, name = text.rpartition("=")
        _must_be_read(name, text)
        if not is_pair:
            general = name
        else:
            pairs.append((pattern, name))
    return ChosenDialects(tuple(pairs), general)


def _must_be_read(name: str, text: str) -> None:
    known = DIALECTS.all()
    read = [n for n, dialect in known.items() if dialect.read]
    if name in read:
        return
    if name in known:
        what: Said = said("{system} is known, but not read", system=known[name].title)
    else:
        what = said("there is no dialect '{name}'", name=name)
        if near := get_close_matches(name, read, 1):
            what = said("there is no dialect '{name}'; did you mean '{near}'?", name=name, near=near[0])
    remedy = said("supported dialects: {names}", names=", ".join(read))
    raise DefinitionError(Problem(f"{OPTION} {text}", what, remedy=remedy))
