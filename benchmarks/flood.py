"""What a flood from forged addresses costs, and whether it hides what comes behind it.

``python -m benchmarks.flood [CONVERSATIONS]`` writes captures that begin with so many conversations of one packet each,
every one from another address, with a controller or with as many different hosts: connection attempts, segments and
datagrams with random payload. Behind each flood a station that was not seen before connects to the controller and
stops it. Printed are the seconds and the peak memory of a scan, the limits that it tells, and whether it reports the
stop.
"""

from __future__ import annotations

import json
import random
import resource
import struct
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.generate import ACK, PSH, START, SYN, Connection, Host, checksum
from benchmarks.run import measure

CONVERSATIONS = 1_000_000
STEP = 20_000  # ns between packets
_CONTROLLER, _STATION, _ROUTER = Host(5), Host(9), Host(1)
_CONNECT = "0300001611e00000000100c0010ac1020100c2020102", "0300001611d00001000100c0010ac1020100c2020102"
_SETUP = "0300001902f08032010000000000080000f0000001000101e0", "0300001b02f080320300000000000800000000f0000001000100f0"
_STOP = "0300002102f0803201000001000010000029000000000009505f50524f4752414d", "0300001402f08032030000010000010000000029"


def _forged(chosen: random.Random) -> bytes:
    """An address of the Internet."""
    return bytes((chosen.randrange(11, 127), *chosen.randbytes(2), chosen.randrange(1, 255)))


def _frame(source: bytes, target: bytes, protocol: int, segment: bytes) -> bytes:
    head = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(segment), 0, 0x4000, 64, protocol, 0, source, target)
    return _ROUTER.link(_CONTROLLER) + head[:10] + struct.pack("!H", checksum(head)) + head[12:] + segment


def _segment(source: bytes, target: bytes, ports: tuple[int, int], flags: int, payload: bytes = b"") -> bytes:
    head = struct.pack("!HHIIBBHHH", *ports, 7, 9 if flags & ACK else 0, 0x50, flags, 8192, 0, 0)
    total = checksum(source + target + struct.pack("!BBH", 0, 6, 20 + len(payload)) + head + payload)
    return _frame(source, target, 6, head[:16] + struct.pack("!H", total) + head[18:] + payload)


def _flood(kind: str, number: int) -> Iterator[bytes]:
    chosen = random.Random(number)
    to_many = kind.endswith("to many")
    for _ in range(number):
        source, target = _forged(chosen), _forged(chosen) if to_many else _CONTROLLER.ip
        ports = chosen.randrange(1024, 65536), 4444
        if kind.startswith("attempts"):
            yield _segment(source, target, ports, SYN)
        elif kind.startswith("segments"):
            yield _segment(source, target, ports, PSH | ACK, chosen.randbytes(40))
        else:
            payload = chosen.randbytes(40)
            yield _frame(source, target, 17, struct.pack("!HHHH", *ports, 8 + len(payload), 0) + payload)


KINDS = [f"{what}{where}" for where in ("", " to many") for what in ("attempts", "segments", "datagrams")]


def _stopped() -> Iterator[bytes]:
    """An engineering station connects and stops the controller by S7comm."""
    talk = Connection(_STATION, _CONTROLLER, 102, 50_000)
    yield from talk.open()
    for asked, answered in (_CONNECT, _SETUP, _STOP):
        yield from talk.exchange(bytes.fromhex(asked), bytes.fromhex(answered))
    yield from talk.close()


def write(path: Path, kind: str, number: int) -> None:
    """A flood of that kind, and the stop behind it."""
    with path.open("wb") as file:
        file.write(struct.pack("<IHHiIII", 0xA1B23C4D, 2, 4, 0, 0, 65535, 1))
        time = START * 1_000_000_000
        for frames in (_flood(kind, number), _stopped()):
            for frame in frames:
                time += STEP
                file.write(struct.pack("<IIII", *divmod(time, 1_000_000_000), len(frame), len(frame)) + frame)


def main(number: int, kinds: list[str]) -> None:
    """One scan of each kind."""
    for kind in kinds:
        with tempfile.TemporaryDirectory() as folder:
            capture, report = Path(folder) / "flood.pcap", Path(folder) / "report.json"
            write(capture, kind, number)
            before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
            wall, _, peak = measure([sys.executable, "-m", "scanner", "scan", str(capture), "-o", str(report)])
            processor = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before
            told = json.loads(report.read_text(encoding="utf-8"))
        stops = [row for row in told["operations"] if row["verb"] == "stop"]
        whole = "whole" if told["inputs"][0]["complete"] else "told as incomplete"
        took = f"{wall:6.1f} s, {processor:.1f} s of processor time, {peak:.0f} MB"
        print(f"{number:,} {kind:<18} {took}; {whole}, stop {'seen' if stops else 'HIDDEN'}", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else CONVERSATIONS, sys.argv[2:] or KINDS)
