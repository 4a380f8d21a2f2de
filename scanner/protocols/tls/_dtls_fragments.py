"""Handshake messages of DTLS put together from fragments, in whatever order they come (RFC 6347, section 4.2.3).

Fragments may come again, in other sizes, and overlap. Where two say different things of the same byte, or of the length
of the message, somebody else may have sent one of them: such a message is never put together.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field

MAX_JOINED = 1 << 16  # bytes of a message
MOST_OPEN = 256  # messages of which parts are missing


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
    """Messages of which some fragments came, the oldest forgotten first."""

    def __init__(self) -> None:
        self._open: dict[Hashable, _Parts] = {}

    def add(self, key: Hashable, total: int, offset: int, body: bytes) -> bytes | None:
        """The message that is whole with this fragment; None while it is not. key: whose it is, and its number."""
        if not 0 < total <= MAX_JOINED or offset + len(body) > total:
            return None
        parts = self._open.get(key)
        if parts is None:
            if len(self._open) >= MOST_OPEN:
                del self._open[next(iter(self._open))]
            parts = self._open[key] = _Parts(total)
        if parts.total != total:
            parts.contradicts = True
        elif body and not parts.contradicts:
            parts.put(offset, body)
        if not parts.whole:
            return None
        del self._open[key]
        return bytes(parts.data)
