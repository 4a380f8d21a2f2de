"""Capture files: recognised by content, decompressed, and walked record by record in bounded memory.

``open_capture`` gives a ``CaptureSource``; its ``chunks`` are buffers with an index of the packets in them. The file
is read once; its size, SHA-256, totals and what could not be read are in ``source.info`` when the chunks are done.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Protocol, Self

from scanner.capture.files import magic, pcap, pcapng
from scanner.capture.files.byte_streams import (
    Broken,
    Contradiction,
    PieceStream,
    RawStream,
    ReadAhead,
    Stream,
    codec_of,
    decompress,
    peek,
)
from scanner.capture.kernel.record_index import Index
from scanner.capture.result import CaptureInfo
from scanner.errors import InputError

HEAD = 4096  # bytes of a file that are enough to recognise it
CONVERT = "save it as pcap or pcapng, for example with: editcap -F pcapng IN OUT"


class Reader(Protocol):
    """What the two formats offer; see pcap.PcapReader."""

    name: str

    def read(self, buffer: memoryview, start: int, end: int, index: Index) -> tuple[int, bool]: ...  # noqa: D102
    def unfinished(self, index: Index) -> str: ...  # noqa: D102
    def close(self) -> None: ...  # noqa: D102


@dataclass(slots=True)
class Chunk:
    """A buffer and the packets in it; both are valid until the next chunk is asked for."""

    buffer: memoryview
    index: Index


class CaptureSource:
    """One opened capture. Use as a context manager, and iterate ``chunks`` once."""

    def __init__(  # noqa: PLR0917 - what ``_open`` found, in its order
        self, file: BinaryIO, raw: RawStream, stream: Stream, reader: Reader, info: CaptureInfo, index: Index
    ) -> None:
        self.info = info
        self.index = index
        self._file = file
        self._raw = raw
        self._reader = reader
        self._ahead = ReadAhead(stream, raw)
        self._stop: tuple[str, str] | None = None  # place and reason
        self._endless = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def bytes_read(self) -> int:
        """How much of the file, as it lies on disk, was read so far."""
        return self._raw.size

    def close(self) -> None:
        """Stop; ``info`` keeps what it has."""
        if self._ahead.close():
            self._file.close()

    def chunks(self) -> Iterator[Chunk]:
        """Every packet of the capture, in the order of the file.

        What could not be read is in ``info.unread`` afterwards; InputError when not one packet could be read.
        """
        base = 0  # where in the decompressed file the byte at HEADROOM lies
        rest = b""  # the start of a record, from the buffer before
        skip = 0  # bytes of a block that does not matter, still to come
        for buffer, end in self._ahead:
            position = ReadAhead.HEADROOM - len(rest)
            buffer[position : ReadAhead.HEADROOM] = rest
            position += skip
            full = True
            while full and position < end:
                position, full = self._step(buffer, position, end, base)
                if self.index.count:
                    yield Chunk(buffer, self.index)
                    self.index.clear()
            if self._stop:
                break
            skip = max(position - end, 0)
            rest = bytes(buffer[position:end])
            base += end - ReadAhead.HEADROOM
        self._finish(base - len(rest), bool(rest or skip))

    def _step(self, buffer: memoryview, position: int, end: int, base: int) -> tuple[int, bool]:
        try:
            return self._reader.read(buffer, position, end, self.index)
        except Contradiction as error:
            self._endless = error.endless
            self._stop = self._place(base + error.position - ReadAhead.HEADROOM), error.what
            return end, False

    def _place(self, offset: int) -> str:
        return f"byte {offset}" + (" of the decompressed capture" if "+" in self.info.format else "")

    def _finish(self, offset: int, unfinished: bool) -> None:
        self._ahead.finish(endless=self._endless)
        if self._stop is None and self._ahead.broken:
            self._stop = self._ahead.broken.place, self._ahead.broken.what
        if self._stop is None and unfinished:
            self._stop = self._place(offset), self._reader.unfinished(self.index)
        self._reader.close()
        info, index = self.info, self.index
        info.sha256, info.size = self._raw.sha256, self._raw.size
        info.packets, info.bytes, info.captured_bytes = index.packets, index.wire_bytes, index.captured_bytes
        info.first_time, info.last_time, info.truncated_packets = index.first_time, index.last_time, index.truncated
        if self._stop:
            place, what = self._stop
            info.unread = f"{place}: {what}"
            if not index.packets:
                raise InputError(info.source, what, place, "no packet could be read; capture again or copy it again")


def open_capture(source: Path | str | BinaryIO, name: str = "", before: int = 0) -> CaptureSource:
    """Open a capture; InputError when it is none, or one of a kind that is not read.

    source: a path or a binary stream (standard input needs no seeking), closed with the CaptureSource. name: what
    messages and reports call it. before: frames of its recording in the files before it, which count on here.
    """
    by_path = isinstance(source, Path | str)
    name = name or str(source if by_path else getattr(source, "name", "input"))
    try:
        file = Path(source).open("rb", buffering=0) if isinstance(source, Path | str) else source  # noqa: SIM115
    except OSError as error:
        raise InputError(name, (error.strerror or str(error)).lower()) from error
    try:
        return _open(file, name, before)
    except Broken as error:
        file.close()
        raise InputError(name, error.what, error.place) from error
    except BaseException:
        file.close()
        raise


def _open(file: BinaryIO, name: str, before: int) -> CaptureSource:
    info = CaptureInfo(source=name)
    raw = RawStream(file)
    head, stream = peek(raw, HEAD, pcap.HEADER)
    codec = codec_of(head)
    if codec:
        head, stream = peek(PieceStream(decompress(stream, codec)), HEAD, pcap.HEADER)
    reader: Reader
    if head[:4] in magic.PCAP:
        reader = pcap.PcapReader(head, info)
    elif head.startswith(magic.PCAPNG):
        reader = pcapng.PcapngReader(info)
    else:
        raise _refusal(head, name, codec.name if codec else "")
    info.format = reader.name + (f"+{codec.name}" if codec else "")
    return CaptureSource(file, raw, stream, reader, info, Index(before=before))


def _refusal(head: bytes, name: str, codec: str) -> InputError:
    """Why a file that begins with ``head`` is not read."""
    inside = f"the {codec} data holds " if codec else "it is "
    for begins, what in magic.REFUSED:
        if head.startswith(begins):
            return InputError(name, f"{inside}{what}, which is not read", remedy=CONVERT)
    for begins, what in magic.ARCHIVES:
        if head.startswith(begins):
            return InputError(name, f"{inside}{what}, which is not read", remedy="unpack it first")
    if not head:
        return InputError(name, f"the {codec} data is empty" if codec else "the file is empty")
    if _is_text(head):
        return InputError(name, f"{inside}text, not a packet capture")
    return InputError(name, f"{inside}no packet capture: it begins with 0x{head[:4].hex()}", "byte 0")


def _is_text(head: bytes) -> bool:
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start < len(head) - 3:
            return False  # else only the last character is cut
    return not any(b < 9 or 13 < b < 27 for b in head)
