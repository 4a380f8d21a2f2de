"""What a packet costs in the kernel, stage by stage, and the peak memory of the process.

    python -m benchmarks.kernel [PACKETS or FILE]... (default 1000000)

Stages are measured one on top of the other, best of three runs: walking the records (with reading and hashing the file
in the background), decoding the layers, flows without any framing, and everything.
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.generate import generated
from scanner.capture.compile import compile_descriptors
from scanner.capture.containers import open_capture
from scanner.capture.kernel.flows import Flows, decode_only
from scanner.capture.kernel.layers import Decoder
from scanner.capture.kernel.packet import Packet
from scanner.capture.limits import Limits
from scanner.capture.read import read_capture
from scanner.protocols import all_framings, cases

RUNS = 3


def walk(path: Path) -> None:
    """Find the records."""
    with open_capture(path) as capture:
        for _ in capture.chunks():
            pass


def decode(path: Path) -> None:
    """Find and decode them."""
    decoder, packet = Decoder(), Packet()
    with open_capture(path) as capture:
        for chunk in capture.chunks():
            decoder.attach(chunk.buffer)
            decode_only(chunk.index, decoder, packet)


def flows(path: Path) -> None:
    """Everything but messages."""
    decoder, packet, tables = Decoder(), Packet(), Flows(compile_descriptors((), {}), Limits())
    with open_capture(path) as capture:
        for chunk in capture.chunks():
            decoder.attach(chunk.buffer)
            tables.frames(chunk.index, decoder, packet)


def everything(path: Path) -> None:
    """The whole capture stage."""
    read_capture(path, path.name, all_framings(), cases())


def best(stage: Callable[[Path], None], path: Path) -> float:
    """Seconds of the fastest run."""
    times = []
    for _ in range(RUNS):
        started = time.perf_counter()
        stage(path)
        times.append(time.perf_counter() - started)
    return min(times)


def measure(path: Path) -> None:
    """Print one line a stage."""
    result = read_capture(path, path.name, all_framings(), cases())
    packets = result.info.packets
    print(f"{path.name}: {packets:,} packets, {len(result.conversations):,} conversations, ", end="")
    print(f"{len(result.messages):,} distinct messages of {sum(m.count for m in result.messages):,}")
    before = 0.0
    for stage in (walk, decode, flows, everything):
        seconds = best(stage, path)
        each, added = seconds / packets * 1e9, (seconds - before) / packets * 1e9
        print(f"  {stage.__name__:<11}{each:7.1f} ns/packet  (+{added:6.1f})  {seconds:7.3f} s")
        before = seconds
    print(f"  peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    for given in sys.argv[1:] or ["1000000"]:
        measure(generated(int(given)) if given.isdigit() else Path(given))
