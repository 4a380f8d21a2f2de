"""Capture files to CaptureResults: the driver of the capture stage."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO

from scanner.capture.collect import collect
from scanner.capture.compile import compile_descriptors
from scanner.capture.containers import CaptureSource, open_capture
from scanner.capture.descriptor import Case, Framing
from scanner.capture.kernel.flows import Flows
from scanner.capture.kernel.layers import Decoder
from scanner.capture.kernel.packet import Packet
from scanner.capture.kernel.ring import Ring
from scanner.capture.limits import Limits
from scanner.capture.result import CaptureResult
from scanner.capture.unjoined import blame

Progress = Callable[[int, int, int], None]  # bytes done, bytes in all (0 unknown), packets

PAUSE = 60_000_000_000  # ns without a packet after which a capture does not go on where the one before ended
OVERLAP = 1_000_000_000  # ns by which it may begin earlier: several interfaces are not written in order


class CaptureReader:
    """Reads captures one after the other; streams and messages under way at the end of one go on in the next.

    Memory is bounded by ``limits`` whatever the captures hold.
    """

    def __init__(
        self,
        framings: Sequence[Framing],
        cases: Mapping[str, Sequence[Case]],
        limits: Limits = Limits(),  # noqa: B008 - immutable
    ) -> None:
        self._plan = compile_descriptors(framings, cases)
        self._limits = limits
        self._flows: Flows | None = None
        self._ring: Ring | None = None

    def read(
        self, source: Path | BinaryIO, name: str, progress: Progress | None = None, next_time: int = 0
    ) -> CaptureResult:
        """Distinct messages, conversations and counts of one capture.

        next_time: when the capture that is read next begins (ns since 1970; 0: none, or not known). Raises InputError
        when nothing can be read; a capture that breaks off gives what came before, and ``info.unread`` says where and
        why.
        """
        flows, self._flows = self._flows or Flows(self._plan, self._limits), None
        decoder = Decoder(self._ring)
        self._ring = None
        packet = Packet()
        total = source.stat().st_size if isinstance(source, Path) and source.is_file() else 0
        with open_capture(source, name) as capture:
            for chunk in capture.chunks():
                decoder.attach(chunk.buffer)
                flows.frames(chunk.index, decoder, packet)
                if progress:
                    progress(capture.bytes_read, total, packet.frame)
            info = capture.info
        goes_on = next_time and -OVERLAP <= next_time - info.last_time <= PAUSE and not info.unread and flows.roomy
        if not goes_on:
            flows.finish()
        decoder.fill(info)
        info.limits = flows.limits()
        result = collect(info, self._plan, flows.tables())
        blame(result, decoder.lost)
        if goes_on:
            flows.carry_over()
            self._flows = flows
            self._ring = decoder.ring
        return result


def read_capture(  # noqa: PLR0917 - the order of use
    source: Path | BinaryIO,
    name: str,
    framings: Sequence[Framing],
    cases: Mapping[str, Sequence[Case]],
    progress: Progress | None = None,
    limits: Limits = Limits(),  # noqa: B008 - immutable
) -> CaptureResult:
    """One capture by itself; see ``CaptureReader.read``. ``cases`` by framing name, in the order they are tried."""
    return CaptureReader(framings, cases, limits).read(source, name, progress)


def first_time(source: Path) -> int:
    """When the first packet of a capture was seen, ns since 1970; 0 when it has no time. InputError as ``read``."""
    with open_capture(source) as capture:
        return _first_time(capture)


def _first_time(capture: CaptureSource) -> int:
    for chunk in capture.chunks():
        return chunk.index.first_time
    return 0
