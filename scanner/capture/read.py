"""Capture files to CaptureResults: the driver of the capture stage."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO, NamedTuple

from scanner.capture.collect import collect
from scanner.capture.files.containers import open_capture
from scanner.capture.interleaved import CapturePart, interleaved
from scanner.capture.kernel.decode.layers import Decoder
from scanner.capture.kernel.decode.packet import Packet
from scanner.capture.kernel.tracker import Flows
from scanner.capture.result import CaptureInfo, CaptureResult
from scanner.capture.strangers import without_strangers
from scanner.capture.unjoined import blame
from scanner.framing.plan import FramingPlan
from scanner.gc_paused import uncollected
from scanner.limits.capture import Limits
from scanner.succession import follows

Progress = Callable[[int, int, int], None]  # bytes done, bytes in all (0 unknown), packets

PAUSE = 60_000_000_000  # ns without a packet after which a capture does not go on where the one before ended


def goes_on(last_time: int, time: int) -> bool:
    """What begins at ``time`` goes on at once where something ended at ``last_time``; 0: not known."""
    return bool(last_time and time) and follows(time, last_time) and time - last_time <= PAUSE


class Until:
    """How far a recording goes. last_time: ns since 1970 of the packet that was seen last, 0 when none has a time."""

    def __init__(self) -> None:
        self.last_time = 0

    def goes_on_at(self, time: int) -> bool:
        """A file that begins then follows at once."""
        return goes_on(self.last_time, time)

    def ended_before(self, time: int) -> bool:
        """Nothing that begins then or later follows at once."""
        return not self.last_time or time - self.last_time > PAUSE


class Recording(Until):
    """Files that follow one another, read as if they were one: frame numbers go on, and so does everything else.

    Memory is bounded by ``limits`` whatever the files hold.
    """

    def __init__(self, plan: FramingPlan, limits: Limits = Limits()) -> None:  # noqa: B008 - immutable
        super().__init__()
        self._plan = plan
        self._limits = limits
        self._flows: Flows | None = None
        self._begin(None)

    def _begin(self, going_on: Decoder | None) -> None:
        self.files: list[CaptureInfo] = []
        self._flows = self._flows if going_on else None
        self._decoder = Decoder(going_on.ring) if going_on else Decoder()
        self._packet = Packet()

    def read(self, source: Path | BinaryIO, name: str, progress: Progress | None = None) -> CaptureInfo:
        """Go on with this file; InputError when nothing of it can be read, which changes nothing.

        A file that breaks off gives what came before, and ``stop`` says where and why.
        """
        flows = self._flows or Flows(self._plan, self._limits)
        before = self._frames
        total = source.stat().st_size if isinstance(source, Path) and source.is_file() else 0
        with open_capture(source, name, before) as capture, uncollected():
            for chunk in capture.chunks():
                self._decoder.attach(chunk.buffer)
                flows.frames(chunk.index, self._decoder, self._packet)
                if progress:
                    progress(capture.bytes_read, total, self._packet.frame - before)
            self._was_read(flows, capture.info)
        return capture.info

    def read_together(self, parts: Sequence[CapturePart], progress: Sequence[Progress | None]) -> list[CaptureInfo]:
        """Go on with these files, of which several saw the same time: their packets in the order of their times.

        parts: in the order in which they begin, with how many packets they have (``measured``). The recording cannot be
        used any more when that raises InputError, as ``read`` does.
        """
        flows = self._flows or Flows(self._plan, self._limits)
        infos: dict[int, CaptureInfo] = {}
        with uncollected():
            for stretch in interleaved(parts, self._frames, infos):
                if stretch.buffer is not None:
                    self._decoder.attach(stretch.buffer)
                flows.frames(stretch.rows, self._decoder, self._packet, stretch.begin, stretch.end, stretch.shift)
                if (tell := progress[stretch.part]) and stretch.bytes_read:
                    tell(stretch.bytes_read, parts[stretch.part].size, stretch.rows.packets)
        for number in range(len(parts)):
            self._was_read(flows, infos[number])
        return [infos[number] for number in range(len(parts))]

    @property
    def _frames(self) -> int:
        """How many there were so far."""
        return sum(file.packets for file in self.files)

    def _was_read(self, flows: Flows, info: CaptureInfo) -> None:
        self._flows = flows
        self.files.append(info)
        self.last_time = max(self.last_time, info.last_time)

    @property
    def crowded(self) -> bool:
        """So much is known that another file may find a table full: it had better be collected."""
        flows, limits = self._flows, self._limits
        full = flows is not None and (
            2 * flows.messages.size > limits.messages
            or 2 * len(flows.messages.kept_bytes()) > limits.message_bytes
            or 2 * flows.pairing.size > limits.pairs
        )
        return full or (flows is not None and not flows.roomy)

    def collect(self, *, goes_on: bool = False) -> CaptureResult:
        """Distinct messages, conversations and counts of the files since the last time.

        goes_on: streams and messages under way go on in the files that are read next, where there is room for them;
        what they complete is told there, and every count begins from nothing.
        """
        flows = self._flows or Flows(self._plan, self._limits)
        goes_on = goes_on and flows.roomy
        if not goes_on:
            flows.finish()
        info, decoder = _together(self.files), self._decoder
        decoder.fill(info)
        tables, strangers = without_strangers(flows.tables(), self._limits.strangers)
        info.limits = flows.limits() | ({"strangers": strangers} if strangers else {})
        result = collect(info, self._plan, tables)
        result.files = self.files
        blame(result, decoder.lost)
        if goes_on:
            flows.carry_over()
        self._begin(decoder if goes_on else None)
        return result


def _together(files: Sequence[CaptureInfo]) -> CaptureInfo:
    """The files as one; what the decoder counts is still to be filled in."""
    if len(files) == 1:
        return replace(files[0], link_types={}, not_understood={})
    times = [file.first_time for file in files if file.first_time]
    return CaptureInfo(
        source=files[0].source,
        sha256=hashlib.sha256("".join(file.sha256 for file in files).encode()).hexdigest(),
        size=sum(file.size for file in files),
        format=", ".join(dict.fromkeys(file.format for file in files)),
        packets=sum(file.packets for file in files),
        bytes=sum(file.bytes for file in files),
        captured_bytes=sum(file.captured_bytes for file in files),
        first_time=min(times, default=0),
        last_time=max(file.last_time for file in files),
        interfaces=list(dict.fromkeys(name for file in files for name in file.interfaces)),
        comments=[comment for file in files for comment in file.comments],
        filters=list(dict.fromkeys(text for file in files for text in file.filters)),
        truncated_packets=sum(file.truncated_packets for file in files),
        dropped_packets=sum(file.dropped_packets for file in files),
        stops=[(file.source, file.stop) for file in files if file.stop],
        missing_files=sum(file.missing_files for file in files),
    )


def read_capture(
    source: Path | BinaryIO,
    name: str,
    plan: FramingPlan,
    progress: Progress | None = None,
    limits: Limits = Limits(),  # noqa: B008 - immutable
) -> CaptureResult:
    """One capture by itself; see ``Recording``."""
    recording = Recording(plan, limits)
    recording.read(source, name, progress)
    return recording.collect()


class First(NamedTuple):
    """The first packet of a capture: ns since 1970 (0: it has no time) and its link type, -1 when there is none.

    until: when the beginning ends that was looked at.
    """

    time: int
    link: int
    until: int = 0


def first_packet(source: Path | BinaryIO) -> First:
    """When and how a capture begins; InputError as ``Recording.read``."""
    with open_capture(source) as capture:
        for chunk in capture.chunks():
            return First(chunk.index.first_time, chunk.index.first_link, chunk.index.last_time)
    return First(0, -1)


class Measured(NamedTuple):
    """How many packets a capture has, and when it ends, ns since 1970."""

    packets: int
    last_time: int


def measured(source: Path | BinaryIO) -> Measured:
    """What a walk over the packets tells, as ``Recording.read`` has it; InputError as that."""
    with open_capture(source) as capture:
        for _ in capture.chunks():
            pass
        return Measured(capture.info.packets, capture.info.last_time)


def last_time(source: Path) -> int:
    """When a capture ends, ns since 1970, as ``Recording.read`` has it; InputError as that."""
    return measured(source).last_time
