"""What a vendor's systems are told to do: each dialect has the commands for the remedies that rules name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from scanner.catalogues import ENGLISH, labels, languages, tag
from scanner.configs.dialect import Dialect
from scanner.errors import DefinitionError
from scanner.plugins import Fault
from scanner.wording import said


class Commands(NamedTuple):
    """The systems as people call them and what is to be done there, both by language; dialect: the one that says so."""

    systems: Mapping[str, str]
    text: Mapping[str, str]
    dialect: str = ""


def read_remedies(path: Path) -> Mapping[str, Commands]:
    """Remedy -> commands, of a dialect's file; DefinitionError when it is no such file."""
    return remedies_in(path.read_bytes(), path.name)


def remedies_in(content: bytes, source: str) -> Mapping[str, Commands]:
    """The same of its content."""
    from scanner.yaml_positions import load

    document = load(content, source)
    data = document.data if isinstance(document.data, dict) else {}
    systems: Any = data.get("systems")
    held = data.get("remedies")
    if not _is_text(systems) or not isinstance(held, dict):
        expected = said("expected {form}", form=f"systems: {_form()}, remedies: {{NAME: {_form()}}}")
        raise DefinitionError(document.problem((), said("holds no remedies"), expected))
    wrong = [name for name, text in held.items() if not _is_text(text)]
    if wrong:
        path_to = ("remedies", wrong[0])
        expected = said("expected {form}", form=_form())
        raise DefinitionError(document.problem(path_to, said("is not text by language"), expected))
    return {str(name): Commands(systems, text) for name, text in held.items()}


def _form() -> str:
    return "{" + ", ".join(f"{language}: ..." for language in languages()) + "}"


def _is_text(value: Any) -> bool:
    if not isinstance(value, dict) or not value:
        return False
    return all(language in languages() and isinstance(text, str) for language, text in value.items())


def fits(dialect: Dialect, _: Mapping[str, Dialect]) -> Iterator[Fault]:
    """The file of remedies of somebody else's dialect can be read."""
    if dialect.remedies is None:
        return
    try:
        read_remedies(dialect.remedies)
    except DefinitionError as error:
        yield Fault("remedies", error.problems[0].text)


def by_name(dialects: Iterable[Dialect]) -> Mapping[str, tuple[Commands, ...]]:
    """Each remedy that some dialect knows, with the commands of all of them."""
    found: dict[str, list[Commands]] = {}
    for dialect in dialects:
        for name, commands in read_remedies(dialect.remedies).items() if dialect.remedies else ():
            found.setdefault(name, []).append(commands._replace(dialect=dialect.name))
    return {name: tuple(commands) for name, commands in sorted(found.items())}


def with_commands(text: Mapping[str, str], every: tuple[Commands, ...]) -> dict[str, str]:
    """What to do on any device, and then by what commands on the systems that are known. In each language in which the
    rule says the first; what a system's file lacks there is in another language and marked.
    """
    return {language: _joined(language, said, every) for language, said in text.items()}


def _joined(language: str, remedy: str, every: tuple[Commands, ...]) -> str:
    if not every:
        return remedy
    words = labels(language)
    one = words["remedy.of-systems"]
    parts = [one.format(systems=_in(language, each.systems), commands=_in(language, each.text)) for each in every]
    return words["remedy.with-commands"].format(remedy=remedy, commands=words["remedy.between-systems"].join(parts))


def _in(language: str, text: Mapping[str, str]) -> str:
    spoken = next(each for each in (language, ENGLISH, *sorted(text)) if each in text)
    shown = " ".join(text[spoken].split())
    return shown if spoken == language else f"{shown} ({tag(spoken)})"
