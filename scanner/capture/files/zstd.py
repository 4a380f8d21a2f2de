"""A zstd decoder that gives bounded output for bounded input, as those of the standard library do.

The library gives back all that a piece of input stands for, and a block of 4 bytes can stand for 128 KiB. So it is
handed one block at a time, whose sizes the frame itself says (RFC 8878, section 3.1.1).
"""

from __future__ import annotations

from collections.abc import Generator, Iterator

import zstandard

_FRAME = b"\x28\xb5\x2f\xfd"
_RLE = 1  # the kind of block whose size is that of its output
_SIZES_OF_DICTIONARY = (0, 1, 2, 4)
_LONGEST_HEADER = 13


def _parts() -> Generator[int, bytes, None]:
    """The sizes of a frame's parts, one after the other; each part that may be a header is sent back."""
    if (yield 4) != _FRAME:  # a skippable one
        yield int.from_bytes((yield 4), "little")
        return
    (flags,) = yield 1
    single = bool(flags & 0x20)
    sizes_of_content = (int(single), 2, 4, 8)
    yield (not single) + _SIZES_OF_DICTIONARY[flags & 3] + sizes_of_content[flags >> 6]
    last = False
    while not last:
        header = int.from_bytes((yield 3), "little")
        last, kind, size = bool(header & 1), header >> 1 & 3, header >> 3
        yield 1 if kind == _RLE else size
    yield 4 if flags & 4 else 0


class ZstdDecoder:
    """Decodes one frame. ``eof``: it was read to its end; ``unused_data``: what lay behind it."""

    def __init__(self, most_window: int) -> None:
        self._library = zstandard.ZstdDecompressor(max_window_size=most_window).decompressobj()
        self._parts = _parts()
        self._part = bytearray()  # as far as it was given; of a long one nothing
        self._missing = next(self._parts)
        self.eof = False
        self.unused_data = b""

    def feed(self, data: bytes) -> Iterator[bytes]:
        """What ``data`` gives, block by block. Raises the library's error where it is damaged."""
        rest = memoryview(data)
        while rest and not self.eof:
            piece, rest = rest[: self._missing], rest[self._missing :]
            self._missing -= len(piece)
            if len(piece) + len(self._part) <= _LONGEST_HEADER:
                self._part += piece
            yield self._library.decompress(piece)
            if not self._missing:
                self._next_part()
        self.unused_data = bytes(rest)

    def _next_part(self) -> None:
        while not self._missing and not self.eof:
            try:
                self._missing = self._parts.send(bytes(self._part))
            except StopIteration:
                self.eof = True
            self._part.clear()
