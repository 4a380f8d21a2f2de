"""What was said before on a connection, of the messages that stand for themselves (``Case.in_order``)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from scanner.framing.language import Case, Range, Role, Test
from scanner.protocols.base import Message

_MOST_IN_ORDER = 16384  # messages of a case that a conversation's side has
_MOST = 4096  # connections of which something is remembered
Kept = TypeVar("Kept")


def in_order(name: str, when: tuple[Test, ...], role: Role, pair: tuple[Range, ...] = (), *, keep: int) -> Case:
    """Messages that stand for themselves, as what they mean depends on those before them."""
    return Case(name, when, (Range(0),), role, pair, keep=keep, in_order=True, most=_MOST_IN_ORDER)


class Before(Generic[Kept]):
    """One value for each connection; of many, those that were asked for last."""

    def __init__(self, begin: Callable[[], Kept]) -> None:
        self._begin = begin
        self._kept: dict[int, Kept] = {}

    def of(self, message: Message) -> Kept:
        """What is kept for the connection of the message; of a message that has none, nothing was before it."""
        found = self._kept.pop(message.connection, None) or self._begin()
        if message.connection:
            self._kept[message.connection] = found
            if len(self._kept) > _MOST:
                self._kept.pop(next(iter(self._kept)))
        return found
