"""What is left out of a scanned folder on request: the syntax of gitignore, and never in silence."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from scanner.cli import main
from scanner.errors import Problem
from scanner.exclusions import MAX_BYTES, Exclusions, compile_patterns
from scanner.inputs import find_inputs

SWITCH = Path("fixtures/plants/bottling/switches/bw-core.cfg").read_bytes()
TREE = ("a.cfg", "b.cfg", "old/a.cfg", "old/deep/c.cfg", "new/a.cfg", "new/keep.cfg", "new/deep/a.cfg")


@pytest.fixture
def plant(tmp_path: Path) -> Path:
    for name in TREE:
        (tmp_path / "plant" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "plant" / name).write_bytes(SWITCH)
    return tmp_path / "plant"


def scan(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["scan", *map(str, arguments), "--fail-on", "never"])


CASES: list[tuple[list[str], dict[str, str], set[str]]] = [
    ([], {}, set(TREE)),
    (["old/"], {}, {n for n in TREE if not n.startswith("old/")}),
    (["a.cfg"], {}, {"b.cfg", "old/deep/c.cfg", "new/keep.cfg"}),
    (["/a.cfg"], {}, set(TREE) - {"a.cfg"}),
    (["deep"], {}, {n for n in TREE if "/deep/" not in n}),
    (["new/*", "!new/keep.cfg"], {}, {n for n in TREE if not n.startswith("new/")} | {"new/keep.cfg"}),
    (["new/", "!new/keep.cfg"], {}, {n for n in TREE if not n.startswith("new/")}),
    ([], {"": "# all of it\nold/\n\n"}, {n for n in TREE if not n.startswith("old/")}),
    ([], {"": "*.cfg\n", "new": "!keep.cfg\n"}, {"new/keep.cfg"}),
    ([], {"new": "/a.cfg\n"}, set(TREE) - {"new/a.cfg"}),
    (["!b.cfg"], {"": "*.cfg"}, {"b.cfg"}),
    (["**/deep/*.cfg"], {}, {n for n in TREE if "/deep/" not in n}),
]


@pytest.mark.parametrize(("options", "files", "left"), CASES)
def test_what_is_read_and_what_is_left_out(
    options: list[str], files: dict[str, str], left: set[str], plant: Path
) -> None:
    for folder, text in files.items():
        (plant / folder / ".otauditignore").write_text(text, encoding="utf-8")
    exclusions = Exclusions(options)
    problems: list[Problem] = []
    found = find_inputs([str(plant)], problems, exclusions)
    assert {Path(entry.source).relative_to(plant).as_posix() for entry in found} == left
    assert problems == []
    assert (exclusions.count() == 0) is (left == set(TREE))


@pytest.mark.parametrize(("options", "files", "left"), [case for case in CASES if not case[0]])
def test_git_leaves_out_the_same(options: list[str], files: dict[str, str], left: set[str], plant: Path) -> None:
    assert not options
    subprocess.run(["git", "init", "-q", plant], check=True)
    for folder, text in files.items():
        (plant / folder / ".gitignore").write_text(text, encoding="utf-8")
    listed = subprocess.run(
        ["git", "-C", plant, "ls-files", "-o", "--exclude-standard"], capture_output=True, text=True, check=True
    )
    assert {name for name in listed.stdout.split() if name.endswith(".cfg")} == left


def test_the_results_say_what_was_left_out_and_by_what(plant: Path, tmp_path: Path) -> None:
    (plant / ".otauditignore").write_text("# archive\nold/\n", encoding="utf-8")
    done = scan(
        plant, "--exclude", "b.*", "-o", tmp_path / "r.json", "-o", tmp_path / "r.html", "-o", tmp_path / "r.sarif"
    )
    assert done.exit_code == 0, done.output
    assert done.stderr.splitlines() == [
        "otaudit: 1 file or folder is left out by --exclude",
        f"otaudit: 1 file or folder is left out by {plant}/.otauditignore",
    ]
    inputs = {i["source"]: i for i in json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))["inputs"]}
    option, file = inputs["--exclude"], inputs[f"{plant}/.otauditignore"]
    assert option["kind"] == file["kind"] == "exclusion"
    assert option["details"]["b.*"]["en"] == f"1: {plant}/b.cfg"
    assert file["details"]["line 2: old/"]["en"] == f"1: {plant}/old/"
    assert file["complete"], "what was left out on request is not missing"
    assert f"{plant}/old/" in (tmp_path / "r.html").read_text(encoding="utf-8")
    assert f"{plant}/old/" in (tmp_path / "r.sarif").read_text(encoding="utf-8")
    assert scan(plant, "-v").stderr.count("left out by") == 1
    assert scan(plant, "-q").output == ""


def test_saved_facts_remember_what_was_left_out(plant: Path, tmp_path: Path) -> None:
    scan(plant, "--exclude", "old/", "--save-facts", tmp_path / "facts")
    done = scan("--facts", tmp_path / "facts", "--format", "json")
    assert "exclusion" in {i["kind"] for i in json.loads(done.stdout)["inputs"]}


def test_what_is_named_is_never_left_out(plant: Path) -> None:
    done = scan(plant / "a.cfg", "--exclude", "*", "--format", "json")
    assert done.exit_code == 0, done.output
    assert len(json.loads(done.stdout)["inputs"]) == 1


def test_a_folder_of_which_all_is_left_out_says_so(plant: Path) -> None:
    done = scan(plant, "--exclude", "*")
    assert done.exit_code == 4
    assert "check the patterns that leave out 4 of its files and folders" in done.stderr


@pytest.mark.parametrize(
    ("pattern", "what"),
    [
        ("*a*a*a*a*a*b", "more than 3 '*' in one part"),
        ("**/a/**/b/**/c", "more than 2 '**'"),
        ("x" * 600, "longer than 512 characters"),
        ("!", "not a gitignore pattern"),
    ],
)
def test_a_pattern_that_asks_too_much_leaves_nothing_out(pattern: str, what: str, plant: Path) -> None:
    done = scan(plant, "--exclude", pattern)
    assert done.exit_code == 2
    assert what in done.stderr
    (plant / ".otauditignore").write_text(f"b.cfg\n{pattern}\n", encoding="utf-8")
    done = scan(plant, "--format", "json")
    assert done.exit_code == 3, "the user did not get what he asked for"
    assert f".otauditignore: line 2: '{pattern[:50]}" in done.stderr
    assert what in done.stderr
    assert len(json.loads(done.stdout)["inputs"]) == len(TREE) - 1 + 1


@pytest.mark.parametrize("content", [b"x" * (MAX_BYTES + 1), b"\n".join([b"x"] * 1001)])
def test_an_ignore_file_that_is_too_large_is_told(content: bytes, plant: Path) -> None:
    (plant / ".otauditignore").write_bytes(content)
    done = scan(plant)
    assert done.exit_code == 3
    (line,) = done.stderr.splitlines()
    assert ".otauditignore" in line


def test_an_ignore_file_that_is_a_pipe_is_not_waited_for(plant: Path) -> None:
    os.mkfifo(plant / ".otauditignore")
    assert scan(plant).exit_code == 0


@given(st.lists(st.text(max_size=40), max_size=5), st.text(alphabet="ab*?[]!/.\\# -", max_size=40))
def test_no_line_is_a_crash(lines: list[str], odd: str) -> None:
    problems: list[Problem] = []
    spec = compile_patterns([*lines, odd], "x", problems)
    spec.check_file("a/b.cfg")
    assert len(spec.patterns) == len(lines) + 1, "the number of a pattern is its line"
