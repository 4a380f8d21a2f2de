"""Commands of a RouterOS export: the menu that each is in, its words, and what it says of properties.

Sources: RouterOS documentation (Command Line Interface, Scripting, Configuration Management: export). A line that ends
with a backslash goes on in the next, whose leading spaces say nothing; texts in double quotes have escapes. A line that
begins with a slash goes to a menu, with a command behind it or without.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

_VERBS_WORDS = "add set remove disable enable unset move reset comment print export import edit monitor find get run"
VERBS = frozenset((*_VERBS_WORDS.split(), "reset-counters"))
_TOKEN = re.compile(r'\s+|(\[[^\[\]]*\])|([\w.!*-]+=)?("(?:[^"\\]|\\.)*"|\[[^\[\]]*\]|[^\s"\[\]]*)', re.DOTALL)
_ESCAPE = re.compile(r"\\(?:([0-9A-F]{2})|(.))", re.DOTALL)
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "_": " "}
_PROMPT = re.compile(r"\[[^\]@\s]+@[^\]]*\] [^>\n]*> ?")
MAX_JOINED = 5_000  # lines of one command: a script in a property has some hundred
_CODE = re.compile(r":|\{|\}|\(|\$")
_VERB = rf"(?:{'|'.join(sorted(VERBS))})(?:\s|$)"
_HEAD = re.compile(rf"/((?:[a-z\d-]++|[ /]++(?!{_VERB}))*+)(?:[ /]+(?={_VERB})|\s*$)")
_FLAGS = ("blackhole",)  # properties without a value
_CHOOSING = ("set", "remove", "disable", "enable", "unset", "move")


class RosLine(NamedTuple):
    """A command: its verb, the words that choose entries, the properties, and the words that are none of these."""

    verb: str
    chooses: str
    properties: dict[str, str]
    words: Sequence[str]


def joined(lines: Sequence[str]) -> Iterator[tuple[int, int, str, bool]]:
    """(first line, last line, text, whole) of each command."""
    at = 0
    while at < len(lines):
        first, text = at, lines[at].rstrip()
        at += 1
        parts = []
        while text.endswith("\\") and not text.lstrip().startswith("#") and at < len(lines) and at - first < MAX_JOINED:
            parts.append(text[:-1])
            text = lines[at].strip() if at + 1 < len(lines) or lines[at].strip() else ""
            at += 1
        cut = text.endswith("\\") and not text.lstrip().startswith("#")
        parts.append(text[:-1] if cut else text)
        yield first + 1, at, "".join(parts), not cut


def unquoted(word: str) -> str:
    """A value without its quotes and escapes."""
    if len(word) > 1 and word[0] == word[-1] == '"':
        return _ESCAPE.sub(_escaped, word[1:-1]) if "\\" in word else word[1:-1]
    return word


def _escaped(found: re.Match[str]) -> str:
    code, character = found.groups()
    return chr(int(code, 16)) if code else _ESCAPES.get(character, character)


def tokens(text: str) -> list[tuple[str, str]]:
    """The words of a command as (property, value) pairs; without a property, the word is the value."""
    found: list[tuple[str, str]] = []
    place = 0
    while place < len(text):
        told = _TOKEN.match(text, place)
        if told is None or told.end() == place:
            found.append(("", text[place]))
            place += 1
            continue
        place = told.end()
        chosen, name, value = told.groups()
        if chosen:
            found.append(("", chosen))
        elif name or value:
            found.append(((name or "")[:-1], value or ""))
    return found


def menu_of(words: str) -> str:
    """``/ip/firewall/filter`` and ``/ip firewall filter`` are one menu."""
    return " ".join(words.replace("/", " ").split())


def without_prompt(text: str) -> str:
    """The line without a prompt in front."""
    found = _PROMPT.match(text)
    return text[found.end() :] if found else text


def split_menu(text: str) -> tuple[str, str, str] | None:
    """(menu as it stands there, menu, what is behind) of a line; the first two empty without one. None: of a script."""
    if _CODE.match(text):
        return None
    if not text.startswith("/"):
        return "", "", text
    found = _HEAD.match(text)
    if found is None:
        return None
    return text[: found.end()], menu_of(found[1]), text[found.end() :]


def read_line(text: str) -> RosLine:
    """A command without its menu; one that is none has no verb."""
    found = tokens(text)
    verb = found.pop(0)[1] if found and not found[0][0] and found[0][1] in VERBS else ""
    chooses = ""
    words: list[str] = []
    properties: dict[str, str] = {}
    for name, value in found:
        if name:
            properties[name] = unquoted(value)
        elif verb in _CHOOSING and not chooses and not properties:
            chooses = unquoted(value)
        elif verb == "add" and value in _FLAGS:
            properties[value] = "yes"
        elif value.startswith("!") and len(value) > 1:
            properties[value[1:]] = ""
        else:
            words.append(unquoted(value))
    return RosLine(verb, chooses, properties, words)
