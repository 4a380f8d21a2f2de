"""What probes have in common."""

from __future__ import annotations

from collections.abc import Callable

from scanner.protocols.base import Malformed, Message


def is_well_formed(parse: Callable[[Message], object], message: Message) -> bool:
    """Whether ``parse``, which raises Malformed for what breaks the specification, takes the message."""
    try:
        parse(message)
    except Malformed:
        return False
    return True
