"""Message templates: plain text with ``{column}`` in it, filled from the subjects of one finding.

``{count}`` is added up over the subjects (their number, where the table counts nothing), ``{subjects}`` is how many
there are; of any other column the distinct values are listed. ``{count:time/times}`` is the number with its noun.
``[, unit {unit}]`` is left out when nothing that it names is known, or all of it was named before.
"""

from __future__ import annotations

import functools
import re
import string
from collections.abc import Collection, Iterable, Iterator, Mapping

from scanner.errors import WrongText
from scanner.wording import Said, kept, marked, said
from scanner.wording.said import OPEN

ALWAYS = ("count", "subjects")
_NOUNS = re.compile(r"[a-z ]+/[a-z ]+")
_OPTIONAL = re.compile(r"\[([^\[\]]*)\]")
_KNOWN = 4096  # templates, and parts of them, that are not parsed again


@functools.lru_cache(_KNOWN)
def fields(template: str) -> tuple[str, ...]:
    """The placeholder names of a template. ValueError when its braces or brackets are wrong, or a name is no column."""
    if {"[", "]"}.intersection(_OPTIONAL.sub("", template)):
        raise WrongText(said("square brackets do not match, or stand inside others"))
    names = []
    for _, name, form, conversion in (
        p for piece in _OPTIONAL.split(template) for p in string.Formatter().parse(piece)
    ):
        if name is None:
            continue
        if (
            conversion
            or not all(part.isidentifier() for part in name.split("."))
            or (form and not _NOUNS.fullmatch(form))
        ):
            what = said("'{name}' is not a plain column name, or what follows is not 'one/many'", name=name)
            raise WrongText(what)
        names.append(name)
    return tuple(names)


def required(template: str) -> tuple[str, ...]:
    """The placeholder names that stand in no optional part."""
    return fields(_OPTIONAL.sub("", template))


_BRACKETS = {" (": ")", "（": "）"}


def fill(template: str, values: Mapping[str, str], unknown: Collection[str] = ()) -> Said:
    """The template as a sentence with the values as its arguments; they are never read as templates.

    unknown: names of which no value is known. A value in round brackets that only says again what stands before them
    is left out: a device without a name is called by its address, and ``{client_name} ({client})`` would name it twice.
    """
    parts = list(_parts(_chosen(template, values, unknown), values))
    pieces: list[str] = []
    before, closing = "", ""
    for index, (literal, name, noun) in enumerate(parts):
        rest = literal.removeprefix(closing) if closing else literal
        following = parts[index + 1][0] if index + 1 < len(parts) else ""
        closing = _BRACKETS.get(rest, "")
        value = values[name] if name else ""
        if closing and value == before and following.startswith(closing):
            if closing == "）" and following[1:2] not in ("", *" ，。；：、（"):
                pieces.append(" ")  # the bracket stood between a name and Chinese words
            continue
        closing = ""
        pieces += [marked(rest), _filled(name, value) if name else "", noun]
        before = value
    text = "".join(pieces)
    return kept(text) if OPEN in text else said(text.replace("{", "{{").replace("}", "}}"))


def _filled(name: str, value: str) -> str:
    """The value as the argument of a sentence; the name of a column of another table has dots."""
    argument = name.replace(".", "_")
    return said(f"{{{argument}}}", **{argument: value}).marked


def placeholders(templates: Iterable[str]) -> Collection[str]:
    """The placeholder names of several valid templates, each once, in order."""
    return dict.fromkeys(name for template in templates for name in fields(template))


def _chosen(template: str, values: Mapping[str, str], unknown: Collection[str]) -> str:
    """The template with the optional parts that have something to say, without their brackets."""
    pieces = _OPTIONAL.split(template)
    said: set[str] = set()
    chosen = ""
    for index, piece in enumerate(pieces):
        names = fields(piece)
        if index % 2 and all(name in unknown or values[name] in said for name in names):
            continue
        said.update(values[name] for name in names)
        chosen += piece
    return chosen


def _parts(template: str, values: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """Literal text, the name of the value after it, and its noun."""
    for literal, name, form, _ in string.Formatter().parse(template):
        one, _, many = (form or "").partition("/")
        noun = one if name and values[name] == "1" else many
        yield literal, name or "", f" {noun}" if noun else ""
