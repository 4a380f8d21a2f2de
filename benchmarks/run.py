"""The whole scan beside suricata on the same generated captures, in turn, in one run: ``make bench``.

Prints for each size the median wall time and peak memory of ``otaudit scan FILE -o report.html`` (all rules) and of
``suricata --runmode single -r FILE``, their ratio pair by pair, and the budget it is held against.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.generate import write_capture

WORK = Path(__file__).parent / "work"
BUDGET = {1_000_000: 2.0, 5_000_000: 1.0}  # wall time of otaudit over that of suricata
PEAK_MB = 400
ROUNDS = 5


def measure(command: list[str]) -> tuple[float, float]:
    """Wall seconds and peak resident megabytes of a command that must succeed."""
    began = time.perf_counter()
    installed = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=installed)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 1):
        sys.exit(f"{' '.join(command)} ended with {process.returncode}")
    return time.perf_counter() - began, usage.ru_maxrss / 1024


def compare(packets: int) -> None:
    """One size: a warm-up each, then rounds in turn."""
    capture = WORK / f"mixed-{packets}.pcap"
    if not capture.exists():
        print(f"writing {capture.name} ...", flush=True)
        write_capture(capture, packets)
    with tempfile.TemporaryDirectory() as folder:
        ours = [sys.executable, "-m", "scanner", "scan", str(capture), "-o", f"{folder}/report.html"]
        theirs = ["suricata", "--runmode", "single", "-r", str(capture), "-l", folder, "-k", "none"]
        beside = shutil.which("suricata") is not None
        runs: dict[str, list[tuple[float, float]]] = {"otaudit": [], "suricata": []}
        for round_ in range(ROUNDS + 1):
            for name, command in (("otaudit", ours), ("suricata", theirs)):
                if name == "otaudit" or beside:
                    taken = measure(command)
                    if round_:
                        runs[name].append(taken)
    print(f"{packets:>9,} packets, {capture.stat().st_size / 1e6:,.0f} MB")
    for name, taken in runs.items():
        if taken:
            wall, peak = (statistics.median(column) for column in zip(*taken, strict=True))
            print(f"  {name:<9} {wall:7.2f} s  {wall / packets * 1e9:6.0f} ns/packet  {peak:6.0f} MB peak")
    if beside:
        ratios = [a[0] / b[0] for a, b in zip(runs["otaudit"], runs["suricata"], strict=True)]
        ratio, peak = statistics.median(ratios), max(p for _, p in runs["otaudit"])
        held = ratio <= BUDGET.get(packets, 1.0) and peak <= PEAK_MB
        print(
            f"  ratio {ratio:.2f} ({min(ratios):.2f} to {max(ratios):.2f}), budget {BUDGET.get(packets, 1.0)}; "
            f"peak {peak:.0f} MB, budget {PEAK_MB}: {'held' if held else 'NOT HELD'}"
        )
    else:
        print("  suricata is not installed: no comparison")


def main() -> None:
    """Compare at each size given."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("packets", nargs="*", type=int, default=sorted(BUDGET))
    WORK.mkdir(exist_ok=True)
    for packets in parser.parse_args().packets:
        compare(packets)


if __name__ == "__main__":
    main()
