"""What probes have in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from scanner.protocols.base import Malformed, Message

T = TypeVar("T")


def once(parse: Callable[[Message], T]) -> Callable[[Message], T]:
    """``parse``, which remembers the last message: ``probe`` and ``dissect`` ask of each one after the other."""
    last: tuple[Message, T] | None = None

    def remembering(message: Message) -> T:
        nonlocal last
        if last is None or last[0] is not message:
            last = message, parse(message)
        return last[1]

    return remembering


def is_well_formed(parse: Callable[[Message], object], message: Message) -> bool:
    """Whether ``parse``, which raises Malformed for what breaks the specification, takes the message."""
    try:
        parse(message)
    except Malformed:
        return False
    return True
