"""``python -m tests.fuzz.kernel SECONDS [SEED]``: the capture kernel under AddressSanitizer and
UndefinedBehaviorSanitizer.

The kernel is compiled into a temporary folder, beside a copy of the package, and reads damaged captures there. It notes
which of its blocks runs after which (``edges.c``): a capture by which one runs after another for the first time is
damaged further. The first report of a sanitizer ends it, and the capture is kept in tests/fuzz/found/kernel/, which the
test suite reads.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import random
import shutil
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from scanner.protocols import framing_plan
from tests.fuzz.mutate import mutated

ROOT = Path(__file__).parents[2]
FOUND = Path(__file__).parent / "found" / "kernel"
FLAGS = "-O1 -g1 -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer"
TRACED = "-fsanitize-coverage=trace-pc"
EDGES = "edges.so"
LONGEST = 65536  # bytes of a seed
_SEEDS = 120
_CHILD = "--child"
_HEADER, _RECORD = 24, struct.Struct("<IIII")
_MAGIC = b"\xd4\xc3\xb2\xa1"  # pcap, little endian, microseconds


def main() -> int:
    """Build and fuzz; 1 when a sanitizer reported something."""
    if sys.argv[1] == _CHILD:
        return _fuzz(float(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4]), ctypes.CDLL(sys.argv[5]))
    compiler = shutil.which(os.environ.get("CC", "cc"))
    if compiler is None or sys.platform != "linux":
        print("kernel: no compiler with sanitizers here, so it was not fuzzed")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        _build(Path(folder), compiler)
        last, edges = Path(folder) / "last.pcap", Path(folder) / EDGES
        seed = int(sys.argv[2]) if len(sys.argv) > 2 else random.SystemRandom().randrange(1 << 32)
        preload = f"{_preload(compiler)} {edges}"
        done = subprocess.run(
            [sys.executable, "-m", "tests.fuzz.kernel", _CHILD, sys.argv[1], str(seed), str(last), str(edges)],
            cwd=folder,
            env=os.environ | {"PYTHONPATH": folder, "ASAN_OPTIONS": "detect_leaks=0", "LD_PRELOAD": preload},
            check=False,
        )
        if done.returncode:
            FOUND.mkdir(parents=True, exist_ok=True)
            shutil.copy(last, FOUND / f"{seed:08x}.pcap")
            print(f"kernel: ended with {done.returncode}; the capture is in {FOUND}")
        return int(done.returncode != 0)


def _build(folder: Path, compiler: str) -> None:
    """A copy of the package with a kernel that watches itself; what Cython made goes along where it is up to date."""
    ignored = shutil.ignore_patterns("*.so", "__pycache__")
    for name in ("scanner", "tests", "fixtures", "rules", "reports", "build/kernel"):
        if (ROOT / name).exists():
            shutil.copytree(ROOT / name, folder / name, ignore=ignored)
    for name in ("setup.py", "setup.cfg", "pyproject.toml", "README.md"):
        shutil.copy2(ROOT / name, folder)
    noting = [compiler, "-O2", "-shared", "-fPIC", str(ROOT / "tests/fuzz/edges.c"), "-o", str(folder / EDGES)]
    subprocess.run(noting, check=True)
    command = [sys.executable, "setup.py", "-q", "build_ext", "--inplace"]
    watched = {"KERNEL_CFLAGS": f"{FLAGS} {TRACED}", "LDFLAGS": f"-fsanitize=address,undefined {folder / EDGES}"}
    built = subprocess.run(command, cwd=folder, env=os.environ | watched, check=False, capture_output=True, text=True)
    if built.returncode:
        sys.exit(f"kernel: not built with sanitizers\n{built.stderr[-2000:]}")


def _preload(compiler: str) -> str:
    """The run-time libraries of the sanitizers, which must be loaded before Python."""
    asked = ([compiler, f"-print-file-name={name}"] for name in ("libasan.so", "libubsan.so"))
    return " ".join(subprocess.run(c, capture_output=True, check=True, text=True).stdout.strip() for c in asked)


def _fuzz(seconds: float, seed: int, last: Path, edges: ctypes.CDLL) -> int:
    from scanner.capture.kernel.decode import packet
    from scanner.capture.read import read_capture
    from scanner.errors import InputError

    assert Path(packet.__file__).is_relative_to(ROOT), "another kernel than the one that watches itself"
    chance = random.Random(seed)
    captures = [p for p in sorted((ROOT / "fixtures").rglob("*.pcap*")) if p.stat().st_size <= LONGEST]
    chance.shuffle(captures)
    corpus = [path.read_bytes() for path in captures[:_SEEDS]]
    seeds = len(corpus)
    plan = framing_plan()
    end, runs, known = time.monotonic() + seconds, 0, 0
    while time.monotonic() < end:
        capture = corpus[runs] if runs < seeds else damaged(chance.choice(corpus), corpus, chance)
        last.write_bytes(capture)
        edges.new_edges()  # what ran in between does not count
        with contextlib.suppress(InputError):
            read_capture(last, "x", plan)
        found = edges.new_edges()
        known += found
        if found and runs >= seeds:
            corpus.append(capture[: 2 * LONGEST])
        runs += 1
    print(f"kernel: seed {seed}, {runs:,} captures, {known:,} edges, {len(corpus):,} kept, nothing found")
    return 0


def damaged(capture: bytes, others: list[bytes], chance: random.Random) -> bytes:
    """The capture with damage in its packets, or, where it is no plain pcap and one time in four, anywhere."""
    if capture[:4] != _MAGIC or chance.randrange(4) == 0:
        return mutated(capture, others, chance)
    packets = _packets(capture)
    for _ in range(chance.choice((1, 2, 4, 8))):
        at = chance.randrange(len(packets) + 1)
        match chance.randrange(6):
            case 0:
                del packets[at : at + chance.randrange(1, 4)]
            case 1:
                packets[at:at] = packets[at : at + 3] * chance.choice((1, 2, 50))
            case 2 if packets:
                packets.append(packets.pop(at % len(packets)))
            case _ if packets:
                head, data = packets[at % len(packets)]
                packets[at % len(packets)] = head, mutated(data, others, chance)
    return capture[:_HEADER] + b"".join(
        _RECORD.pack(*head, len(data), max(len(data), chance.choice((0, 0, 0, 1500)))) + data for head, data in packets
    )


def _packets(capture: bytes) -> list[tuple[tuple[int, int], bytes]]:
    """(time, bytes) of each packet."""
    found, at = [], _HEADER
    while at + _RECORD.size <= len(capture):
        seconds, fraction, size, _ = _RECORD.unpack_from(capture, at)
        at += _RECORD.size
        found.append(((seconds, fraction), capture[at : at + size]))
        at += size
    return found


if __name__ == "__main__":
    sys.exit(main())
