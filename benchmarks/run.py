"""Whole scans beside peers: ``make bench``, or ``python -m benchmarks.run [--packets N]... [--runs N] [--seed N]``.

Captures are generated from the seed (``benchmarks.kinds``). Measured is ``otaudit scan FILE -o report.html``, every
protocol and rule, and of what is installed ``capinfos -c``, tshark and Suricata over the same file; they take turns,
after one round that warms caches. Printed and written into ``docs/performance.md`` are medians, ratios of the runs of
one round, and the most memory that all processes of a command had at one time. What is compared is processor time, user
and system, of all processes: whatever else the machine does weighs on it least.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from benchmarks import page
from benchmarks.kinds import FORMS, KINDS, SEED, in_form, made

WORK = Path(__file__).parent / "work"
SIZES = (1_000_000, 5_000_000, 10_000_000)
TSHARK_MOST = 1_000_000  # packets; it takes half a minute for these
RUNS = 5
EVERY = 0.02  # s between two looks at the memory of all processes
OURS = "otaudit"
HEADS = ("capture", "packets", "MB", "s", "processor s", "ns of these a packet", "peak MB")


class Taken(NamedTuple):
    """What one run of a command took."""

    wall: float  # s
    processor: float  # s, user and system
    peak: float  # MB of all its processes at one time


def measure(command: list[str], environment: Mapping[str, str] | None = None) -> Taken:
    """Run a command that must succeed, or find something."""
    kept = {**os.environ, **(environment or {})}
    kept.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed package has its byte code
    began, peak = time.perf_counter(), 0.0
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=kept)
    while True:
        ended, status, usage = os.wait4(process.pid, os.WNOHANG)
        if ended:
            break
        peak = max(peak, sum(map(resident, family(process.pid))))
        time.sleep(EVERY)
    wall = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 1):
        sys.exit(f"{' '.join(command)} ended with {process.returncode}")
    return Taken(wall, usage.ru_utime + usage.ru_stime, max(peak, usage.ru_maxrss / 1024))


def family(process: int) -> Iterator[int]:
    """The process and all that it started, where the system tells."""
    yield process
    for tasks in Path("/proc", str(process), "task").glob("*/children"):
        try:
            children = tasks.read_text("ascii").split()
        except OSError:  # it has ended
            continue
        for child in children:
            yield from family(int(child))


def resident(process: int) -> float:
    """MB of the process that are in memory, 0 where the system does not tell."""
    try:
        pages = int(Path("/proc", str(process), "statm").read_text("ascii").split()[1])
    except (OSError, IndexError):
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def commands(capture: Path, folder: str, packets: int) -> dict[str, list[str]]:
    """What is measured over a capture."""
    found = {OURS: [sys.executable, "-m", "scanner", "scan", str(capture), "-o", f"{folder}/report.html"]}
    if shutil.which("capinfos"):
        found["capinfos -c"] = ["capinfos", "-c", str(capture)]
    if shutil.which("tshark") and packets <= TSHARK_MOST:
        found["tshark"] = ["tshark", "-n", "-r", str(capture), "-T", "fields", "-e", "frame.number"]
    if shutil.which("suricata") and capture.suffix in {".pcap", ".pcapng"}:
        found["Suricata"] = ["suricata", "--runmode", "single", "-r", str(capture), "-l", folder, "-k", "none"]
    return found


def compare(capture: Path, packets: int, runs: int) -> dict[str, list[Taken]]:
    """So many runs of each command, in turn."""
    with tempfile.TemporaryDirectory() as folder:
        beside = commands(capture, folder, packets)
        environment = {"PYTHONPYCACHEPREFIX": str(WORK / "code")}
        taken: dict[str, list[Taken]] = {name: [] for name in beside}
        for turn in range(runs + 1):
            for name, command in beside.items():
                if turn == 0 or name != "tshark" or len(taken[name]) < max(1, runs // 2):
                    found = measure(command, environment)
                    if turn:
                        taken[name].append(found)
    return taken


def row(what: str, capture: Path, packets: int, taken: Mapping[str, list[Taken]], peers: list[str]) -> list[str]:
    """A line of the table."""
    wall, processor, peak = map(statistics.median, zip(*taken[OURS], strict=True))
    cells = [what, f"{packets:,}", f"{capture.stat().st_size / 1e6:,.0f}", f"{wall:.2f}", f"{processor:.2f}"]
    cells += [f"{processor / packets * 1e9:,.0f}", f"{peak:,.0f}"]
    for peer in peers:
        if taken.get(peer):
            pairs = zip(taken[OURS], taken[peer], strict=False)
            theirs = statistics.median(run.processor for run in taken[peer])
            times = statistics.median(a.processor / b.processor for a, b in pairs)
            cells.append(f"{theirs:.2f} ({times:.2f} ×)")
        else:
            cells.append("")
    return cells


def captures(sizes: list[int], seed: int, kinds: list[str]) -> Iterator[tuple[str, Path, int]]:
    """What each is called, the file and its packets: the mixed one in all sizes, the others in the smallest."""
    for packets in sizes:
        yield "mixed", made("mixed", packets, WORK, seed), packets
    for kind in kinds:
        if kind in FORMS:
            yield f"mixed, {kind}", in_form(made("mixed", sizes[0], WORK, seed), kind), sizes[0]
        elif kind != "mixed":
            yield kind, made(kind, sizes[0], WORK, seed), sizes[0]


def slope(points: Mapping[int, float]) -> str:
    """What each further packet costs in processor time, by the least squares of the mixed captures."""
    if len(points) < 2:
        return ""
    x, y = statistics.mean(points), statistics.mean(points.values())
    per = sum((p - x) * (s - y) for p, s in points.items()) / sum((p - x) ** 2 for p in points)
    said = (
        f" Of mixed captures each further packet takes {per * 1e9:.0f} ns of processor time and everything else "
        f"{y - per * x:.2f} s"
    )
    if len(points) == 2:
        return said + "."
    away = max(abs(y + per * (p - x) - s) / s for p, s in points.items())
    return f"{said}; no median is more than {100 * away:.0f} % away from that line."


def machine() -> str:
    """What it was measured on."""
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        lines = []
    model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")
    load = f", {os.getloadavg()[0]:.0f} other processes at work when it began" if hasattr(os, "getloadavg") else ""
    return f"{os.cpu_count()} processors ({model or platform.machine()}), Python {platform.python_version()}{load}"


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--packets", type=int, action="append", help=f"sizes of mixed captures; {SIZES}")
    parser.add_argument("--runs", type=int, default=RUNS)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--kind", action="append", choices=[*KINDS, *FORMS], help="beside mixed captures; all")
    given = parser.parse_args()
    WORK.mkdir(exist_ok=True)
    sizes, where = sorted(given.packets or SIZES), machine()
    found = []
    for what, capture, packets in captures(sizes, given.seed, given.kind or [*KINDS, *FORMS]):
        print(f"{what}, {packets:,} packets", file=sys.stderr, flush=True)
        found.append((what, capture, packets, compare(capture, packets, given.runs)))
    peers = list(dict.fromkeys(name for *_, taken in found for name in taken if name != OURS))
    rows = [row(*one, peers) for one in found]
    mixed = {n: statistics.median(t.processor for t in taken[OURS]) for what, _, n, taken in found if what == "mixed"}
    many = f"Medians of {given.runs} runs" if given.runs > 1 else "One run each"
    text = (
        f"{many} on {where}. Seed {given.seed}. Beside peers stands how many times their "
        f"processor time a scan takes.{slope(mixed)}\n\n" + page.table((*HEADS, *(f"{p}, s" for p in peers)), rows)
    )
    print(text)
    page.write("captures", text)


if __name__ == "__main__":
    main()
