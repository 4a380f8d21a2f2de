"""Reads GNU gettext PO files as they are, so that a translation needs no build step.

A file of 2,000 entries takes a few milliseconds, like its compiled form, which would have to be kept in step with it.
"""

from __future__ import annotations

import gettext
import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

_ESCAPED = re.compile(r"\\(.)")
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r"}
_HEADER = re.compile(r"^([\w-]+):[ \t]*(.*)$", re.MULTILINE)
_PLURAL = re.compile(r"plural=([^;]+)")


class Translation(NamedTuple):
    """A text and its translation. forms: one for each grammatical number; just one where nothing is counted."""

    context: str
    text: str
    plural: str
    forms: tuple[str, ...]


def entries(content: str) -> Iterator[Translation]:
    """What a PO file translates, without its header and what is fuzzy, obsolete or not translated yet."""
    for fields in _fields(content):
        forms = tuple(text for name, text in fields.items() if name.startswith("msgstr"))
        if fields["msgid"] and all(forms) and "fuzzy" not in fields.get("#,", ""):
            yield Translation(fields.get("msgctxt", ""), fields["msgid"], fields.get("msgid_plural", ""), forms)


def header(content: str) -> dict[str, str]:
    """The fields of the header: ``Language``, ``Plural-Forms`` ..."""
    first = next(_fields(content), {})
    return dict(_HEADER.findall(first.get("msgstr", ""))) if first.get("msgid") == "" else {}


def plural_rule(fields: dict[str, str]) -> Callable[[int], int]:
    """Which form a number takes, by the header."""
    found = _PLURAL.search(fields.get("Plural-Forms", ""))
    return gettext.c2py(found[1].strip() if found else "n != 1")


def _fields(content: str) -> Iterator[dict[str, str]]:
    """Entry by entry: keyword -> text; ``#,`` -> flags."""
    fields: dict[str, str] = {}
    name = ""
    for line in content.split("\n"):
        begin = line[:1]
        if begin == "m":
            name, _, quoted = line.partition(" ")
            if not name.startswith("msgstr") and ("msgstr" in fields or "msgstr[0]" in fields):
                yield fields
                fields = {}
            fields[name] = _text(quoted)
        elif begin == '"':
            fields[name] = fields.get(name, "") + _text(line)
        elif begin == "#" and line[1:2] == ",":
            if "msgid" in fields:
                yield fields
                fields = {}
            fields["#,"] = line
    if "msgid" in fields:
        yield fields


def _text(quoted: str) -> str:
    text = quoted.strip()[1:-1]
    return _ESCAPED.sub(lambda m: _ESCAPES.get(m[1], m[1]), text) if "\\" in text else text
