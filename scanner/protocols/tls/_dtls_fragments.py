"""Handshake messages of DTLS put together from fragments, in whatever order they come (RFC 6347, section 4.2.3).

Fragments may come again, in other sizes, and overlap. Where two say different things of the same byte, or of the length
of the message, somebody else may have sent one of them: such a message is never put together.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Any

MAX_JOINED = 1 << 16  # bytes of a message
MOST_OPEN = 256  # messages of which parts are missing, and of those that were whole


@dataclass(slots=True)
class _Parts:
    """total: the length that all fragments give; spans: what is there of it, in order and apart."""

    total: int
    data: bytearray = field(default_factory=bytearray)
    spans: list[tuple[int, int]] = field(default_factory=list)
    contradicts: bool = False

    def put(self, offset: int, body: bytes) -> None:
        end = offset + len(body)
        if len(self.data) < end:
            self.data.extend(bytes(end - len(self.data)))
        for first, last in self.spans:
            low, high = max(first, offset), min(last, end)
            if low < high and self.data[low:high] != body[low - offset : high - offset]:
                self.contradicts = True
                return
        self.data[offset:end] = body
        apart = [span for span in self.spans if span[1] < offset or span[0] > end]
        near = [span for span in self.spans if not (span[1] < offset or span[0] > end)]
        self.spans = sorted([*apart, (min([offset, *(s[0] for s in near)]), max([end, *(s[1] for s in near)]))])

    @property
    def whole(self) -> bool:
        return not self.contradicts and self.spans == [(0, self.total)]


class Fragments:
    """Messages of which some fragments came, and those that were whole, the oldest forgotten first."""

    def __init__(self) -> None:
        self._open: dict[Hashable, _Parts] = {}
        self._whole: dict[Hashable, bytes] = {}

    def add(self, key: Hashable, total: int, offset: int, body: bytes) -> tuple[bool, bytes | None]:
        """Whether the fragment is the first of its message, and the message if it is whole with it.

        key: whose it is, and its number. What comes again of a message that was whole is the first of none.
        """
        if not 0 < total <= MAX_JOINED or offset + len(body) > total:
            return True, None
        before = self._whole.get(key, b"")
        if len(before) == total and before[offset : offset + len(body)] == body:
            return False, None
        parts = self._open.get(key)
        first = parts is None
        if parts is None:
            parts = self._open[key] = _Parts(total)
            _forget(self._open)
        if parts.total != total:
            parts.contradicts = True
        elif body and not parts.contradicts:
            parts.put(offset, body)
        if not parts.whole:
            return first, None
        del self._open[key]
        self._whole[key] = bytes(parts.data)
        _forget(self._whole)
        return first, self._whole[key]


def _forget(kept: dict[Hashable, Any]) -> None:
    """Drop the oldest where there are too many."""
    if len(kept) > MOST_OPEN:
        del kept[next(iter(kept))]
