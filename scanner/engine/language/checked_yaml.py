"""Takes values out of one YAML document and notes every mistake with its place, so that a user sees all at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from scanner.catalogues import languages
from scanner.engine.language.suggestions import expected
from scanner.errors import Problem
from scanner.results.model import Text
from scanner.wording import NOTHING, Said, said
from scanner.yaml_positions import Document, Path


class Collector:
    """The problems found so far in one document."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.problems: list[Problem] = []

    def note(self, path: Path, what: Said, remedy: Said = NOTHING, *, key: bool = False) -> None:
        """Something is wrong at ``path`` (at its key when ``key``)."""
        self.problems.append(self.document.problem(path, what, remedy, key=key))

    def value(self, path: Path) -> Any:
        """The value at ``path``; None when there is none."""
        value = self.document.data
        for step in path:
            if type(value) is dict:
                value = value.get(step)
            elif type(value) is list and type(step) is int and step < len(value):
                value = value[step]
            else:
                return None
        return value

    def has(self, path: Path) -> bool:
        """The key at the end of ``path`` is given."""
        parent = self.value(path[:-1])
        return isinstance(parent, dict) and path[-1] in parent

    def item(self, path: Path, index: int) -> Path:
        """Where an item of ``words`` stands: in the list, or where one stands alone."""
        return (*path, index) if isinstance(self.value(path), list) else path

    def mapping(self, path: Path, known: Collection[str] = (), required: Iterable[str] = ()) -> dict[str, Any]:
        """The mapping at ``path``; unknown and missing keys are noted. Without ``known`` any key goes."""
        value = self.value(path)
        if not isinstance(value, dict):
            self.note(path, _of(path, said("is not a mapping")), said("expected key: value lines"))
            return {}
        if known:
            for key in value:
                if key not in known:
                    self.note((*path, key), said("unknown key '{key}'", key=key), expected(key, known), key=True)
        for key in required:
            if key not in value:
                self.note(path, _of(path, said("key '{key}' is missing", key=key)))
        return value

    def text(self, path: Path, default: str = "") -> str:
        """The text at ``path``, not empty when given."""
        value = self.value(path)
        if isinstance(value, str) and value.strip():
            return value
        if value is not None or self.has(path):
            self.note(
                path,
                _of(path, said("is not text")),
                said("expected text, in quotes if it looks like a number"),
            )
        return default

    def localised(self, path: Path) -> Text:
        """A text in one or more of the languages that otaudit speaks; reports fall back on what there is."""
        value = self.value(path)
        if value is None and not self.has(path):
            return {}
        given = self.mapping(path, (*languages(), *self._torn(path, value)))
        if value == {}:
            self.note(path, _of(path, said("is empty")), said("give the text in a language: {form}", form="{en: ...}"))
        return {name: " ".join(self.text((*path, name)).split()) for name in languages() if name in given}

    def _torn(self, path: Path, value: Any) -> list[str]:
        """What is no language and has no value, which YAML makes of a text with a comma."""
        torn = (
            [key for key, text in value.items() if text is None and key not in languages()]
            if isinstance(value, dict)
            else []
        )
        for key in torn:
            what = said("the text ends before the comma and '{rest}' stands alone", rest=key)
            self.note((*path, key), _of(path, what), said("put the whole text in quotes"), key=True)
        return torn

    def word(self, path: Path, known: Collection[str], default: str = "") -> str:
        """One of the known words."""
        value = self.text(path, default)
        return value if self._is_known(path, value, known) or value == default else default

    def words(self, path: Path, known: Collection[str] = ()) -> tuple[str, ...]:
        """A list of texts, each one of the known words when there are any. A single text is a list of one."""
        value = self.value(path)
        if value is None:
            if self.has(path):
                self.note(path, _of(path, said("is empty")), said("give a list, or leave the key out"))
            return ()
        items = value if isinstance(value, list) else [value]
        found = []
        for index, item in enumerate(items):
            place = (*path, index) if items is value else path
            if not isinstance(item, str) or not item:
                self.note(
                    place,
                    _of(path, said("'{value}' is not text", value=item)),
                    said("expected text, in quotes"),
                )
            elif not known or self._is_known(place, item, known):
                found.append(item)
        return tuple(found)

    def number(self, path: Path, low: float, high: float, *, whole: bool = False) -> float | None:
        """A number between ``low`` and ``high``; None when it is not given or wrong."""
        value = self.value(path)
        if value is None and not self.has(path):
            return None
        kinds = int if whole else int | float
        if isinstance(value, bool) or not isinstance(value, kinds) or not low <= value <= high:
            kind = said("a whole number") if whole else said("a number")
            what = said("is not {type} of at least {least:g}", type=kind, least=low)
            if high != float("inf"):
                what = said("is not {type} from {least:g} to {most:g}", type=kind, least=low, most=high)
            self.note(path, _of(path, what))
            return None
        return value

    def _is_known(self, path: Path, value: str, known: Collection[str]) -> bool:
        if value in known:
            return True
        if value:
            self.note(path, _of(path, said("unknown word '{word}'", word=value)), expected(value, known))
        return False


def _of(path: Path, what: Said) -> Said:
    """With the key that it speaks of."""
    keys = [step for step in path if isinstance(step, str)]
    return said("{key}: {what}", key=keys[-1], what=what) if keys else what
