"""``--timings``: each stage with what it cost, and nothing of it without the option."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from scanner.cli import main

CAPTURE = Path("fixtures/captures/modbus/umas.pcap")
COST = re.compile(r"otaudit: ([^:]+): (?:(\d+\.\d\d) s, )?(\d+\.\d\d) s of processor time(?:, peak (\d+) MB)?")


@pytest.mark.parametrize("more", [[], ["-v"], ["-q"]], ids=str)
def test_every_stage_says_what_it_cost(more: list[str], tmp_path: Path) -> None:
    report = tmp_path / "r.json"
    arguments = ["scan", str(CAPTURE), "--timings", "-o", str(report), "--fail-on", "never", *more]
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 0, done.output
    costs = [found for line in done.stderr.splitlines() if (found := COST.fullmatch(line))]
    stages = ["starting", "reading", "joining devices and zones", "judging", "writing r.json"]
    assert [cost[1] for cost in costs] == stages
    assert [cost[2] is None for cost in costs] == [True, *[False] * 4]  # when the program began is not known
    assert "processor time" not in report.read_text(encoding="utf-8")


def test_nothing_of_it_without_the_option() -> None:
    done = CliRunner().invoke(main, ["scan", str(CAPTURE), "--fail-on", "never", "-v"])
    assert "processor time" not in done.stderr
