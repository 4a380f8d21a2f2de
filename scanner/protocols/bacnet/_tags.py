"""Tagged data of BACnet (ANSI/ASHRAE 135-2020 clause 20.2): tags, texts, and what stands in front of values."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from scanner.protocols.base import Malformed
from scanner.protocols.common.text import printable

UNSIGNED, CHARACTER_STRING, ENUMERATED, OBJECT_IDENTIFIER = 2, 7, 9, 12
_CHARACTER_SETS = {0: "utf-8", 1: "cp932", 3: "utf-32-be", 4: "utf-16-be", 5: "latin-1"}


class Tag(NamedTuple):
    """One tag and the contents behind it. context: its number has the meaning that the service gives it, otherwise
    it is an application tag. opening, closing: brackets around more tags. after: where the next tag begins.
    """

    number: int
    context: bool
    opening: bool
    closing: bool
    body: bytes
    after: int

    @property
    def unsigned(self) -> int:
        """The contents as a number (unsigned or enumerated)."""
        return int.from_bytes(self.body, "big")


def tag(data: bytes, at: int) -> Tag:
    """The tag at ``at``, whole; Malformed when it is not."""
    if at >= len(data):
        raise Malformed("a tag is missing")
    first, at = data[at], at + 1
    number, context, kind = first >> 4, bool(first & 8), first & 7
    if number == 15:
        number, at = _byte(data, at), at + 1
    if context and kind in (6, 7):
        return Tag(number, context, kind == 6, kind == 7, b"", at)
    if not context and number == 1:
        return Tag(number, context, opening=False, closing=False, body=bytes((kind,)), after=at)
    size = kind
    if kind == 5:
        size, at = _byte(data, at), at + 1
        if size >= 254:
            width = 2 if size == 254 else 4
            size, at = int.from_bytes(data[at : at + width], "big"), at + width
    if kind > 5 or at + size > len(data):
        raise Malformed("a tag reaches beyond the message")
    return Tag(number, context, opening=False, closing=False, body=data[at : at + size], after=at + size)


def _byte(data: bytes, at: int) -> int:
    if at >= len(data):
        raise Malformed("a tag is cut short")
    return data[at]


def tags(data: bytes, at: int = 0) -> Iterator[Tag]:
    """Every tag from ``at`` on."""
    while at < len(data):
        found = tag(data, at)
        yield found
        at = found.after


def application(data: bytes, at: int, number: int) -> Tag:
    """The application tag of this number at ``at``."""
    found = tag(data, at)
    if found.context or found.number != number:
        raise Malformed("no application tag {number} where one belongs", number=number)
    return found


def context(data: bytes, at: int, number: int) -> Tag | None:
    """The primitive context tag of this number at ``at``, None when another tag or nothing is there."""
    if at >= len(data):
        return None
    found = tag(data, at)
    return found if found.context and found.number == number and not (found.opening or found.closing) else None


def text(body: bytes) -> str:
    """A character string (clause 20.2.9): its first byte names the character set. Empty when it cannot be printed."""
    if not body or body[0] not in _CHARACTER_SETS:
        return ""
    try:
        raw = body[1:].decode(_CHARACTER_SETS[body[0]])
    except UnicodeDecodeError:
        return printable(body[1:]) if body[0] in (0, 5) else ""
    return printable(raw.encode("utf-8"))


def enclosed(data: bytes, at: int, number: int) -> tuple[bytes, int]:
    """(contents, where the next tag begins) of the bracket of this number that opens at ``at``."""
    first = tag(data, at)
    if not first.opening or first.number != number:
        raise Malformed("bracket {number} does not open where it belongs", number=number)
    depth, at = 1, first.after
    while True:
        found = tag(data, at)
        depth += found.opening - found.closing
        if not depth:
            return data[first.after : at], found.after
        at = found.after
