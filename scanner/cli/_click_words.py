"""What click says of a command line, from the catalogue of otaudit.

Click asks gettext, which knows compiled catalogues in folders of the system alone. Its modules hold gettext's functions
under two names, and these are given others that ask the catalogue of the language the user is spoken to in. What a new
version of click says in other words is English until it stands here (tests/cli/test_click_words.py). In the same way
lines of languages with wide characters are broken where such lines end.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import click.core
import click.decorators
import click.exceptions
import click.formatting
import click.parser
import click.termui
import click.types

from scanner.catalogues import sentences
from scanner.cli._help import HELP
from scanner.cli._spoken import language
from scanner.cli._wrapped import wrapping
from scanner.columns import columns

MODULES = (click.core, click.decorators, click.exceptions, click.formatting, click.parser, click.termui, click.types)
SENTENCES: tuple[str | tuple[str, str], ...] = (
    "Aborted!",
    HELP,
    "Options",
    "Commands",
    "Usage:",
    "env var: {var}",
    "default: {default}",
    "(dynamic)",
    "Error: {message}",
    "Try '{command} {option}' for help.",
    "Missing command.",
    "Missing argument",
    "Missing option",
    "Missing parameter",
    "No such option {name!r}.",
    "No such command {name!r}.",
    ("Did you mean {possibility}?", "(Did you mean one of: {possibilities}?)"),
    "Invalid value: {message}",
    "Invalid value for {param_hint}: {message}",
    ("Got unexpected extra argument ({args})", "Got unexpected extra arguments ({args})"),
    "Argument {name!r} takes {nargs} values.",
    ("Takes {nargs} values but 1 was given.", "Takes {nargs} values but {len} were given."),
    "Option {name!r} does not take a value.",
    ("Option {name!r} requires an argument.", "Option {name!r} requires {nargs} arguments."),
    "Choose from:\n\t{choices}",
    ("{value!r} is not {choice}.", "{value!r} is not one of {choices}."),
    "{value!r} is not a valid {number_type}.",
    "{value} is not in the range {range}.",
    "Could not open file {filename!r}: {message}",
    "{name} {filename!r} does not exist.",
    "{name} {filename!r} is a file.",
    "{name} {filename!r} is a directory.",
    "{name} {filename!r} is not readable.",
    "{name} {filename!r} is not writable.",
    "Error: The two entered values do not match.",
    "Error: invalid input",
)
_CONVERSION = re.compile(r"\{(\w+)(![rs])\}")


def id_in_catalogue(text: str) -> str:
    """How a sentence of click stands in catalogues: ``{name!r}`` as ``{name}``."""
    return _CONVERSION.sub(r"{\1}", text)


def take_over() -> None:
    """Let click say everything from here on in the language of the user."""
    for module in MODULES:
        held = vars(module)
        held.update({name: ours for name, ours in _OURS.items() if name in held})
    vars(click.formatting).update(wrap_text=_WRAPPED, term_len=_width)


def _one(text: str) -> str:
    return _formed(text, 1)


def _counted(one: str, many: str, number: int) -> str:
    return _formed(one if number == 1 else many, number)


def _formed(text: str, number: int) -> str:
    """The sentence in the language, its values converted as click converts them."""
    wanted = id_in_catalogue(text)
    found = sentences(language())(wanted, {"n": str(number)})
    if found == wanted:
        return text
    for name, conversion in _CONVERSION.findall(text):
        found = found.replace(f"{{{name}}}", f"{{{name}{conversion}}}")
    return found


def _width(text: str) -> int:
    return columns(click.unstyle(text))


_WRAPPED = wrapping(click.formatting.wrap_text)
_OURS: Mapping[str, Callable[..., str]] = {"_": _one, "ngettext": _counted}
