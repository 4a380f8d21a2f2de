"""Follows a guide: writes the files that it shows and runs its commands, exactly as printed.

What a guide holds, as fenced blocks:

- ``console``: commands after ``$ `` (a line that ends with ``\\`` goes on in the next one) and, below each, lines of
  what it prints, in their order; ``...`` stands for lines left out, or for the rest of a line. A command ends with 0
  unless the next one is ``echo $?``.
- ``yaml`` whose first line is ``# name.yaml``: a file of that name, in the folder where the commands run.
- anything else is not run.
"""

from __future__ import annotations

import csv
import io
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import openpyxl

ROOT = Path(__file__).resolve().parents[1]
PLANT = ROOT / "fixtures/plants/bottling"
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Step:
    """One command with the lines that it is said to print, or a file to write (``command`` is its name)."""

    kind: str  # command or file
    command: str
    said: tuple[str, ...]
    line: int  # in the guide


@dataclass(frozen=True)
class Outcome:
    """What a command did."""

    step: Step
    status: int
    printed: str


def steps(guide: str) -> list[Step]:
    """The steps of a guide, in order."""
    found: list[Step] = []
    for block in _BLOCK.finditer(guide):
        language, text = block.groups()
        line = guide.count("\n", 0, block.start()) + 2
        if language == "console":
            found += _commands(text, line)
        elif language == "yaml" and (name := re.match(r"# ([\w.-]+\.yaml)\n", text)):
            found.append(Step("file", name[1], tuple(text.splitlines()), line))
    return found


def _commands(text: str, line: int) -> Iterator[Step]:
    before, *parts = re.split(r"^\$ ", text, flags=re.MULTILINE)
    if before:
        raise ValueError(f"line {line}: a console block begins with a command")
    for part in parts:
        command = re.match(r"(?:.*\\\n)*.*", part)[0]
        yield Step("command", command, tuple(part[len(command) + 1 :].splitlines()), line)
        line += part.count("\n")


def prepare(folder: Path) -> None:
    """What the reader has already: the source tree, and the plant's inventory as the workbook it would be."""
    (folder / "otaudit").symlink_to(ROOT)
    (folder / "audit").mkdir()
    book = openpyxl.Workbook()
    with (PLANT / "inventory.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.reader(file):
            book.active.append(row)
    made = io.BytesIO()
    book.save(made)
    with zipfile.ZipFile(made) as parts, zipfile.ZipFile(folder / "audit/inventory.xlsx", "w") as file:
        for name in parts.namelist():  # without the time of the day, so that its digest is always the same
            content = re.sub(rb"20\d\d-\d\d-\d\dT[\d:]+Z", b"2024-01-01T08:00:00Z", parts.read(name))
            file.writestr(zipfile.ZipInfo(name), content)


def follow(guide: str, folder: Path) -> list[Outcome]:
    """Take all steps in one shell that begins in ``folder``."""
    taken = steps(guide)
    log = folder / ".log"
    log.mkdir()
    script = ["previous=0"]
    for number, step in enumerate(taken):
        if step.kind == "file":
            (log / f"{number}.file").write_text("\n".join(step.said) + "\n", encoding="utf-8")
            script.append(f'cp "$LOG/{number}.file" {step.command}')
        else:
            script += ["(exit $previous)", "{ " + step.command, f'}} > "$LOG/{number}.out" 2>&1']
            script.append(f'previous=$?; echo $previous > "$LOG/{number}.status"')
    paths = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    environment = {**os.environ, "PATH": paths, "LOG": str(log), "LC_ALL": "C.UTF-8"}
    file = log / "script"
    file.write_text("\n".join(script), encoding="utf-8")
    subprocess.run(["bash", str(file)], cwd=folder, env=environment, check=True, stdin=subprocess.DEVNULL)
    return [_outcome(step, log / str(n)) for n, step in enumerate(taken) if step.kind == "command"]


def _outcome(step: Step, log: Path) -> Outcome:
    status = int(log.with_suffix(".status").read_text())
    return Outcome(step, status, log.with_suffix(".out").read_text(encoding="utf-8"))
