"""Commands and options whose help is English in the code and is shown in the language of the user.

A paragraph of a command's docstring, and the help of an option, is one text of the catalogue.
"""

from __future__ import annotations

import functools
import inspect
import re
from collections.abc import Iterator

import click

from scanner.catalogues import ENGLISH, sentences
from scanner.cli._spoken import language

KEPT = "\b\n"  # begins a paragraph whose lines stay as they are
HELP = "Show this message and exit."
_SENTENCE = re.compile(r"(.+?)(?:。|[.!?](?=\s|$)|$)", re.DOTALL)


def paragraphs(text: str) -> Iterator[tuple[str, bool]]:
    """Of a command's help: each as the catalogue has it, and whether its lines stay as they are."""
    for block in filter(None, inspect.cleandoc(text).split("\n\n")):
        kept = block.startswith(KEPT)
        yield (block.removeprefix(KEPT) if kept else " ".join(block.split())), kept


def _translated(text: str | None) -> str | None:
    return text and sentences(language())(text)


class SpokenOption(click.Option):
    """An option whose help is a text of the catalogue."""

    @property
    def help(self) -> str | None:
        """In the language of the user."""
        return _translated(self._english)

    @help.setter  # noqa: A003 - click calls it so
    def help(self, text: str | None) -> None:
        self._english = text


class SpokenCommand(click.Command):
    """A command each paragraph of whose help is a text of the catalogue."""

    @property
    def help(self) -> str | None:
        """In the language of the user."""
        if not self._english or language() == ENGLISH:
            return self._english
        known = sentences(language())
        return "\n\n".join((KEPT if kept else "") + known(text) for text, kept in paragraphs(self._english))

    @help.setter  # noqa: A003 - click calls it so
    def help(self, text: str | None) -> None:
        self._english = text

    def get_short_help_str(self, limit: int = 45) -> str:
        """The first sentence; click ends sentences with a full stop only."""
        if language() == ENGLISH:
            return super().get_short_help_str(limit)
        first = _SENTENCE.match((self.help or "").partition("\n\n")[0])
        return first[1] if first else ""

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """That of click, which keeps the words of whoever asked first."""
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = _translated(HELP)
        return option


class SpokenGroup(SpokenCommand, click.Group):
    """A group of such commands."""


option = functools.partial(click.option, cls=SpokenOption)
