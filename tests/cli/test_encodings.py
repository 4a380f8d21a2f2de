"""A terminal or pipe whose code page lacks letters (cp1252 on Windows) gets what it can show; data stays UTF-8."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest


def run(encoding: str, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "scanner", *arguments],
        env={**os.environ, "PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"},
        capture_output=True,
        check=False,
    )


@pytest.mark.parametrize("encoding", ["cp1252", "gbk"])
def test_the_summary_and_messages_survive_a_poor_code_page(encoding: str, tmp_path: Path) -> None:
    (tmp_path / "清单.csv").write_text("设备名称,IP地址\n灌装机,10.0.0.1\n冷却塔,10.0.0.900\n", encoding="gbk")
    switches = "fixtures/plants/bottling/switches"
    done = run(encoding, "scan", str(tmp_path), switches)
    assert done.returncode == 1, done.stderr
    assert b"Traceback" not in done.stderr
    (line,) = done.stderr.decode(encoding).splitlines()
    assert "10.0.0.900" in line
    assert "acl-permits-everything" in done.stdout.decode(encoding)


def test_data_is_utf_8_whatever_the_code_page() -> None:
    shown = run("cp1252", "rules", "show", "telnet-in-use")
    assert shown.returncode == 0, shown.stderr
    assert shown.stdout.startswith(Path("rules/cleartext/telnet-in-use.yaml").read_bytes())
    assert shown.stdout.decode("utf-8")
    report = run("cp1252", "scan", "fixtures/plants/bottling/switches", "--format", "json", "--fail-on", "never")
    assert report.returncode == 0, report.stderr
    assert "访问控制列表" in report.stdout.decode("utf-8")
