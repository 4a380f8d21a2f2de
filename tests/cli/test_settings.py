"""Where settings come from: command line before environment before file before default; and which file is obeyed."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from scanner.cli import main
from scanner.cli._environment import leaves

SWITCHES = Path("fixtures/plants/bottling/switches").resolve()
FAILING = ("fail-on", "low", 1), ("fail-on", "never", 0)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with evidence in ``ev`` and work in ``work``, the current folder."""
    (tmp_path / ".git").mkdir()
    (tmp_path / "work").mkdir()
    shutil.copytree(SWITCHES, tmp_path / "ev")
    monkeypatch.chdir(tmp_path / "work")
    return tmp_path


def run(*arguments: str | Path, **variables: str) -> Result:
    return CliRunner(env=variables).invoke(main, [str(a) for a in arguments])


@pytest.mark.parametrize(
    ("file", "variable", "given", "status"),
    [
        (None, None, None, 1),
        ("never", None, None, 0),
        ("never", "low", None, 1),
        ("low", "never", None, 0),
        ("never", "never", "low", 1),
        ("low", "low", "never", 0),
        ("low", None, "never", 0),
    ],
)
def test_the_nearer_setting_wins(
    file: str | None, variable: str | None, given: str | None, status: int, place: Path
) -> None:
    if file:
        (place / ".otaudit.yaml").write_text(f"scan: {{fail-on: {file}}}\n", encoding="utf-8")
    variables = {"OTAUDIT_SCAN_FAIL_ON": variable} if variable else {}
    done = run("scan", place / "ev", *(["--fail-on", given] if given else []), **variables)
    assert done.exit_code == status, done.output


def test_paths_are_relative_to_the_file_and_lists_repeat(place: Path) -> None:
    text = "language: zh\nscan:\n  output: [a.json, work/b.txt]\n  fail-on: never\n  exclude: bw-core.cfg\n"
    (place / ".otaudit.yaml").write_text(text, encoding="utf-8")
    done = run("scan", place / "ev")
    assert done.exit_code == 0, done.output
    assert len(json.loads((place / "a.json").read_text(encoding="utf-8"))["inputs"]) == 2, (
        "a switch and what is left out"
    )
    assert "证据不足" in (place / "work/b.txt").read_text(encoding="utf-8")
    assert "已写入" in done.stdout


def test_verbose_says_where_each_setting_came_from(place: Path) -> None:
    (place / ".otaudit.yaml").write_text("language: en\nscan:\n  fail-on: never\n", encoding="utf-8")
    done = run("scan", place / "ev", "-v", "-o", "r.json", OTAUDIT_SCAN_PROFILE="nis2")
    assert done.exit_code == 0, done.output
    said = done.stderr.splitlines()
    for line in (
        "settings from ../.otaudit.yaml",
        "--language en from ../.otaudit.yaml, line 1",
        "--fail-on never from ../.otaudit.yaml, line 3",
        "--profile nis2 from OTAUDIT_SCAN_PROFILE",
        "--output r.json from the command line",
    ):
        assert f"otaudit: {line}" in said
    assert not any("--jobs" in line for line in said), "a default is no setting"


MISTAKES = [
    ("scan: {fail_on: low}", "line 1, column 8: unknown key 'fail_on'; did you mean 'fail-on'?"),
    ("scna: {}", "line 1, column 1: unknown key 'scna'; did you mean 'scan'?"),
    ("langage: zh", "line 1, column 1: unknown key 'langage'; did you mean 'language'?"),
    ("config: x", "unknown key 'config'"),
    ("scan: {config: x}", "unknown key 'config'"),
    ("scan:\n  fail-on: nver", "line 2, column 12: fail-on: 'nver' is not one of"),
    ("scan: {jobs: many}", "jobs: 'many' is not a valid integer"),
    ("scan: {jobs: [1, 2]}", "jobs: is a list"),
    ("scan: {profile: {}}", "profile: is not one value"),
    ("quiet: perhaps", "'perhaps' is not true or false"),
    ("scan: 5", "scan: is not a mapping"),
    ("- scan", "is not a mapping"),
    ("rules: {lst: {}}", "unknown key 'lst'; did you mean 'list'?"),
    ("report: {fail-on: low}", "unknown key 'fail-on'"),
    ("scan: {output: /etc/otaudit.html}", "is outside the folder of this file"),
    ("scan: {save-facts: ../../elsewhere}", "is outside the folder of this file"),
    ("scan: {policy: [../outside.yaml]}", "is outside the folder of this file"),
    ('scan: {output: "a\\0.html"}', "is not a path"),
    ("scan: {output: link/r.html}", "is outside the folder of this file"),
    ("a: [", "YAML syntax"),
    ("a: &a [*a]", "unknown alias"),
    ("x: " + "y" * 70000, "larger than 65,536 bytes"),
]


