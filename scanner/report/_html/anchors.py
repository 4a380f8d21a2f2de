"""The permanent address within the page of every rule, finding, device, zone and requirement.

An address is made from the thing's own id, so it is the same in every report that shows the thing.
"""

from __future__ import annotations

import hashlib
import re

_SAFE = re.compile(r"[A-Za-z0-9_.() -]{1,80}")  # "8.1.4.1 a)" is an id of a requirement
_MAC = re.compile(r"[0-9a-f]{2}(:[0-9a-f]{2}){5}")


class Anchors:
    """Element ids by kind and key; ``of`` gives none for what is not on the page."""

    def __init__(self) -> None:
        self._ids: dict[tuple[str, str], str] = {}
        self._taken: set[str] = set()

    def add(self, kind: str, key: str) -> str:
        """The id of the element that shows this thing: it is on the page from now on."""
        if (kind, key) not in self._ids:
            made = f"{kind}-{slug(key)}"
            while made in self._taken:  # two things whose ids are equal but for what cannot stand in an address
                made += "-"
            self._taken.add(made)
            self._ids[kind, key] = made
        return self._ids[kind, key]

    def of(self, kind: str, key: str) -> str:
        """The id of the element, or empty."""
        return self._ids.get((kind, key), "")


def slug(key: str) -> str:
    """The key where it can stand in an address, else what of it can and a digest of the whole."""
    if _MAC.fullmatch(key):
        return key.replace(":", "-")
    if _SAFE.fullmatch(key):
        return key.replace(" ", "~")
    readable = re.sub(r"[^A-Za-z0-9_.]+", "-", key[:40]).strip("-")
    digest = hashlib.sha256(key.encode("utf-8", "backslashreplace")).hexdigest()[:8]
    return f"{readable}-{digest}" if readable else digest
