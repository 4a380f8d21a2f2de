"""The scans that are kept: the demo plant whole, its traffic alone, and as a worse tap would have recorded it."""

from __future__ import annotations

import gzip
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from scanner.inputs import find_inputs
from scanner.results.model import Results, Run
from scanner.scan import judge_scan, read_inputs
from tests import twins
from tests.capture.files import pcap
from tests.snapshots.lines import lines

HERE = Path(__file__).parent
PLANT = Path("fixtures/plants/bottling")
CAPTURE, POLICY, INVENTORY = "capture.pcap.gz", "policy.yaml", "inventory.csv"
STARTED = datetime(2026, 1, 1, tzinfo=UTC)
Prepare = Callable[[Path], None]


def recorded(form: twins.Form) -> Prepare:
    """The plant's traffic in another form, with its policy and inventory."""

    def prepare(folder: Path) -> None:
        plain = folder / "capture.pcap"
        plain.write_bytes(gzip.decompress((PLANT / CAPTURE).read_bytes()))
        plain.write_bytes(pcap(form(twins.records(plain))))
        only(POLICY, INVENTORY)(folder)

    return prepare


def only(*names: str) -> Prepare:
    """Some of the plant's files."""

    def prepare(folder: Path) -> None:
        for name in names:
            copy = shutil.copytree if (PLANT / name).is_dir() else shutil.copy
            copy(PLANT / name, folder / name)

    return prepare


SCENES: dict[str, Prepare] = {
    "whole": only(CAPTURE, POLICY, INVENTORY, "switches"),
    "traffic-only": only(CAPTURE),
    "lossy": recorded(twins.lossy(0.05)),
    "requests-only": recorded(twins.requests_only),
}


def scanned(prepare: Prepare, folder: Path) -> Results:
    """The results of a scan of a folder that is made for it."""
    folder.mkdir()
    prepare(folder)
    problems: list[object] = []
    found = list(find_inputs([str(folder)], problems))  # type: ignore[arg-type]
    if problems:
        raise AssertionError(problems)
    judged = judge_scan(read_inputs(found, jobs=1), profile="default", started=STARTED, clock=0.0)
    return replace(judged, run=Run("2026-01-01T00:00:00+00:00", 0.0, "0"))


def text(name: str, folder: Path) -> str:
    """What the scan of a scene says, whatever folder it is in."""
    place = folder / name
    return "\n".join((*lines(scanned(SCENES[name], place)), "")).replace(str(place), "PLANT")


def kept(name: str) -> Path:
    """The file with what it said when somebody last looked."""
    return HERE / f"{name}.txt"
