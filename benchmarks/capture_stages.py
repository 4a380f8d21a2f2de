"""What the first two stages cost by themselves, and what each container costs to read.

    python -m benchmarks.capture_stages [PACKETS] (default 1000000)

Record walk and layer decode are measured in memory, in processor time, best of ten runs; the containers from disk, in
wall time, with reading, hashing and decompressing in their thread.
"""

from __future__ import annotations

import bz2
import gzip
import lzma
import struct
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import zstandard

from benchmarks.generate import generated
from scanner.capture.files.containers import open_capture
from scanner.capture.kernel.decode.layers import Decoder
from scanner.capture.kernel.decode.packet import Packet
from scanner.capture.kernel.record_index import Index, PcapWalker

FULL = 1  # state of a walker whose index has no room left
RUNS = 10


def in_memory(data: bytes) -> tuple[float, float]:
    """Nanoseconds per packet of the record walk and of the layer decode."""
    best = [1e9, 1e9]
    for _ in range(RUNS):
        walker, index, decoder, packet = PcapWalker(1, big=False, nanoseconds=True), Index(8192), Decoder(), Packet()
        spent, at = [0, 0], 24
        while True:
            start = time.thread_time_ns()
            at = walker.walk(data, at, len(data), index)
            middle = time.thread_time_ns()
            decoder.decode_chunk(packet, data, index)
            spent[0] += middle - start
            spent[1] += time.thread_time_ns() - middle
            if walker.state != FULL:
                break
            index.clear()
        best = [min(b, s / index.packets) for b, s in zip(best, spent, strict=True)]
    return best[0], best[1]


def pcapng(data: bytes) -> bytes:
    """The same packets as enhanced packet blocks."""
    blocks = [struct.pack("<IIIHHqI", 0x0A0D0D0A, 28, 0x1A2B3C4D, 1, 0, -1, 28)]
    blocks.append(struct.pack("<IIHHIHHBxxxHHI", 1, 32, 1, 0, 0, 9, 1, 9, 0, 0, 32))
    at = 24
    while at < len(data):
        seconds, fraction, captured, wire = struct.unpack_from("<IIII", data, at)
        stamp, size = seconds * 1_000_000_000 + fraction, 32 + (captured + 3) // 4 * 4
        head = struct.pack("<IIIIIII", 6, size, 0, stamp >> 32, stamp & 0xFFFFFFFF, captured, wire)
        packet = data[at + 16 : at + 16 + captured]
        blocks.append(head + packet + bytes(-captured % 4) + struct.pack("<I", size))
        at += 16 + captured
    return b"".join(blocks)


def from_disk(path: Path) -> tuple[float, int]:
    """Seconds to read a capture, and its packets."""
    start = time.perf_counter()
    with open_capture(path) as capture:
        for _ in capture.chunks():
            pass
    return time.perf_counter() - start, capture.info.packets


def main(packets: int) -> None:
    """Print a line for each."""
    data = generated(packets).read_bytes()
    walk, decode = in_memory(data)
    print(f"record walk {walk:6.1f} ns/packet\nlayer decode{decode:6.1f} ns/packet")
    forms: dict[str, Callable[[bytes], bytes]] = {
        "pcap": bytes,
        "pcapng": pcapng,
        "pcap+gzip": lambda d: gzip.compress(d, 6),
        "pcap+zstd": zstandard.ZstdCompressor().compress,
        "pcap+xz": lambda d: lzma.compress(d, preset=1),
        "pcap+bz2": lambda d: bz2.compress(d, 1),
    }
    with tempfile.TemporaryDirectory() as folder:
        for name, form in forms.items():
            path = Path(folder, "capture")
            path.write_bytes(form(data))
            seconds, found = from_disk(path)
            print(f"{name:<11} {seconds / found * 1e9:7.1f} ns/packet  {path.stat().st_size / 1e6:7.1f} MB on disk")


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else 1_000_000)
