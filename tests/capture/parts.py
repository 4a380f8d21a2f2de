"""Captures as the files of a ring."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import BinaryIO

from scanner.capture.files.containers import open_capture
from scanner.capture.read import Recording
from scanner.capture.result import CaptureResult
from scanner.framing.language import Case, Framing
from scanner.framing.plan import compile_descriptors
from scanner.limits.capture import Limits
from tests.capture.files import pcap

Frame = tuple[int, bytes, int]  # ns since 1970, what was captured, link type


class Parts:
    """Reads files one after the other and collects each by itself, as is done when tables are nearly full."""

    def __init__(
        self,
        framings: Sequence[Framing],
        cases: Mapping[str, Sequence[Case]],
        limits: Limits = Limits(),  # noqa: B008 - immutable
    ) -> None:
        self._recording = Recording(compile_descriptors(framings, cases), limits)

    def read(self, source: Path | BinaryIO, name: str, next_time: int = 0) -> CaptureResult:
        """next_time: when the file that is read next begins, ns since 1970; 0: there is none."""
        self._recording.read(source, name)
        return self._recording.collect(goes_on=self._recording.goes_on_at(next_time))


def frames(path: Path) -> list[Frame]:
    """Those of a capture of one link type."""
    with open_capture(path) as capture:
        return [
            (time, bytes(chunk.buffer[offset : offset + captured]), link & 0xFFFF)
            for chunk in capture.chunks()
            for offset, captured, _, time, link, _ in chunk.index.rows()
        ]


def written(found: Sequence[Frame]) -> bytes:
    """A pcap of these frames, with microseconds."""
    records = [(time // 10**9, time % 10**9 // 1000, data) for time, data, _ in found]
    return pcap(records, network=found[0][2] if found else 1)


def stretched(found: Sequence[Frame], seconds: float) -> list[Frame]:
    """The same frames evenly over so much time."""
    start, step = found[0][0], seconds * 1e9 / max(1, len(found) - 1)
    return [(start + round(n * step), data, link) for n, (_, data, link) in enumerate(found)]


def ring(folder: Path, found: Sequence[Frame], number: int, name: str = "ring") -> list[Path]:
    """The frames in so many files, named as dumpcap does."""
    folder.mkdir(parents=True, exist_ok=True)
    edges = [len(found) * n // number for n in range(number + 1)]
    paths = []
    for place in range(number):
        paths.append(folder / f"{name}_{place + 1:05}_20260101{place:06}.pcap")
        paths[-1].write_bytes(written(found[edges[place] : edges[place + 1]]))
    return paths


def stream(found: Sequence[Frame]) -> io.BytesIO:
    """As a file that is open."""
    return io.BytesIO(written(found))
