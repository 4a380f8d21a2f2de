"""The elements of a message of GTP: some have a length of their own, of the others the type tells."""

from __future__ import annotations

from collections.abc import Container, Mapping

from scanner.protocols.base import Malformed

_NONE = 1 << 16  # of a type that nobody knows the length of: longer than any message
FROM_128 = range(128, 256)  # types with a length of their own, up to version 1


def gtp_elements(
    data: bytes,
    at: int,
    end: int,
    fixed: Mapping[int, int],
    *,
    with_length: Container[int] = FROM_128,
    head: int = 3,
) -> dict[int, bytes]:
    """Type -> bytes of the first element of it; Malformed when they do not fill the message.

    end: of the message, of which ``data`` may be the beginning. fixed: lengths of the elements that have none of their
    own. head: bytes in front of the others, their type and length first.
    """
    found: dict[int, bytes] = {}
    while at < len(data):
        kind = data[at]
        before, size = 1, fixed.get(kind, _NONE)
        if kind in with_length:
            before, size = head, int.from_bytes(data[at + 1 : at + 3], "big")
        if at + before + size > end:
            raise Malformed("the elements do not fill the message")
        found.setdefault(kind, data[at + before : at + before + size])
        at += before + size
    return found
