"""One capture file to a CaptureResult: the driver of the capture stage."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO

from scanner.capture.collect import collect
from scanner.capture.compile import compile_descriptors
from scanner.capture.containers import open_capture
from scanner.capture.descriptor import Case, Framing
from scanner.capture.kernel.flows import Flows
from scanner.capture.kernel.layers import Decoder
from scanner.capture.kernel.packet import Packet
from scanner.capture.limits import Limits
from scanner.capture.result import CaptureResult

Progress = Callable[[int, int, int], None]  # bytes done, bytes in all (0 unknown), packets


def read_capture(  # noqa: PLR0917 - the order of use
    source: Path | BinaryIO,
    name: str,
    framings: Sequence[Framing],
    cases: Mapping[str, Sequence[Case]],
    progress: Progress | None = None,
    limits: Limits = Limits(),  # noqa: B008 - immutable
) -> CaptureResult:
    """Distinct messages, conversations and counts of one capture.

    ``cases`` are given by framing name, in the order they are tried. Memory is bounded by ``limits`` whatever the
    capture holds. Raises InputError when nothing can be read; a capture that breaks off gives what came before, and
    ``info.unread`` says where and why.
    """
    plan = compile_descriptors(framings, cases)
    flows = Flows(plan, limits)
    decoder = Decoder()
    packet = Packet()
    total = source.stat().st_size if isinstance(source, Path) and source.is_file() else 0
    with open_capture(source, name) as capture:
        for chunk in capture.chunks():
            decoder.attach(chunk.buffer)
            flows.frames(chunk.index, decoder, packet)
            if progress:
                progress(capture.bytes_read, total, packet.frame)
        flows.finish()
        info = capture.info
    decoder.fill(info)
    info.limits = flows.limits()
    return collect(info, plan, flows.tables())
