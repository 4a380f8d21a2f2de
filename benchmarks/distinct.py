"""How many distinct messages a second are understood, when nothing repeats: ``python -m benchmarks.distinct [COUNT]``.

Messages of six protocols, each of which touches something else, in equal parts over conversations of at most 40,000
messages, so that no ceiling is reached; then each protocol alone. Seconds are processor time of one core: of the whole
way from the file to the facts, and of what its parts take.
"""

from __future__ import annotations

import math
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from benchmarks.messages import dnp3, enip, iec104, modbus, opcua, s7comm
from benchmarks.run import WORK
from scanner.capture.read import read_capture
from scanner.facts.build import capture_facts
from scanner.facts.understand import understand
from scanner.gc_paused import uncollected
from scanner.peak_memory import peak_memory
from scanner.protocols import framing_plan, protocols

MOST = 40_000  # messages of one conversation


Make = Callable[[int], tuple[bytes, bytes]]
KINDS: dict[Make, int] = {modbus: 502, s7comm: 102, iec104: 2404, dnp3: 20000, enip: 44818, opcua: 4840}


def frames(count: int, kinds: Mapping[Make, int]) -> Iterator[bytes]:
    """One message each, two for each number."""
    rounds = math.ceil(count / len(kinds) / MOST)
    pairs = count // len(kinds) // rounds // 2
    for conversation in range(rounds * len(kinds)):
        make, port = [*kinds.items()][conversation % len(kinds)]
        client = 0x0A000000 + 256 + conversation
        sequence = 1
        for number in range(pairs * conversation, pairs * (conversation + 1)):
            for payload in make(number):
                tcp = struct.pack(">HHIIBBHHH", 50_000, port, sequence, 1, 0x50, 0x18, 1024, 0, 0) + payload
                ip = struct.pack(">BBHHHBBHII", 0x45, 0, 20 + len(tcp), 0, 0, 64, 6, 0, client, 0x0A000001)
                yield bytes.fromhex("02000000000102000000000a0800") + ip + tcp
                sequence += len(payload)


def write(path: Path, count: int, kinds: Mapping[Make, int]) -> None:
    """The capture of ``count`` messages."""
    with path.open("wb") as file:
        file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1))
        for number, frame in enumerate(frames(count, kinds)):
            file.write(struct.pack("<IIII", 1_800_000_000 + number // 10_000, number % 10_000 * 100, *[len(frame)] * 2))
            file.write(frame)


def measure(name: str, count: int, kinds: Mapping[Make, int]) -> None:
    """Write the capture when it is not there, read it, and say how long that took."""
    path = WORK / f"distinct-{name}-{count}.pcap"
    if not path.exists():
        write(path, count, kinds)
    found, plan = protocols(), framing_plan()
    began = time.process_time()
    result = read_capture(path, path.name, plan)
    read = time.process_time() - began
    facts = capture_facts(result, found)
    whole = time.process_time() - began
    peak = peak_memory() / 2**20
    with uncollected():  # as in capture_facts
        began = time.process_time()
        understand(result, found)
        understood = time.process_time() - began
    distinct, operations = len(result.messages), facts.tables["operations"].height
    print(
        f"{name:<8}{distinct:>9,} distinct, {operations:>9,} operations: read {read:.2f} s, facts {whole - read:.2f} s,"
        f" {distinct / whole:>8,.0f} a second; understanding alone {distinct / understood:>8,.0f} a second;"
        f" peak {peak:.0f} MB {result.info.limits or ''}"
    )


def main() -> None:
    """All together, then each protocol in a process of its own."""
    WORK.mkdir(exist_ok=True)
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 500_000
    names = {make.__name__: (make, port) for make, port in KINDS.items()}
    for name in sys.argv[2:]:
        measure(name, count, KINDS if name == "all" else dict([names[name]]))
    if not sys.argv[2:]:
        for name, part in (("all", count), *((name, count // len(names)) for name in names)):
            subprocess.run([sys.executable, "-m", "benchmarks.distinct", str(part), name], check=True)


if __name__ == "__main__":
    main()
