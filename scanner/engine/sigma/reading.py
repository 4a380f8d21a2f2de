"""Sigma files as documents with their places: rules, and correlations of rules (Sigma specification 2.0)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from scanner.errors import DefinitionError, Problem
from scanner.wording import Said, at_line, said
from scanner.yaml_positions import Document, Path, load

_BREAK = re.compile(r"^---[ \t]*(?:#.*)?$", re.MULTILINE)
MOST_DOCUMENTS = 1_000


class CannotMapError(Exception):
    """Something in a Sigma rule that otaudit's rules cannot say. path: where in the document."""

    def __init__(self, path: Path, why: Said, *, key: bool = False) -> None:
        super().__init__(str(why))
        self.path = tuple(path)
        self.why = why
        self.key = key


@dataclass(frozen=True)
class SigmaDocument:
    """One document of a file: a rule, or a correlation."""

    document: Document

    @property
    def data(self) -> dict[str, Any]:
        """What it holds."""
        held = self.document.data
        return held if isinstance(held, dict) else {}

    @property
    def correlates(self) -> bool:
        """It is a correlation."""
        return "correlation" in self.data

    @property
    def names(self) -> tuple[str, ...]:
        """By which correlations call it."""
        return tuple(str(self.data[key]) for key in ("name", "id") if self.data.get(key))

    def text(self, key: str) -> str:
        """A text in one line; empty when it is not there."""
        value = self.data.get(key)
        return " ".join(value.split()) if isinstance(value, str) else ""

    def problem(self, error: CannotMapError) -> Problem:
        """Why it is not written, at its place."""
        title = self.text("title") or self.text("id") or "?"
        what = said("'{title}' is not written: {why}", title=title, why=error.why)
        return self.document.problem(error.path, what, key=error.key)


def documents(content: bytes, source: str) -> Iterator[SigmaDocument | DefinitionError]:
    """Every document of a file; in place of one that is no YAML, what is wrong with it."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        yield DefinitionError(Problem(source, said("not UTF-8 text"), remedy=said("save the file as UTF-8")))
        return
    text = text.replace("\r\n", "\n")
    if all(not words or words == "---" or words.startswith("#") for words in map(str.strip, text.splitlines())):
        yield DefinitionError(Problem(source, said("holds no rule"), remedy=said("check the file, or leave it out")))
        return
    starts = [0, *(found.end() for found in _BREAK.finditer(text))]
    for number, (start, end) in enumerate(zip(starts, [*starts[1:], len(text)], strict=True)):
        line = text.count("\n", 0, start)
        if number >= MOST_DOCUMENTS:
            what = said("more than {most} documents: the rest is left out", most=MOST_DOCUMENTS)
            yield DefinitionError(Problem(source, what, at_line(line + 1)))
            return
        part = _BREAK.sub("", text[start:end])
        if all(not words or words.startswith("#") for words in map(str.strip, part.splitlines())):
            continue
        try:
            yield SigmaDocument(load("\n" * line + part, source))
        except DefinitionError as error:
            yield error
