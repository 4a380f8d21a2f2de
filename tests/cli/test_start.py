"""What a command imports: help answers at once, and configurations are judged without captures' machinery."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = ("polars", "numpy", "scapy", "jsonschema", "cryptography", "rich", "jinja2", "yaml", "scanner.capture")
PROBE = """
import sys
from click.testing import CliRunner
from scanner.cli import main
done = CliRunner().invoke(main, {arguments!r})
print(done.exit_code, *sorted(m for m in {modules!r} if m in sys.modules))
"""


def loaded(arguments: list[str], modules: tuple[str, ...]) -> str:
    """Exit status and which of the modules a command had imported at its end, in a process of its own."""
    code = PROBE.format(arguments=arguments, modules=modules)
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()


@pytest.mark.parametrize("arguments", [["--help"], ["scan", "--help"], ["rules", "--help"], ["report", "--help"]])
def test_help_imports_nothing_heavy(arguments: list[str]) -> None:
    assert loaded(arguments, HEAVY) == "0"


def test_configurations_need_nothing_of_captures_nor_of_other_formats() -> None:
    arguments = ["scan", "fixtures/plants/bottling/switches", "--format", "sarif"]
    captures = (
        "scapy",
        "scanner.capture.read",
        "scanner.capture.kernel.tracker",
        "scanner.framing.plan",
        "scanner.capture.result",
    )
    dissectors = ("scanner.protocols.modbus.modbus", "scanner.protocols.s7.s7comm", "scanner.protocols.dns")
    others = ("pathspec", "jinja2", "jsonschema", "cryptography", "rich", "xlsxwriter", "zstandard", "hpack")
    assert loaded(arguments, (*captures, *dissectors, *others)) == "1"


def test_results_need_nothing_of_other_reports() -> None:
    arguments = ["scan", "fixtures/plants/bottling/switches", "--format", "json"]
    others = ("_html.page", "_sarif.run", "_sarif.rules", "_sarif.alerts")
    assert loaded(arguments, tuple(f"scanner.report.{name}" for name in others)) == "1"


def test_configurations_need_nothing_that_reads_workbooks() -> None:
    arguments = ["scan", "fixtures/plants/bottling/switches", "--format", "sarif"]
    assert loaded(arguments, ("python_calamine", "olefile", "scanner.assets.readers._sheets")) == "1"


def test_captures_here_need_nothing_of_a_cluster_nor_of_kept_recordings() -> None:
    elsewhere = ("distributed", "dask", "fsspec", "scanner.fleet.cluster", "scanner.store.store", "sqlite3")
    assert loaded(["scan", "fixtures/captures/modbus/umas.pcap", "--format", "json"], elsewhere) == "1"
