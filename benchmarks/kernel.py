"""What a packet costs in the kernel, stage by stage, and the peak memory of the process.

    python -m benchmarks.kernel [PACKETS or FILE]... (default 1000000)

Stages are measured one on top of the other, in processor time of the one core that works (a thread of its own reads and
hashes the file): walking the records, decoding the layers, flows without any framing, everything. Of each piece of the
capture the best of the runs counts, so that what else the machine does is left out; what is done once (tables of the
protocols that are met) is told apart.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path

from benchmarks.generate import generated
from scanner.capture.files.containers import Chunk, open_capture
from scanner.capture.kernel.decode.layers import Decoder
from scanner.capture.kernel.decode.packet import Packet
from scanner.capture.kernel.tracker import Flows, decode_only
from scanner.capture.read import read_capture
from scanner.framing.language import Case, Framing
from scanner.framing.plan import compile_descriptors
from scanner.limits.capture import Limits
from scanner.peak_memory import peak_memory
from scanner.protocols import all_framings, cases, framing_plan

RUNS = 10


Stage = Callable[[Chunk], None]


def walk() -> Stage:
    """Find the records."""
    return lambda _chunk: None


def decode() -> Stage:
    """Find and decode them."""
    decoder, packet = Decoder(), Packet()

    def stage(chunk: Chunk) -> None:
        decoder.attach(chunk.buffer)
        decode_only(chunk.index, decoder, packet)

    return stage


def _flows(framings: Sequence[Framing], described: Mapping[str, Sequence[Case]]) -> Stage:
    decoder, packet, tables = Decoder(), Packet(), Flows(compile_descriptors(framings, described), Limits())

    def stage(chunk: Chunk) -> None:
        decoder.attach(chunk.buffer)
        tables.frames(chunk.index, decoder, packet)

    return stage


def flows() -> Stage:
    """Everything but messages."""
    return _flows((), {})


def everything() -> Stage:
    """The whole kernel."""
    return _flows(all_framings(), cases())


def only(spoken: Collection[str]) -> Callable[[], Stage]:
    """The whole kernel as if the framings that the capture speaks were all there are: what the others cost."""

    def few() -> Stage:
        return _flows(
            [f for f in all_framings() if f.name in spoken], {n: c for n, c in cases().items() if n in spoken}
        )

    return few


def pieces(stage: Stage, path: Path) -> list[float]:
    """Seconds of processor time for each piece of the capture, finding its records included."""
    taken = []
    with open_capture(path) as capture:
        before = time.thread_time()
        for chunk in capture.chunks():
            stage(chunk)
            now = time.thread_time()
            taken.append(now - before)
            before = now
    return taken


def best(make: Callable[[], Stage], path: Path) -> tuple[float, float]:
    """Seconds for the capture with the best run of each piece, and what its first piece takes beyond the others."""
    runs = [pieces(make(), path) for _ in range(RUNS)]
    fastest = [min(times) for times in zip(*runs, strict=True)]
    once = max(0.0, fastest[0] - statistics.median(fastest))
    return sum(fastest) - once, once


def measure(path: Path) -> None:
    """Print one line a stage."""
    result = read_capture(path, path.name, framing_plan())
    packets = result.info.packets
    print(f"{path.name}: {packets:,} packets, {len(result.conversations):,} conversations, ", end="")
    print(f"{len(result.messages):,} distinct messages of {sum(m.count for m in result.messages):,}")
    before = 0.0
    for stage in (walk, decode, flows, everything):
        seconds, once = best(stage, path)
        each, added = seconds / packets * 1e9, (seconds - before) / packets * 1e9
        print(f"  {stage.__name__:<11}{each:7.1f} ns/packet  (+{added:6.1f}), and once {once * 1e3:.0f} ms")
        before = seconds
    spoken = {c.framing for c in result.conversations if c.framing}
    seconds, _ = best(only(spoken), path)
    print(
        f"  {seconds / packets * 1e9:.1f} ns/packet if its own {len(spoken)} of {len(all_framings())} framings were all"
    )
    print(f"  peak memory {peak_memory() >> 20} MB")


if __name__ == "__main__":
    for given in sys.argv[1:] or ["1000000"]:
        measure(generated(int(given)) if given.isdigit() else Path(given))