@pytest.mark.parametrize(("text", "told"), MISTAKES, ids=[told for _, told in MISTAKES])
def test_a_mistake_is_told_with_its_place_and_nothing_is_judged(
    text: str, told: str, place: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    (place / "link").symlink_to(tmp_path_factory.mktemp("elsewhere"))
    (place / ".otaudit.yaml").write_text(text + "\n", encoding="utf-8")
    done = run("scan", place / "ev")
    assert done.exit_code == 2, done.output
    assert done.stdout == ""
    assert f"../.otaudit.yaml: {told}" in done.stderr or told in done.stderr
    assert "Traceback" not in done.output


def test_a_named_file_may_name_paths_anywhere(place: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "mine.yaml").write_text(f"scan: {{output: '{place}/r.json', fail-on: never}}\n", encoding="utf-8")
    done = run("scan", place / "ev", "--config", elsewhere / "mine.yaml")
    assert done.exit_code == 0, done.output
    assert (place / "r.json").exists()
    done = run("scan", place / "ev", OTAUDIT_CONFIG=str(elsewhere / "mine.yaml"))
    assert done.exit_code == 0, done.output
    assert run("scan", place / "ev", "--config", elsewhere / "none.yaml").exit_code == 2


@pytest.mark.parametrize("argument", [".", "..", "{}", "{}/ev"])
def test_a_file_in_a_scanned_folder_is_not_obeyed(argument: str, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(place / "ev")
    hostile = "scan: {fail-on: never, exclude: ['*'], output: stolen.html}\nquiet: true\n"
    (place / "ev/.otaudit.yaml").write_text(hostile, encoding="utf-8")
    done = run("scan", argument.format(place))
    assert done.exit_code == 1, done.output
    assert "so it is ignored; use --config if it is yours" in done.stderr
    assert not (place / "ev/stolen.html").exists()
    assert run("scan", argument.format(place), "--config", place / "ev/.otaudit.yaml").exit_code == 4, "all left out"


def test_a_file_that_is_obeyed_cannot_hide_itself(place: Path) -> None:
    (place / ".otaudit.yaml").write_text("quiet: true\nscan: {fail-on: never}\n", encoding="utf-8")
    done = run("scan", place / "ev")
    assert done.exit_code == 0, done.output
    assert done.stderr == "otaudit: settings from ../.otaudit.yaml\n"
    assert run("scan", place / "ev", "-q").stderr == ""


def test_outside_a_repository_only_the_current_folder_counts(place: Path) -> None:
    (place / ".otaudit.yaml").write_text("scan: {fail-on: never}\n", encoding="utf-8")
    (place / ".git").rmdir()
    assert run("scan", place / "ev").exit_code == 1
    (place / "work/.otaudit.yaml").write_text("scan: {fail-on: never}\n", encoding="utf-8")
    assert run("scan", place / "ev").exit_code == 0


def test_completion_and_help_read_no_file(place: Path) -> None:
    (place / "work/.otaudit.yaml").write_text("nonsense: [", encoding="utf-8")
    assert run("scan", "--help").exit_code == 0
    asked = {"_OTAUDIT_COMPLETE": "bash_complete", "COMP_WORDS": "otaudit scan --fail", "COMP_CWORD": "2"}
    done = CliRunner(env=asked).invoke(main, [], prog_name="otaudit")
    assert "--fail-on" in done.stdout
    assert done.stderr == ""


@pytest.mark.parametrize(
    ("name", "meant"),
    [("OTAUDIT_SCAN_FAILON", "OTAUDIT_SCAN_FAIL_ON"), ("OTAUDIT_LANGUAG", "OTAUDIT_LANGUAGE"), ("OTAUDIT_HOME", None)],
)
def test_a_mistyped_variable_is_told(name: str, meant: str | None, place: Path) -> None:
    done = run("scan", place / "ev", "--fail-on", "never", **{name: "x"})
    expected = f"otaudit: {name} is no variable of otaudit, so it is ignored; did you mean {meant}?\n" if meant else ""
    assert done.stderr == expected


def test_a_wrong_value_of_a_variable_is_a_usage_error(place: Path) -> None:
    done = run("scan", place / "ev", OTAUDIT_SCAN_FAIL_ON="nver")
    assert done.exit_code == 2
    assert "nver" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "variables", "text", "printed"),
    [
        (["-q"], {}, "verbose: true", ""),
        ([], {"OTAUDIT_QUIET": "1"}, "verbose: true", ""),
        (["-v"], {"OTAUDIT_QUIET": "1"}, "", "reading:"),
    ],
)
def test_of_quiet_and_verbose_the_nearer_wins(
    arguments: list[str], variables: dict[str, str], text: str, printed: str, place: Path
) -> None:
    (place / "work/.otaudit.yaml").write_text(text, encoding="utf-8")
    done = run("scan", place / "ev", *arguments, **variables)
    assert done.exit_code == 1, done.output
    assert (done.output == "") is (printed == "")
    assert printed in done.stderr


def test_quiet_and_verbose_together_are_a_usage_error(place: Path) -> None:
    done = run("scan", place / "ev", "-q", "-v")
    assert done.exit_code == 2
    assert "contrary" in done.stderr


def every_option() -> Iterator[tuple[str, click.Option]]:
    for ctx in leaves(click.Context(main, info_name="otaudit")):
        yield from ((ctx.command_path, p) for p in ctx.command.params if isinstance(p, click.Option))


def test_every_option_of_every_command_has_a_variable_and_a_help() -> None:
    for path, option in every_option():
        assert isinstance(option.envvar, str), f"{path} {option.opts}"
        assert option.envvar.startswith("OTAUDIT_")
        assert option.help, f"{path} {option.opts}"
