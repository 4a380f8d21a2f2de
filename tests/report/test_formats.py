"""Formats are found by their files; each gives the same bytes for the same results, and only the run's facts differ."""

from __future__ import annotations

import dataclasses
import io
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import scanner.report
from scanner.report import Folder, encode, format_for, formats, write
from scanner.results.model import Run
from tests.report import sample

NAMES = list(formats())
TEXT = [name for name in NAMES if name not in {"csv", "xlsx"}]
TIMELESS = {"code-quality"}  # nothing of the run is in them
LATER = Run("2031-01-02T03:04:05Z", 99.25, sample.plant().run.version)


def contents(name: str, results: sample.Results) -> dict[str, bytes]:
    """What the format writes, by file."""
    output = formats()[name].render(results)
    if isinstance(output, Folder):
        return {file: encode(content()) for file, content in output.files.items()}
    return {"": encode(output)}


def test_every_file_is_a_format() -> None:
    assert list(formats()) == sorted(NAMES)
    folder = Path(scanner.report.__file__).parent
    assert len([p for p in folder.glob("*.py") if not p.name.startswith("_")]) == len(NAMES)
    assert len({r.extension for r in formats().values()}) == len(NAMES)
    assert all(r.title and r.extension.startswith((".", "/")) for r in formats().values())


@pytest.mark.parametrize(
    ("path", "name", "expected"),
    [
        ("out/report.html", "", "html"),
        ("REPORT.HTML", "", "html"),
        ("r.json", "", "json"),
        ("r.sarif", "", "sarif"),
        ("r.github.sarif", "", "sarif-github"),
        ("r.xml", "", "junit"),
        ("gl.codequality.json", "", "code-quality"),
        ("r.txt", "", "text"),
        ("audit.XLSX", "", "xlsx"),
        ("out/tables/", "", "csv"),
        ("tests", "", "csv"),  # a folder that is there
        ("tables", "csv", "csv"),
        ("r.json", "html", "html"),
        ("r", "junit", "junit"),
    ],
)
def test_the_extension_chooses_unless_a_name_does(path: str, name: str, expected: str) -> None:
    renderer = format_for(path, name)
    assert expected == renderer.name


@pytest.mark.parametrize(
    ("path", "name", "told"),
    [
        ("r.pdf", "", r"\.html, \.json"),
        ("r", "", "add --format"),
        ("r.html", "pdf", "choose one of code-quality, csv, html, json"),
        ("out/audit.csv", "", "csv is a folder of files, one for each table; name the folder: out/audit/"),
        ("-", "csv", "name a folder, for example -o tables/"),
        ("setup.cfg", "csv", "name a folder"),
        ("tables/", "html", "is a folder, but html is one file"),
    ],
)
def test_an_unknown_format_is_told_with_the_known_ones(path: str, name: str, told: str) -> None:
    with pytest.raises(LookupError, match=told):
        format_for(path, name)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("results", [sample.plant(), sample.hostile(), sample.empty(), sample.without_policy()])
def test_same_results_same_bytes(name: str, results: sample.Results) -> None:
    first = contents(name, results)
    assert contents(name, results) == first
    if name != "xlsx":
        assert all(content.endswith(b"\n") and b"\r" not in content for content in first.values())


@pytest.mark.parametrize("name", NAMES)
def test_bytes_do_not_depend_on_the_hash_seed(name: str, tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from tests.report import sample\n"
        "from scanner.report import formats, write\n"
        "write(sample.without_policy(), Path(sys.argv[1]), formats()[sys.argv[2]])"
    )
    outputs = []
    for seed in ("1", "2"):
        path = tmp_path / f"{seed}"
        command = [sys.executable, "-c", code, str(path), name]
        subprocess.run(command, check=True, env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(Path.cwd())})
        outputs.append([file.read_bytes() for file in sorted(path.iterdir())] if path.is_dir() else path.read_bytes())
    assert outputs[0] == outputs[1]


def _but_digest(lines: list[bytes]) -> list[bytes]:
    """Without the line of the digest of the results, in which the time of the run stands, in HTML and JSON."""
    return [line for line in lines if b'id="digest"' not in line and not line.startswith(b' "digest":')]


@pytest.mark.parametrize("name", TEXT)
def test_another_run_differs_in_one_place(name: str) -> None:
    renderer = formats()[name]
    before = _but_digest(encode(renderer.render(sample.plant())).splitlines())
    after = _but_digest(encode(renderer.render(dataclasses.replace(sample.plant(), run=LATER))).splitlines())
    assert len(before) == len(after)
    changed = [n for n, (a, b) in enumerate(zip(before, after, strict=True)) if a != b]
    assert changed or name in TIMELESS
    if not changed or name == "vex":  # CSAF has dates in the title, of each revision and of what wrote it
        return
    assert changed[-1] - changed[0] <= 1, "one line, or two that follow each other"


def test_another_run_differs_in_one_table() -> None:
    later = dataclasses.replace(sample.plant(), run=LATER)
    before, after = contents("csv", sample.plant()), contents("csv", later)
    assert {name for name in before if before[name] != after[name]} == {"scan.csv"}
    members = []
    for results in (sample.plant(), later):
        with zipfile.ZipFile(io.BytesIO(contents("xlsx", results)[""])) as book:
            members.append({name: book.read(name) for name in book.namelist()})
    before, after = members
    assert {name for name in before if before[name] != after[name]} == {"xl/worksheets/sheet1.xml", "docProps/core.xml"}


def test_a_folder_is_written_file_by_file(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "tables"
    write(sample.plant(), folder, format_for("tables/"))
    assert {p.name: p.read_bytes() for p in folder.iterdir()} == contents("csv", sample.plant())
    (folder / "notes.txt").write_text("mine")
    write(sample.clean_plant(), folder, format_for("tables/"))
    assert (folder / "notes.txt").read_text() == "mine"
    assert (folder / "findings.csv").read_bytes() == contents("csv", sample.clean_plant())["findings.csv"]


def test_writing_leaves_the_file_or_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "r.json"
    write(sample.plant(), path, format_for("r.json"))
    assert path.read_bytes() == encode(formats()["json"].render(sample.plant()))
    assert [p.name for p in tmp_path.iterdir()] == ["r.json"]
    with pytest.raises(OSError, match="No such file"):
        write(sample.plant(), tmp_path / "no" / "r.json", format_for("r.json"))


def test_finding_the_formats_imports_nothing_heavy() -> None:
    code = (
        "import sys, scanner.report; scanner.report.formats(); "
        "heavy = ('xlsxwriter', 'jinja2', 'markupsafe', 'rich', 'jsonschema', 'polars', 'numpy'); "
        "print([m for m in heavy if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"
