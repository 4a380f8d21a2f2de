"""Lists of ports: ``1-24,A1-A4,Trk1``, ``1/1-1/48``."""

from __future__ import annotations

import re

from scanner.configs.headers import port_names

ALL = "all"
_LIST = re.compile(r"(?:\d{1,2}/)?(?:[a-z]{0,3}\d{1,3})(?:[,-](?:\d{1,2}/)?[a-z]{0,3}\d{1,3})*", re.IGNORECASE)


def spelt(name: str) -> str:
    """The name of a port as the device writes it: ``A1``, ``1/A1``, ``Trk1``."""
    return name.capitalize() if name[:3].lower() == "trk" else name.upper()


def is_list(word: str) -> bool:
    """The word may be a list of ports."""
    return word.lower() == ALL or _LIST.fullmatch(word) is not None


def ports_of(words: str) -> list[str] | None:
    """The ports of a list; ``all`` alone for every port, None where they cannot be told."""
    text = words.strip().replace(", ", ",")
    if text.lower().startswith("ethernet "):
        text = text[len("ethernet ") :].strip()
    if text.lower() == ALL:
        return [ALL]
    if not _LIST.fullmatch(text):
        return None
    return [spelt(name) for name in port_names(text.lower(), "-", str.lower)] or None
