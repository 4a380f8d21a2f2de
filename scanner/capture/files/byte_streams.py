"""The bytes of a capture file: read once, hashed as they lie on disk, decompressed, and read ahead in a thread.

Every stream here has ``readinto(view) -> int`` (0 at the end) and raises ``Unreadable`` where it cannot go on.
"""

from __future__ import annotations

import bz2
import hashlib
import lzma
import queue
import sys
import threading
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO, Protocol

from scanner.capture.files import magic
from scanner.errors import reason
from scanner.limits import limits
from scanner.wording import NOTHING, Said, at_byte, near_byte, said

PIECE = 4096  # compressed bytes given to a decompressor at once: what a corrupt stream costs of the sound part before
BLOCK = 65536  # compressed bytes read at once
OUTPUT = 65536  # decompressed bytes taken at once
XZ_MEMORY = 160 << 20
ZSTD_WINDOW = 128 << 20


class Unreadable(Exception):
    """The stream cannot be read further: ``place`` in it, ``what`` is wrong and the remedy, where there is one."""

    def __init__(self, place: Said, what: Said, remedy: Said = NOTHING) -> None:
        super().__init__(f"{place}: {what}")
        self.place = place
        self.what = what
        self.remedy = remedy


class Contradiction(Exception):
    """What lies at ``position`` of a buffer cannot be, in the format being read."""

    def __init__(self, position: int, what: Said, *, endless: bool = False) -> None:
        """``endless``: what follows is not worth reading either, not even for the digest of the file."""
        super().__init__(f"{position}: {what}")
        self.position = position
        self.what = what
        self.endless = endless


class Stream(Protocol):
    """Something to read bytes from."""

    def readinto(self, view: memoryview) -> int:
        """Fill ``view`` from its start; gives how many bytes, 0 at the end."""


class RawStream:
    """The bytes on disk (or from a pipe), with their number and SHA-256."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._sha256 = hashlib.sha256()
        self.size = 0

    @property
    def sha256(self) -> str:
        """Of what was read so far, hexadecimal."""
        return self._sha256.hexdigest()

    def readinto(self, view: memoryview) -> int:
        """Read and hash."""
        try:
            n = self._read(view)
        except OSError as error:
            raise Unreadable(at_byte(self.size), said("cannot be read: {reason}", reason=reason(error))) from error
        self._sha256.update(view[:n])
        self.size += n
        return n

    def _read(self, view: memoryview) -> int:
        readinto: Callable[[memoryview], int | None] | None = getattr(self._file, "readinto", None)
        if readinto is not None:
            return readinto(view) or 0
        data = self._file.read(len(view))
        view[: len(data)] = data
        return len(data)

    def drain(self, stop: Callable[[], bool]) -> None:
        """Read to the end, for number and hash only."""
        scratch = memoryview(bytearray(1 << 18))
        while not stop() and self.readinto(scratch):
            pass


class HeadedStream:
    """``head``, which was taken from ``stream`` to look at, and then the rest of it, or how it ``broke`` meanwhile."""

    def __init__(self, head: bytes, stream: Stream, broke: Unreadable | None) -> None:
        self._head = head
        self._stream = stream
        self._broke = broke

    def readinto(self, view: memoryview) -> int:
        """Read."""
        if not self._head:
            if self._broke is not None:
                raise self._broke
            return self._stream.readinto(view)
        n = min(len(self._head), len(view))
        view[:n] = self._head[:n]
        self._head = self._head[n:]
        return n


def peek(stream: Stream, size: int, least: int) -> tuple[bytes, Stream]:
    """The first ``size`` bytes (fewer where the stream ends or breaks), and the stream as it was.

    Raises Unreadable when not even ``least`` bytes come before the stream breaks.
    """
    view = memoryview(bytearray(size))
    end, broke = 0, None
    try:
        while end < size and (n := stream.readinto(view[end:])):
            end += n
    except Unreadable as error:
        if end < least:
            raise
        broke = error
    return bytes(view[:end]), HeadedStream(bytes(view[:end]), stream, broke)


class PieceStream:
    """A stream of what a generator of byte strings yields."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._rest = memoryview(b"")

    def readinto(self, view: memoryview) -> int:
        """Copy from the next piece."""
        while not self._rest:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._rest = memoryview(piece)
        n = min(len(self._rest), len(view))
        view[:n] = self._rest[:n]
        self._rest = self._rest[n:]
        return n


