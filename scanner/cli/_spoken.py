"""In which language the user is spoken to: that of ``--language``, ``OTAUDIT_LANGUAGE``, the settings, or the locale.

What is wrong with a command line is said before it has been read, so its language is looked for first.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import pairwise
from pathlib import Path

import click

from scanner.catalogues import ENGLISH, languages, own_name
from scanner.errors import DefinitionError, InputError, Problem
from scanner.wording import Said
from scanner.wording.spoken import spoken

OPTION = "--language"
VARIABLE = "OTAUDIT_LANGUAGE"
_RULES = "--rules"


class _Current:
    """One for the process, threads included."""

    language = ENGLISH


def language() -> str:
    """The language in which the user is spoken to now."""
    return _Current.language


def speak(chosen: str) -> None:
    """Speak this language from here on."""
    _Current.language = chosen


@contextmanager
def speaking(chosen: str) -> Iterator[None]:
    """Speak it within, or what is found there to be wanted."""
    before = language()
    speak(chosen)
    try:
        yield
    finally:
        speak(before)


class Languages(click.Choice[str]):
    """Those that otaudit speaks when it is asked, with those that a user's folder brings.

    early: before a command, whose settings may name the folder; the command looks whether there is such a language.
    """

    def __init__(self, *, early: bool = False) -> None:
        super().__init__(())
        self._early = early

    @property
    def choices(self) -> tuple[str, ...]:
        """As click asks for them."""
        return languages()

    @choices.setter
    def choices(self, _: object) -> None:
        """What is given once is not kept."""

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """As it is where it is too early to tell."""
        return value if self._early else super().convert(value, param, ctx)


def foreseen(arguments: Sequence[str]) -> str:
    """The language that these arguments, the environment and the locale ask for, whatever else is wrong with them."""
    given = asked(arguments)
    if given and given not in languages():
        bring_languages(map(Path, _folders(arguments)))
    return given if given in languages() else of_locale()


def _folders(arguments: Sequence[str]) -> Iterator[str]:
    """Of rules, that the arguments or the environment name, whatever the command."""
    yield from (after for option, after in pairwise(arguments) if option == _RULES)
    yield from (option.partition("=")[2] for option in arguments if option.startswith(_RULES + "="))
    for variable, value in os.environ.items():
        if variable.startswith("OTAUDIT_") and variable.endswith("_RULES"):
            yield from filter(None, value.split(os.pathsep))


def bring_languages(folders: Iterable[Path]) -> None:
    """Those that folders of rules have; what is wrong with these is said when their rules are read."""
    from scanner.engine.definitions.files import own
    from scanner.engine.definitions.words import bring_words

    with suppress(DefinitionError):
        bring_words(own(folders))


def asked(arguments: Sequence[str]) -> str:
    """What the arguments or the environment name, a language or not; empty when they name none."""
    options = list(arguments[: arguments.index("--")] if "--" in arguments else arguments)
    named = [after for option, after in pairwise(options) if option == OPTION]
    named += [option.partition("=")[2] for option in options if option.startswith(OPTION + "=")]
    return named[-1] if named else os.environ.get(VARIABLE, "")


def before_command(context: click.Context) -> str:
    """What was named before the command: ``otaudit --language zh scan``; empty when nothing was."""
    return context.find_root().params.get("language") or ""


def of_locale() -> str:
    """The language of the locale, as POSIX ranks the variables, where standard output has its letters; else English."""
    locale = next(filter(None, map(os.environ.get, ("LC_ALL", "LC_MESSAGES", "LANG"))), "")
    name = locale.partition(".")[0].partition("@")[0]
    found = next((each for each in languages() if each in {name, name.partition("_")[0]}), ENGLISH)
    try:
        own_name(found).encode(getattr(sys.stdout, "encoding", None) or "utf-8")
    except UnicodeEncodeError:
        return ENGLISH
    return found


def in_own_words(what: object) -> str:
    """A sentence, a problem or an error in the language of the user; anything else as it is."""
    if isinstance(what, InputError):
        what = what.problem
    elif isinstance(what, Exception) and what.args:
        what = what.args[0]
    text = what.text if isinstance(what, Problem) else what
    return spoken(text.marked, language()) if isinstance(text, Said) else str(text)


def usage_error(what: Said) -> click.UsageError:
    """The command line asks for something that cannot be done."""
    return click.UsageError(in_own_words(what))


def bad_value(what: Said, option: str) -> click.BadParameter:
    """The value of the option is none."""
    return click.BadParameter(in_own_words(what), param_hint=option)
