"""Versions, completion, the page of all commands and the manual page: nothing of the command line is missing."""

from __future__ import annotations

import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

import scanner
from scanner.cli import main
from scanner.cli._environment import leaves
from scanner.cli._reference import MANUAL, PAGE, manual, page
from scanner.engine.definitions.attack_techniques import VERSION
from scanner.engine.definitions.frameworks import load_frameworks
from tests.packaged import rules


def test_one_line_says_the_version() -> None:
    assert CliRunner().invoke(main, ["--version"]).stdout == f"otaudit {scanner.__version__}\n"


@pytest.mark.parametrize("arguments", [["--version", "--verbose"], ["-v", "--version"], ["-V"]])
def test_all_versions_on_demand(arguments: list[str]) -> None:
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 0, done.output
    assert f"rules: {len(rules())}, " in done.stdout
    assert f"ATT&CK for ICS: {VERSION}" in done.stdout
    assert all(f"framework {f.id}: " in done.stdout and f.edition in done.stdout for f in load_frameworks())
    assert f"polars {version('polars')}" in done.stdout
    assert f"Python {sys.version.split()[0]}" in done.stdout


@pytest.mark.parametrize("path", [PAGE, MANUAL])
def test_the_generated_pages_are_current(path: Path) -> None:
    assert path.read_text(encoding="utf-8") == {PAGE: page, MANUAL: manual}[path](), "run: make docs"


def test_every_option_is_in_both_pages() -> None:
    told, shown = page(), manual()
    for ctx in leaves(click.Context(main, info_name="otaudit")):
        assert f"## {ctx.command_path}\n" in told
        for option in (p for p in ctx.command.params if isinstance(p, click.Option)):
            for name in option.opts:
                assert f"{name}" in told
                assert name.replace("-", "\\-") in shown
            assert f"`{option.envvar}`" in told
            assert str(option.envvar) in shown


def test_the_manual_page_is_clean_roff() -> None:
    if not shutil.which("groff"):
        pytest.skip("the program groff is not installed")
    done = subprocess.run(["groff", "-man", "-Tutf8", "-ww", "-z", MANUAL], capture_output=True, text=True, check=True)
    assert done.stderr == ""


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_is_a_script_that_its_shell_can_read(shell: str) -> None:
    done = CliRunner().invoke(main, ["completion", shell])
    assert done.exit_code == 0, done.output
    assert "_OTAUDIT_COMPLETE=" in done.stdout
    if shutil.which(shell):
        subprocess.run([shell, "-n"], input=done.stdout, text=True, check=True)


def test_bash_completes_values_and_files() -> None:
    asked = {"_OTAUDIT_COMPLETE": "bash_complete", "COMP_WORDS": "otaudit scan --fail-on h", "COMP_CWORD": "3"}
    assert CliRunner(env=asked).invoke(main, [], prog_name="otaudit").stdout == "plain,high\n"
    asked |= {"COMP_WORDS": "otaudit scan ca", "COMP_CWORD": "2"}
    assert CliRunner(env=asked).invoke(main, [], prog_name="otaudit").stdout.startswith("file,")
