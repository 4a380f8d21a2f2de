"""How many distinct messages a second are understood, when nothing repeats: ``python -m benchmarks.distinct [COUNT]``.

Polls of Modbus/TCP, S7comm and IEC 104 whose every request and response touches something else, in equal parts over
conversations of at most 40,000 messages, so that no ceiling is reached. Time is that of the whole way from the file to
the facts, and of what follows the kernel alone.
"""

from __future__ import annotations

import gc
import resource
import struct
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.run import WORK
from scanner.capture.read import read_capture
from scanner.facts.build import capture_facts
from scanner.facts.understand import understand
from scanner.protocols import all_framings, cases, protocols

EACH = 40_000


def modbus(number: int) -> tuple[bytes, bytes]:
    """Read Holding Registers of one place, and the answer, whose length tells it from the others."""
    head = struct.pack(">HH", number & 0xFFFF, 0)
    unit, address = 1 + number % 247, number % 60_000
    count = 1 + number // 60_000 % 100
    return (
        head + struct.pack(">HBBHH", 6, unit, 3, address, count),
        head + struct.pack(">HBBHH", 6, unit, 16, address, count),
    )


def s7comm(number: int) -> tuple[bytes, bytes]:
    """Read Var of one byte of a data block, and a Write Var of it."""
    item = struct.pack(">BBBBHHB", 0x12, 0x0A, 0x10, 0x02, 1, 1 + number % 65_000, 0x84) + (8 * number).to_bytes(
        3, "big"
    )
    read = struct.pack(">BBHHHH", 0x32, 1, 0, number & 0xFFFF, 2 + len(item), 0) + b"\x04\x01" + item
    data = b"\x00\x04\x00\x08\x00"
    write = struct.pack(">BBHHHH", 0x32, 1, 0, number & 0xFFFF, 2 + len(item), len(data)) + b"\x05\x01" + item + data
    return tuple(struct.pack(">BBH", 3, 0, 7 + len(p)) + b"\x02\xf0\x80" + p for p in (read, write))  # type: ignore[return-value]


def iec104(number: int) -> tuple[bytes, bytes]:
    """A single command to one object, and the report of another."""
    address = (1 + number).to_bytes(3, "little")
    asdu = struct.pack("<BBBBH", 45, 1, 6, 0, 1 + number % 60_000) + address + b"\x01"
    report = struct.pack("<BBBBH", 30, 1, 3, 0, 1 + number % 60_000) + address + bytes(8)
    return tuple(b"\x68" + struct.pack("<BHH", 4 + len(a), 2 * (number & 0x3FFF), 0) + a for a in (asdu, report))  # type: ignore[return-value]


KINDS = ((502, modbus), (102, s7comm), (2404, iec104))


def frames(count: int) -> Iterator[bytes]:
    """One message each."""
    for start in range(0, count, EACH):
        port, make = KINDS[start // EACH % len(KINDS)]
        client = 0x0A000000 + 256 + start // EACH
        sequence = 1
        for number in range(start, min(start + EACH, count), 2):
            for payload in make(number // 2):
                tcp = struct.pack(">HHIIBBHHH", 50_000, port, sequence, 1, 0x50, 0x18, 1024, 0, 0) + payload
                ip = struct.pack(">BBHHHBBHII", 0x45, 0, 20 + len(tcp), 0, 0, 64, 6, 0, client, 0x0A000001)
                yield bytes.fromhex("02000000000102000000000a0800") + ip + tcp
                sequence += len(payload)


def write(path: Path, count: int) -> None:
    """The capture of ``count`` messages."""
    with path.open("wb") as file:
        file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1))
        for number, frame in enumerate(frames(count)):
            file.write(struct.pack("<IIII", 1_800_000_000 + number // 10_000, number % 10_000 * 100, *[len(frame)] * 2))
            file.write(frame)


def main() -> None:
    """Write the capture when it is not there, read it, and say how long that took."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 500_000
    WORK.mkdir(exist_ok=True)
    path = WORK / f"distinct-{count}.pcap"
    if not path.exists():
        write(path, count)
    found = protocols()
    began = time.perf_counter()
    result = read_capture(path, path.name, all_framings(), cases())
    read = time.perf_counter() - began
    facts = capture_facts(result, found)
    whole = time.perf_counter() - began
    distinct, operations = len(result.messages), facts.tables["operations"].height
    print(f"{distinct:,} distinct messages, {operations:,} operations, limits reached: {result.info.limits}")
    gc.disable()  # as in capture_facts
    began = time.thread_time()
    understand(result, found)
    understood = time.thread_time() - began
    print(f"  kernel {read:.2f} s, facts {whole - read:.2f} s: {distinct / whole:,.0f} distinct messages a second")
    print(f"  understanding alone {understood:.2f} s of processor time: {distinct / understood:,.0f} a second")
    print(f"  peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
