"""What it costs to start: small scans beside importing the libraries that otaudit cannot do without.

``python -m benchmarks.startup [RUNS]``: the median processor time of each command, of all its processes, and how many
times that of the imports it is. Runs take turns, so that whatever else the machine does weighs on all of them alike.
Byte code is kept, as an installed package has it, and said is whether the packaged YAML files are known (``setup.py``).
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks.generate import write_capture
from scanner import yaml_compiled

RUNS, PACKETS = 9, 1_000
SWITCHES = Path("fixtures", "plants", "bottling", "switches")


def commands(folder: Path) -> dict[str, list[str]]:
    """What is measured, by what it is called; the first is what the others are compared with."""
    capture = folder / "small.pcap"
    write_capture(capture, PACKETS)
    otaudit = [sys.executable, "-c", "from scanner.cli import main; main()"]
    return {
        "import click, yaml, jinja2": [sys.executable, "-c", "import click, yaml, jinja2"],
        "import numpy, polars": [sys.executable, "-c", "import numpy, polars"],
        "otaudit --help": [*otaudit, "--help"],
        "two configurations to JSON": [*otaudit, "scan", str(SWITCHES), "-o", str(folder / "r.json")],
        f"{PACKETS:,} packets to HTML": [*otaudit, "scan", str(capture), "-o", str(folder / "r.html")],
    }


def spent(command: list[str], environment: dict[str, str]) -> float:
    """Processor seconds of one run."""
    before = os.times()
    subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system


def main(runs: int = RUNS) -> None:
    """Measure and print."""
    packaged = [path for root in ("rules", "scanner") for path in Path(root).rglob("*.yaml")]
    known = sum(yaml_compiled.known(path.read_bytes()) is not None for path in packaged)
    print(f"{known} of {len(packaged)} packaged YAML files are known")
    with TemporaryDirectory() as name:
        environment = {**os.environ, "PYTHONPYCACHEPREFIX": str(Path(name, "code"))}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        made = commands(Path(name))
        for command in made.values():
            spent(command, environment)  # fills caches
        times: dict[str, list[float]] = {what: [] for what in made}
        for _ in range(runs):
            for what, command in made.items():
                times[what].append(spent(command, environment))
    usual = median(next(iter(times.values())))
    for what, each in times.items():
        print(f"{what:28} {median(each):6.3f} s  {median(each) / usual:5.1f} x")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