@dataclass(frozen=True)
class Codec:
    """One compressed format: what its members begin with and how they are decompressed.

    feed(decoder, data) yields what ``data`` gives, in bounded pieces; decoders know ``eof`` and ``unused_data``.
    """

    name: str
    magic: tuple[bytes, ...]
    start: Callable[[], Any]
    feed: Callable[[Any, bytes], Iterator[bytes]]

    def begins(self, data: bytes) -> bool:
        """``data`` is the start of a member."""
        return data.startswith(self.magic)


def _feed_zlib(decoder: Any, data: bytes) -> Iterator[bytes]:
    while True:
        out = decoder.decompress(data, OUTPUT)
        yield out
        data = decoder.unconsumed_tail
        if decoder.eof or (not data and len(out) < OUTPUT):
            return


def _feed_bounded(decoder: Any, data: bytes) -> Iterator[bytes]:
    yield decoder.decompress(data, OUTPUT)
    while not decoder.eof and not decoder.needs_input:
        yield decoder.decompress(b"", OUTPUT)


if sys.version_info >= (3, 14):
    from compression.zstd import DecompressionParameter, ZstdDecompressor

    _ZSTD = Codec(
        "zstd",
        magic.ZSTD,
        lambda: ZstdDecompressor(options={DecompressionParameter.window_log_max: ZSTD_WINDOW.bit_length() - 1}),
        _feed_bounded,
    )
else:
    from scanner.capture.files.zstd import ZstdDecoder

    _ZSTD = Codec("zstd", magic.ZSTD, lambda: ZstdDecoder(ZSTD_WINDOW), ZstdDecoder.feed)

CODECS = (
    Codec("gzip", magic.GZIP, lambda: zlib.decompressobj(31), _feed_zlib),
    _ZSTD,
    Codec("xz", magic.XZ, lambda: lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=XZ_MEMORY), _feed_bounded),
    Codec("bz2", magic.BZ2, bz2.BZ2Decompressor, _feed_bounded),
)


def codec_of(head: bytes) -> Codec | None:
    """The compression that ``head``, the start of a file, shows."""
    return next((c for c in CODECS if c.begins(head)), None)


