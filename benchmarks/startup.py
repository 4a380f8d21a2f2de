"""What it costs to start: small scans beside importing the libraries that otaudit cannot do without.

``python -m benchmarks.startup [RUNS]``: the median processor time of each command, of all its processes, and how many
times that of the imports it is; printed, and written into ``docs/performance.md``. Runs take turns, so that whatever
else the machine does weighs on all of them alike. Byte code is kept, as an installed package has it, and said is
whether what is packaged was read when otaudit was built (``setup.py``).
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks import page
from benchmarks.generate import write_capture
from scanner import yaml_compiled
from scanner.engine.definitions import compiled

RUNS, PACKETS, MANY = 9, 1_000, 100
SWITCHES = Path("fixtures", "plants", "bottling", "switches")


def commands(folder: Path) -> dict[str, list[str]]:
    """What is measured, by what it is called; the first is what the others are compared with."""
    capture, many = folder / "small.pcap", folder / "many"
    write_capture(capture, PACKETS)
    write_configurations(many, MANY)
    otaudit = [sys.executable, "-c", "from scanner.cli import main; main()"]
    return {
        "`import click, yaml, jinja2`": [sys.executable, "-c", "import click, yaml, jinja2"],
        "`import polars`": [sys.executable, "-c", "import polars"],
        "`import numpy, polars`": [sys.executable, "-c", "import numpy, polars"],
        "`otaudit --help`": [*otaudit, "--help"],
        "two configurations to JSON": [*otaudit, "scan", str(SWITCHES), "-o", str(folder / "r.json")],
        "two configurations to HTML": [*otaudit, "scan", str(SWITCHES), "-o", str(folder / "r.html")],
        f"{MANY} configurations to JSON": [*otaudit, "scan", str(many), "-o", str(folder / "r.json")],
        f"{MANY} configurations to HTML": [*otaudit, "scan", str(many), "-o", str(folder / "r.html")],
        f"{PACKETS:,} packets to HTML": [*otaudit, "scan", str(capture), "-o", str(folder / "r.html")],
    }


def write_configurations(folder: Path, many: int) -> None:
    """Those of the demo plant again and again, each as another switch."""
    folder.mkdir()
    kept = sorted(path for path in SWITCHES.iterdir() if path.is_file())
    for number in range(many):
        text = kept[number % len(kept)].read_text("utf-8")
        for word in ("hostname ", "sysname "):
            text = text.replace(f"\n{word}", f"\n{word}N{number}-")
        (folder / f"switch-{number}.cfg").write_text(text, "utf-8")


def spent(command: list[str], environment: dict[str, str]) -> float:
    """Processor seconds of one run."""
    before = os.times()
    subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system


def built() -> str:
    """Whether what is packaged was read when otaudit was built."""
    packaged = [path for root in ("rules", "scanner") for path in Path(root).rglob("*.yaml")]
    known = sum(yaml_compiled.known(path.read_bytes()) is not None for path in packaged)
    rules = "as they were built" if compiled.known() is not None else "read anew at each start"
    return f"{known} of {len(packaged)} packaged YAML files were read when otaudit was built; rules are {rules}."


def main(runs: int = RUNS) -> None:
    """Measure, print and write."""
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
    rows = [(what, f"{median(each):.3f}", f"{median(each) / usual:.1f}") for what, each in times.items()]
    machine = f"{os.cpu_count()} processors ({platform.machine()}), Python {platform.python_version()}"
    text = f"Medians of {runs} runs on {machine}. {built()}\n\n" + page.table(("what", "s", "times"), rows)
    print(text)
    page.write("start-up", text)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
