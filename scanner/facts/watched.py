"""Messages that note whether somebody asked between whom they were sent: what these mean holds for no other."""

from __future__ import annotations

from typing import Any

from scanner.protocols.base import Message

OF_CONVERSATION = ("source", "target", "connection", "lost")  # fields that differ between messages that say the same


class Watched(Message):
    """A message; ``asked`` has the names of the fields that somebody asked for and that are of its conversation."""

    __slots__ = ("asked",)

    def __init__(self, *given: Any, **named: Any) -> None:
        self.asked: set[str] = set()
        super().__init__(*given, **named)

    def carrying(self, data: bytes, length: int, **changes: Any) -> Message:
        """As of every message; what asks the part asks the whole."""
        asked = set(self.asked)
        part = super().carrying(data, length, **changes)
        assert isinstance(part, Watched)  # noqa: S101 (for mypy: ``replace`` makes what it gets)
        self.asked = part.asked = asked  # copying asked for all
        return part


def _noting(name: str, of_message: Any) -> property:
    def asked(message: Watched) -> Any:
        message.asked.add(name)
        return of_message.__get__(message)

    return property(asked, of_message.__set__)


for _name in OF_CONVERSATION:
    setattr(Watched, _name, _noting(_name, getattr(Message, _name)))