class _Pieces:
    """A stream in small pieces, read in large blocks. ``given`` counts the bytes handed out."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._block = memoryview(bytearray(BLOCK))
        self._at = self._end = 0
        self.given = 0

    def take(self) -> bytes:
        """The next piece, empty at the end of the stream."""
        if self._at == self._end:
            self._at, self._end = 0, self._stream.readinto(self._block)
        piece = bytes(self._block[self._at : min(self._at + PIECE, self._end)])
        self._at += len(piece)
        self.given += len(piece)
        return piece


def decompress(stream: Stream, codec: Codec) -> Iterator[bytes]:
    """The content of every member in turn; zero bytes may pad the end. Raises Unreadable where it cannot go on."""
    pieces = _Pieces(stream)
    growth, free = limits().growth, limits().growth_free
    data = pieces.take()
    gained = 0
    while data:
        decoder = codec.start()
        while not decoder.eof:
            data = data or pieces.take()
            if not data:
                raise Unreadable(at_byte(pieces.given), said("the {codec} data is cut off", codec=codec.name))
            place = near_byte(pieces.given - len(data))
            for out in _fed(codec, decoder, data, place):
                yield out
                gained += len(out)
                if gained > free + growth * pieces.given:
                    what = said("the {codec} data expands more than {times}-fold", codec=codec.name, times=growth)
                    raise Unreadable(
                        place, what, said("if that is intended, decompress it first or set --limit growth")
                    )
            data = b""
        data = decoder.unused_data.lstrip(b"\0")
        while not data and (data := pieces.take()):
            data = data.lstrip(b"\0")
        if 0 < len(data) < 8:
            data += pieces.take()
        if data and not codec.begins(data):
            what = said("what follows the {codec} data is not {codec} data", codec=codec.name)
            raise Unreadable(at_byte(pieces.given - len(data)), what)


def _fed(codec: Codec, decoder: Any, data: bytes, place: Said) -> Iterator[bytes]:
    """What ``data`` gives; Unreadable, at ``place``, where it is damaged."""
    try:
        yield from codec.feed(decoder, data)
    except Exception as error:  # four libraries, each with several kinds of error
        raise Unreadable(place, said("the {codec} data is corrupt ({error})", codec=codec.name, error=error)) from error


class ReadAhead:
    """Reads a stream into a few large buffers in a thread, ahead of who iterates.

    Iterating gives (buffer, end): new bytes lie in buffer[HEADROOM:end]; the room before them is the reader's, for the
    start of a record that the buffer before did not hold whole. A buffer is reused after the next step. A Unreadable
    stream gives what it had first; then ``broken`` says why it ended.
    """

    HEADROOM = 512 << 10
    SIZE = 1 << 20
    BUFFERS = 3

    def __init__(self, stream: Stream, raw: RawStream) -> None:
        self._stream = stream
        self._raw = raw
        self._free: queue.Queue[memoryview] = queue.Queue()
        self._full: queue.Queue[tuple[memoryview, int]] = queue.Queue()
        self._abandoned = threading.Event()
        self._enough = threading.Event()
        self._failure: BaseException | None = None
        self.broken: Unreadable | None = None
        for _ in range(self.BUFFERS):
            self._free.put(memoryview(bytearray(self.HEADROOM + self.SIZE)))
        self._thread = threading.Thread(target=self._work, name="read-ahead", daemon=True)
        self._thread.start()

    def __iter__(self) -> Iterator[tuple[memoryview, int]]:
        while True:
            buffer, end = self._full.get()
            if end == self.HEADROOM:
                break
            yield buffer, end
            self._free.put(buffer)
        self._free.put(buffer)
        if self._failure is not None:
            raise self._failure

    def finish(self, *, endless: bool) -> None:
        """Wait until the file was read, and so hashed, to its end, whatever of it was wanted; not where it has none."""
        (self._abandoned if endless else self._enough).set()
        self._free.put(memoryview(bytearray(self.HEADROOM + 1)))  # wakes the thread
        self._thread.join()
        if self._failure is not None:
            raise self._failure

    def close(self) -> bool:
        """Stop reading; False when the thread still waits for bytes (of a pipe)."""
        self._abandoned.set()
        self._free.put(memoryview(bytearray(self.HEADROOM + 1)))
        self._thread.join(timeout=0.2)
        return not self._thread.is_alive()

    def _work(self) -> None:
        buffer = memoryview(b"")
        try:
            while not self._enough.is_set() and not self._abandoned.is_set():
                buffer = self._free.get()
                end, more = self._fill(buffer)
                self._full.put((buffer, end))
                if not more:
                    break
            self._raw.drain(self._abandoned.is_set)
        except Unreadable as error:
            self.broken = self.broken or error
        except BaseException as error:  # noqa: BLE001 - raised again in the reader's thread
            self._failure = error
        self._full.put((buffer, self.HEADROOM))

    def _fill(self, buffer: memoryview) -> tuple[int, bool]:
        """Fill the buffer behind its headroom; gives where the bytes end, and whether more may come."""
        end = self.HEADROOM
        try:
            while end < len(buffer) and not self._abandoned.is_set():
                n = self._stream.readinto(buffer[end:])
                if n == 0:
                    return end, False
                end += n
        except Unreadable as error:
            self.broken = error
            return end, False
        return end, True
