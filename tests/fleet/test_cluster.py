"""Captures read by a real scheduler and worker processes give the results of a scan that runs here."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from scanner.cli import main
from scanner.fleet import cluster as fleet
from scanner.fleet import task
from scanner.inputs import Input, InputKind
from scanner.pool import Watcher, read_side_by_side
from tests.capture.parts import frames, ring, stretched
from tests.protocols.recordings import CAPTURES
from tests.test_side_by_side import several

distributed = pytest.importorskip("distributed")
pytest.importorskip("fsspec")
LONG = 60  # seconds that a machine with much to do may take


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """A scheduler and two workers, each a process of its own."""
    made = distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, host="127.0.0.1", worker_port=0
    )
    try:
        yield made
    finally:
        made.close(timeout=LONG)


def scan(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["scan", *map(str, arguments), "-q", "--fail-on", "never"])


def plant(folder: Path) -> Path:
    """Folders with rings, halves under other names, one that is no capture, and captures by themselves."""
    several(folder / "one")
    for number, name in enumerate(("modbus/umas", "http/credentials", "dnp3/authenticated", "s7/s7comm_varservice")):
        source = CAPTURES / f"{name}.pcap"
        if source.exists():
            (folder / f"site{number}").mkdir()
            shutil.copy(source, folder / f"site{number}" / "capture.pcap")
    ring(folder / "ring", stretched(frames(CAPTURES / "http" / "credentials.pcap"), 900), 4)
    return folder


def alike(one: Path, other: Path) -> bool:
    first, second = (json.loads(path.read_text("utf-8")) for path in (one, other))
    return {name for name in first if first[name] != second[name]} <= {"run", "digest"}


def test_results_are_those_of_a_scan_here(tmp_path: Path, cluster: Any) -> None:
    inputs = plant(tmp_path / "plant")
    here = scan(inputs, "-o", tmp_path / "here.json")
    there = scan(*(inputs, "-o", tmp_path / "there.json", "--engine", "dask", "--scheduler", cluster.scheduler_address))
    assert (here.exit_code, there.exit_code) == (3, 3), there.output
    assert sorted(here.stderr.splitlines()) == sorted(there.stderr.splitlines())
    assert alike(tmp_path / "here.json", tmp_path / "there.json")


def test_a_worker_that_is_killed_loses_nothing(tmp_path: Path, cluster: Any) -> None:
    inputs = [Input(InputKind.CAPTURE, path.as_posix(), path) for path in sorted(plant(tmp_path).rglob("*.pcap*"))]
    expected = read_side_by_side(inputs, 1, Watcher())
    killed: list[int] = []

    class Killing(Watcher):
        """Ends a worker when something is read: what it has read so far is gone, and what it reads."""

        def finish(self, entry: Input) -> None:  # noqa: ARG002 - the watcher's signature
            if not killed:
                killed.append(next(iter(cluster.workers.values())).pid)
                os.kill(killed[0], signal.SIGKILL)

    found = fleet.read_on_cluster(cluster.scheduler_address, inputs, Killing())
    assert killed
    assert found.keys() == expected.keys()
    assert [str(one) for one in found.values() if not hasattr(one, "facts")] == [
        str(one) for one in expected.values() if not hasattr(one, "facts")
    ]
    merged = [
        task.join([one.facts for one in all_of.values() if hasattr(one, "facts")]) for all_of in (found, expected)
    ]
    assert merged[0].inputs == merged[1].inputs
    assert {n: t.to_dicts() for n, t in merged[0].tables.items()} == {
        n: t.to_dicts() for n, t in merged[1].tables.items()
    }


def test_captures_by_url_are_those_of_the_folder(tmp_path: Path, cluster: Any) -> None:
    inputs = plant(tmp_path / "plant")
    (inputs / "notes.cfg").write_text("hostname sw\n", "utf-8")
    url = f"file://{inputs}"
    here = scan(url, "-o", tmp_path / "here.json")
    there = scan(url, "-o", tmp_path / "there.json", "--engine", "dask", "--scheduler", cluster.scheduler_address)
    assert (here.exit_code, there.exit_code) == (3, 3), there.output
    assert f"{url}/notes.cfg: no capture, so not examined" in there.stderr
    assert alike(tmp_path / "here.json", tmp_path / "there.json")
    read = json.loads((tmp_path / "here.json").read_text("utf-8"))["inputs"]
    assert f"{url}/ring/ring_00001_20260101000000.pcap" in {given["source"] for given in read}


def test_workers_of_another_otaudit_are_refused(tmp_path: Path, cluster: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copy(CAPTURES / "modbus/umas.pcap", tmp_path / "a.pcap")
    monkeypatch.setattr(fleet, "identity", lambda: "0.0 00")
    done = scan(tmp_path / "a.pcap", "--engine", "dask", "--scheduler", cluster.scheduler_address)
    assert done.exit_code == 2
    assert "a worker has another otaudit" in done.stderr


def free_port() -> int:
    with socket.socket() as given:
        given.bind(("127.0.0.1", 0))
        return int(given.getsockname()[1])


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:{port}", "nonsense", "nonsense://x:1"])
def test_a_scheduler_that_is_not_there_is_one_line(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fleet, "CONNECTING", 1)
    at = address.format(port=free_port())
    done = scan(CAPTURES / "modbus/umas.pcap", "--engine", "dask", "--scheduler", at)
    assert done.exit_code == 2
    assert (
        done.stderr == f"otaudit: {at}: no scheduler answers there; see that it runs, or scan without --engine dask\n"
    )


@pytest.mark.parametrize("arguments", [["--engine", "dask"], ["--scheduler", "tcp://127.0.0.1:1"]])
def test_engine_and_scheduler_go_together(arguments: list[str]) -> None:
    done = scan(CAPTURES / "modbus/umas.pcap", *arguments)
    assert done.exit_code == 2
    assert "go together" in done.stderr


def test_a_url_of_nothing_is_told(tmp_path: Path) -> None:
    done = scan(f"file://{tmp_path}/none.pcap", "nobody://knows/it.pcap", CAPTURES / "modbus/umas.pcap")
    assert done.exit_code == 3
    assert f"file://{tmp_path}/none.pcap: no such file or folder" in done.stderr
    assert "nobody://knows/it.pcap: cannot be opened" in done.stderr
