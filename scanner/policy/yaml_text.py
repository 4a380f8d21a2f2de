"""Text from the wire in YAML that otaudit writes: in comments and scalars that nothing can break out of."""

from __future__ import annotations

import re

_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_./-]*|\d{1,3}(?:\.\d{1,3}){3}(?:/\d{1,2})?")
_WORDS_OF_YAML = frozenset(("null", "true", "false", "yes", "no", "on", "off", "y", "n"))
_LONGEST = 100


def comment(text: str, longest: int = _LONGEST) -> str:
    """The text on one line, whatever is in it, cut to so many characters."""
    fit = "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in text)
    return fit if len(fit) <= longest else fit[: longest - 3] + "..."


def scalar(text: str) -> str:
    """The text as a YAML scalar, quoted unless it can only be read as text."""
    if _PLAIN.fullmatch(text) and text.lower() not in _WORDS_OF_YAML:
        return text
    return '"' + "".join(_escaped(c) for c in text) + '"'


def _escaped(character: str) -> str:
    if character in '"\\':
        return "\\" + character
    if character.isprintable():
        return character
    return f"\\U{ord(character):08x}"
