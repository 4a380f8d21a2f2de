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

from scanner.capture.files import frame_checks, magic, pcap, pcapng
from scanner.capture.files.byte_streams import (
    Contradiction,
    PieceStream,
    RawStream,
    ReadAhead,
    Stream,
    Unreadable,
    codec_of,
    decompress,
    peek,
)
from scanner.capture.kernel.record_index import Index
from scanner.capture.result import CaptureInfo, Stop
from scanner.errors import InputError, reason
from scanner.wording import NOTHING, Said, at_byte, said

HEAD = 4096  # bytes of a file that are enough to recognise it
CONVERT = said("save it as pcap or pcapng, for example with: editcap -F pcapng IN OUT")


class CaptureReader(Protocol):
    """What the two formats offer; see pcap.PcapReader."""

    name: str

    def read(self, buffer: memoryview, start: int, end: int, index: Index) -> tuple[int, bool]: ...  # noqa: D102
    def unfinished(self, index: Index) -> Said: ...  # noqa: D102
    def close(self) -> None: ...  # noqa: D102


@dataclass(slots=True)
class Chunk:
    """A buffer and the packets in it; both are valid until the next chunk is asked for."""

    buffer: memoryview
    index: Index


class CaptureSource:
    """One opened capture. Use as a context manager, and iterate ``chunks`` once."""

    def __init__(  # noqa: PLR0917 - what ``_open`` found, in its order
        self, file: BinaryIO, raw: RawStream, stream: Stream, reader: CaptureReader, info: CaptureInfo, index: Index
    ) -> None:
        self.info = info
        self.index = index
        self._file = file
        self._raw = raw
        self._reader = reader
        self._ahead = ReadAhead(stream, raw)
        self._stop: Unreadable | None = None
        self._endless = False
        self._with_sums: frozenset[int] | None = None

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

        What could not be read is in ``info.stop`` afterwards; InputError when not one packet could be read.
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
                    if self._with_sums is None:
                        self._with_sums = frame_checks.with_sums(buffer, self.index)
                    if self._with_sums:
                        self.index.end_with_sums(self._with_sums, frame_checks.SIZE)
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
            self._stop = Unreadable(self._place(base + error.position - ReadAhead.HEADROOM), error.what)
            return end, False

    def _place(self, offset: int) -> Said:
        return at_byte(offset, unpacked="+" in self.info.format)

    def _finish(self, offset: int, unfinished: bool) -> None:
        self._ahead.finish(endless=self._endless)
        self._stop = self._stop or self._ahead.broken
        if self._stop is None and unfinished:
            self._stop = Unreadable(self._place(offset), self._reader.unfinished(self.index))
        self._reader.close()
        info, index = self.info, self.index
        info.sha256, info.size = self._raw.sha256, self._raw.size
        info.packets, info.bytes, info.captured_bytes = index.packets, index.wire_bytes, index.captured_bytes
        info.first_time, info.last_time, info.truncated_packets = index.first_time, index.last_time, index.truncated
        if self._stop:
            info.stop = Stop(self._stop.place, self._stop.what, self._stop.remedy)
            if not index.packets:
                remedy = self._stop.remedy or said("no packet could be read; capture again or copy the file again")
                raise InputError(info.source, self._stop.what, self._stop.place, remedy)


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
        raise InputError(name, said("cannot be opened: {reason}", reason=reason(error))) from error
    try:
        return _open(file, name, before)
    except Unreadable as error:
        file.close()
        raise InputError(name, error.what, error.place, error.remedy) from error
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
    reader: CaptureReader
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
    refused = next((what for begins, what in magic.REFUSED if head.startswith(begins)), NOTHING)
    archive = next((what for begins, what in magic.ARCHIVES if head.startswith(begins)), NOTHING)
    place, remedy = NOTHING, CONVERT if refused else said("unpack it first") if archive else NOTHING
    if not head:
        what = said("the {codec} data is empty", codec=codec) if codec else said("the file is empty")
        return InputError(name, what, remedy=said("copy or export it again"))
    if refused or archive:
        what = said("{what}, which is not supported", what=refused or archive)
    elif _is_text(head):
        what, remedy = said("text, not a packet capture"), _NOT_A_CAPTURE
    else:
        what = said("not a packet capture: it begins with 0x{begin}", begin=head[:4].hex())
        place, remedy = at_byte(0), _NOT_A_CAPTURE
    if codec:
        what = said("the {codec} data is {what}", codec=codec, what=what)
    return InputError(name, what, place, remedy)


_NOT_A_CAPTURE = said("check the file, or save it as pcap or pcapng")


def _is_text(head: bytes) -> bool:
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start < len(head) - 3:
            return False  # else only the last character is cut
    return not any(b < 9 or 13 < b < 27 for b in head)
