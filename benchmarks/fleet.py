"""What a national fleet takes: ``python -m benchmarks.fleet [--plants N] [--gigabytes N] [--packets N]``.

Measured on one core of this machine, in a process that has read a capture before, as a worker of a cluster has: the
processor time of reading a gigabyte and of understanding it, for the traffic of a plant and for traffic that costs
more, what of it goes to the client, and what judging takes. ``docs/performance.md`` gets what follows for so many
plants.
"""

from __future__ import annotations

import argparse
import math
import multiprocessing
import os
import pickle
import platform
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from benchmarks import page
from benchmarks.kinds import made

WORK = Path(__file__).parent / "work"
PLANTS, GIGABYTES, PACKETS = 50_000, 1.0, 2_000_000
SHOWN = ("mixed", "unknown payload", "registers of Modbus that move", "topics of MQTT with serial numbers")
BUSY = 0.7  # part of a day in which cores work: files come when they come, and machines fail
NIGHT = 8  # hours


class Measured(NamedTuple):
    """Of one capture. read, judged: s of processor time; facts: bytes that go to the client; peak: bytes of memory."""

    size: int
    read: float
    facts: int
    judged: float
    peak: int


def measured(path: Path, small: Path) -> Measured:
    """In a process of its own, which reads the small capture first."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_measure, (path, small))


def _measure(path: Path, small: Path) -> Measured:
    from scanner.facts.frames import Facts
    from scanner.inputs import Input, InputKind
    from scanner.peak_memory import peak_memory
    from scanner.pool import Watcher, read_side_by_side
    from scanner.reading import Reading
    from scanner.scan import Scan, judge_scan

    def read(source: Path) -> Facts:
        outcomes = read_side_by_side([Input(InputKind.CAPTURE, source.name, source)], 1, Watcher())
        return next(one.facts for one in outcomes.values() if isinstance(one, Reading))

    def judge(facts: Facts) -> None:
        judge_scan(Scan([facts]), profile="default", started=datetime.now(UTC), clock=time.perf_counter())

    judge(read(small))
    began = time.process_time()
    facts = read(path)
    taken, sent = time.process_time() - began, len(pickle.dumps(facts))
    began = time.process_time()
    judge(facts)
    return Measured(path.stat().st_size, taken, sent, time.process_time() - began, peak_memory())


def text(plants: int, gigabytes: float, packets: int) -> str:
    """The part of the page."""
    small = made("mixed", 10_000, WORK)
    found = {kind: measured(made(kind, packets, WORK), small) for kind in SHOWN}
    heads = (
        "a day of every plant is like",
        "MB/s a core",
        "core hours a day",
        "cores",
        "cores for a night",
        "GB of facts of such captures",
    )
    judged = [one.judged for one in found.values()]
    where = f"one core of {os.cpu_count()} ({platform.machine()}), Python {platform.python_version()}"
    return (
        f"Measured on {where}, with captures of {packets:,} packets, and calculated for {plants:,} plants with "
        f"{gigabytes:g} GB a day: cores that are busy {BUSY:.0%} of the day, and those that do it in {NIGHT} hours.\n\n"
        + page.table(heads, list(_rows(found, plants, gigabytes)))
        + f"\nA process had at most {max(one.peak for one in found.values()) / 1e6:,.0f} MB. Judging what one such "
        f"capture says takes {min(judged):.1f} to {max(judged):.1f} s of processor time, so all plants "
        f"{plants * max(judged) / 3600:,.0f} core hours a day at most. "
        f"On average {plants * gigabytes * 8 / 86400:,.1f} Gbit/s come in.\n"
    )


def _rows(found: dict[str, Measured], plants: int, gigabytes: float) -> Iterator[tuple[str, ...]]:
    for kind, one in found.items():
        hours = plants * gigabytes * 1e9 * one.read / one.size / 3600
        cores, night = math.ceil(hours / 24 / BUSY), math.ceil(hours / NIGHT)
        facts = plants * one.facts / 1e9
        yield (
            kind,
            f"{one.size / one.read / 1e6:,.0f}",
            f"{hours:,.0f}",
            f"{cores:,.0f}",
            f"{night:,.0f}",
            f"{facts:,.0f}",
        )


def main() -> None:
    """Measure, and write the part of the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--plants", type=int, default=PLANTS)
    parser.add_argument("--gigabytes", type=float, default=GIGABYTES)
    parser.add_argument("--packets", type=int, default=PACKETS)
    given = parser.parse_args()
    WORK.mkdir(exist_ok=True)
    page.write("fleet", text(given.plants, given.gigabytes, given.packets))


if __name__ == "__main__":
    main()
