"""Formats are found by their files; each gives the same bytes for the same results, and only the run's facts differ."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
from pathlib import Path

import pytest

import scanner.report
from scanner.report import encode, renderer_for, renderers, write
from scanner.results.model import Run
from tests.report import sample

NAMES = ["html", "json", "junit", "sarif", "sarif-github", "text"]
LATER = Run("2031-01-02T03:04:05Z", 99.25, sample.plant().run.version)


def test_every_file_is_a_format() -> None:
    assert list(renderers()) == NAMES
    folder = Path(scanner.report.__file__).parent
    assert len([p for p in folder.glob("*.py") if not p.name.startswith("_")]) == len(NAMES)
    assert len({r.EXTENSION for r in renderers().values()}) == len(NAMES)
    assert all(r.TITLE and r.EXTENSION.startswith(".") for r in renderers().values())


@pytest.mark.parametrize(
    ("path", "name", "expected"),
    [
        ("out/report.html", "", "html"),
        ("REPORT.HTML", "", "html"),
        ("r.json", "", "json"),
        ("r.sarif", "", "sarif"),
        ("r.github.sarif", "", "sarif-github"),
        ("r.xml", "", "junit"),
        ("r.txt", "", "text"),
        ("r.json", "html", "html"),
        ("r", "junit", "junit"),
    ],
)
def test_the_extension_chooses_unless_a_name_does(path: str, name: str, expected: str) -> None:
    renderer = renderer_for(path, name)
    assert expected == renderer.NAME


@pytest.mark.parametrize(
    ("path", "name", "told"),
    [("r.pdf", "", r"\.html, \.json"), ("r", "", "add --format"), ("r.html", "pdf", "choose one of html, json")],
)
def test_an_unknown_format_is_told_with_the_known_ones(path: str, name: str, told: str) -> None:
    with pytest.raises(LookupError, match=told):
        renderer_for(path, name)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("results", [sample.plant(), sample.hostile(), sample.empty(), sample.without_policy()])
def test_same_results_same_bytes(name: str, results: sample.Results) -> None:
    renderer = renderers()[name]
    first = encode(renderer.render(results))
    assert encode(renderer.render(results)) == first
    assert first.endswith(b"\n")
    assert b"\r" not in first


@pytest.mark.parametrize("name", NAMES)
def test_bytes_do_not_depend_on_the_hash_seed(name: str, tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from tests.report import sample\n"
        "from scanner.report import renderers, write\n"
        "write(sample.without_policy(), Path(sys.argv[1]), renderers()[sys.argv[2]])"
    )
    outputs = []
    for seed in ("1", "2"):
        path = tmp_path / f"{seed}"
        command = [sys.executable, "-c", code, str(path), name]
        subprocess.run(command, check=True, env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(Path.cwd())})
        outputs.append(path.read_bytes())
    assert outputs[0] == outputs[1]


def _but_digest(lines: list[bytes]) -> list[bytes]:
    """Without the line that HTML has for the digest of the results file, in which the time of the run stands."""
    return [line for line in lines if b'id="digest"' not in line]


@pytest.mark.parametrize("name", NAMES)
def test_another_run_differs_in_one_place(name: str) -> None:
    renderer = renderers()[name]
    before = _but_digest(encode(renderer.render(sample.plant())).splitlines())
    after = _but_digest(encode(renderer.render(dataclasses.replace(sample.plant(), run=LATER))).splitlines())
    assert len(before) == len(after)
    changed = [n for n, (a, b) in enumerate(zip(before, after, strict=True)) if a != b]
    assert changed
    assert changed[-1] - changed[0] <= 1, "one line, or two that follow each other"


def test_writing_leaves_the_file_or_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "r.json"
    write(sample.plant(), path, renderer_for("r.json"))
    assert path.read_bytes() == encode(renderers()["json"].render(sample.plant()))
    assert [p.name for p in tmp_path.iterdir()] == ["r.json"]
    with pytest.raises(OSError, match="No such file"):
        write(sample.plant(), tmp_path / "no" / "r.json", renderer_for("r.json"))


def test_finding_the_formats_imports_nothing_heavy() -> None:
    code = (
        "import sys, scanner.report; scanner.report.renderers(); "
        "print([m for m in ('jinja2', 'markupsafe', 'rich', 'jsonschema', 'polars', 'numpy') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"
