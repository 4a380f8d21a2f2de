"""What dialects say of routing in the same words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from scanner.configs.settings import ABSENT, CLOSED, UNKNOWN, Sheet
from scanner.configs.tree import Node

PLAIN, KEYED = "plain", "keyed"  # the key travels in clear; a digest proves it


def put_authentication(sheet: Sheet, item: str, found: Sequence[str], speakers: int, node: Node) -> None:
    """What the speakers of a protocol ask of their neighbours.

    found: plain or keyed, of each place where something is asked. speakers: how many there are; 0: it cannot be told.
    """
    if not found:
        sheet.missing("routing", item, "authentication", ABSENT, node)
    elif PLAIN in found:
        sheet.put("routing", item, "authentication", PLAIN, node)
    else:
        sheet.put("routing", item, "authentication", KEYED if 0 < speakers <= len(found) else UNKNOWN, node)


def put_silent(sheet: Sheet, item: str, node: Node) -> None:
    """The protocol speaks on no interface."""
    sheet.put("routing", item, "authentication", CLOSED, node)


def kept(words: Iterable[str], *, plain: str) -> str:
    """How a key is used, by a word that only plain ones have."""
    return PLAIN if plain in words else KEYED
