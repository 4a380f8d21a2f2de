"""What continuous integration takes from the repository, used as it uses it, without a network."""

from __future__ import annotations

import configparser
import json
import os
import re
import subprocess
import sys
import tomllib
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
import yaml

from tests.walkthrough import ROOT

BAD = (ROOT / "fixtures/configs/ie3300/bad.cfg").read_text(encoding="utf-8")
GOOD = (ROOT / "fixtures/configs/ie3300/good.cfg").read_text(encoding="utf-8")
ACTION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
HOOK = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))[0]
WHEELS = yaml.safe_load((ROOT / ".github/workflows/wheels.yml").read_text(encoding="utf-8"))["jobs"]
GITLAB = yaml.safe_load((ROOT / "ci/gitlab.yml").read_text(encoding="utf-8"))[".otaudit"]


def scan(folder: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    """ci/scan.sh in the folder, with the otaudit of these tests."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    kept = {k: v for k, v in os.environ.items() if not k.startswith("OTAUDIT_")}
    return subprocess.run(
        ["bash", str(ROOT / "ci/scan.sh")],
        cwd=folder,
        env=kept | {"PATH": path} | settings,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    (tmp_path / "switches").mkdir()
    (tmp_path / "switches" / "sw 1.cfg").write_text(BAD, encoding="utf-8")
    return tmp_path


def test_the_action_reports_and_fails(repository: Path) -> None:
    output, summary = repository / "output", repository / "summary.md"
    settings = {
        "OTAUDIT_PATHS": "switches/sw 1.cfg\n",
        "GITHUB_OUTPUT": str(output),
        "GITHUB_STEP_SUMMARY": str(summary),
    }
    done = scan(repository, **settings)
    assert done.returncode == 1, done.stderr
    assert output.read_text(encoding="utf-8") == "status=1\n"
    assert all(line.startswith("    ") for line in summary.read_text(encoding="utf-8").splitlines())
    reports = {p.name for p in (repository / "otaudit-reports").iterdir()}
    for name in (ACTION["outputs"]["sarif"]["value"], ACTION["outputs"]["results"]["value"]):
        assert name.rsplit("/", 1)[1] in reports
    assert {Path(p).name for p in GITLAB["artifacts"]["reports"].values()} <= reports
    issues = json.loads((repository / "otaudit-reports/results.codequality.json").read_text(encoding="utf-8"))
    assert {i["location"]["path"] for i in issues} == {"switches/sw 1.cfg"}
    assert len({i["fingerprint"] for i in issues}) == len(issues)
    assert {i["severity"] for i in issues} <= {"info", "minor", "major", "critical", "blocker"}
    junit = ET.fromstring((repository / "otaudit-reports/junit.xml").read_text(encoding="utf-8"))  # noqa: S314 - our own
    (suite,) = (s for s in junit if s.get("name") == "switches/sw 1.cfg")
    assert int(suite.get("failures", "0")) > 20


def test_a_baseline_and_the_reports_of_an_earlier_run(repository: Path) -> None:
    assert scan(repository, OTAUDIT_FAIL_ON="never").returncode == 0
    again = scan(repository, OTAUDIT_BASELINE="otaudit-reports/results.json", OTAUDIT_REPORTS="more")
    assert again.returncode == 3, again.stderr  # the earlier reports lie in the folder that is scanned
    other = {"OTAUDIT_ARGUMENTS": "--exclude\notaudit-reports/\n", "OTAUDIT_BASELINE": "otaudit-reports/results.json"}
    assert scan(repository, OTAUDIT_REPORTS="more", **other).returncode == 0
    (repository / "switches" / "sw2.cfg").write_text(BAD.replace("PACK", "FILL"), encoding="utf-8")
    assert scan(repository, OTAUDIT_REPORTS="more", **other).returncode == 1


def test_values_are_never_run(repository: Path) -> None:
    hostile = "$(touch owned)`touch owned`; touch owned \"'\n-o owned\n"
    done = scan(repository, OTAUDIT_PATHS=hostile)
    assert done.returncode != 0
    assert not list(repository.glob("owned*"))
    for step in ACTION["runs"]["steps"]:
        assert "${{" not in step.get("run", ""), "inputs reach a shell by its environment alone"


def test_the_action_knows_its_inputs() -> None:
    named = {
        name
        for step in ACTION["runs"]["steps"]
        for v in step.get("env", {}).values()
        for name in re.findall(r"inputs\.([\w-]+)", v)
    }
    assert named | {"python-version"} == ACTION["inputs"].keys()
    script = (ROOT / "ci/scan.sh").read_text(encoding="utf-8")
    for name in ACTION["runs"]["steps"][-1]["env"]:
        assert f"${{{name}:-" in script or f'"${name}"' in script, name


def test_the_hook_judges_the_files_that_it_is_given(repository: Path) -> None:
    assert re.search(HOOK["files"], "switches/sw 1.cfg")
    assert not re.search(HOOK["files"], "README.md")
    command = [str(Path(sys.executable).parent / HOOK["entry"].split()[0]), *HOOK["entry"].split()[1:]]
    bad = repository / "switches" / "sw 1.cfg"
    assert subprocess.run([*command, bad], capture_output=True, check=False).returncode == 1
    bad.write_text(GOOD, encoding="utf-8")
    assert subprocess.run([*command, bad], capture_output=True, check=False).returncode == 0
    bad.write_text("no configuration\n", encoding="utf-8")
    assert subprocess.run([*command, bad], capture_output=True, check=False).returncode == 4


def test_the_image_has_what_the_package_needs() -> None:
    kept = [line[1:] for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines() if line[:1] == "!"]
    included = re.findall(
        r"^(?:include|recursive-include) (.+)$", (ROOT / "MANIFEST.in").read_text(encoding="utf-8"), re.MULTILINE
    )
    for names in included:
        for name in names.split():
            if (ROOT / name).exists():
                assert any(Path(name).is_relative_to(k) for k in kept), name
    docker = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    assert re.search(r"^USER [1-9][0-9]*$", docker, re.MULTILINE), "never as root"
    for source in re.findall(r"^COPY (?!\.)(\S+)", docker, re.MULTILINE):
        assert source in kept


def test_wheels_are_built_for_every_python_that_is_supported() -> None:
    given = configparser.ConfigParser()
    given.read(ROOT / "setup.cfg", encoding="utf-8")
    supported = set(re.findall(r"Python :: (3\.\d+)", given["metadata"]["classifiers"]))
    built = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["cibuildwheel"]["build"]
    assert {f"cp{version.replace('.', '')}-*" for version in supported} == set(built)
    matrices = [job["strategy"]["matrix"] for job in WHEELS.values()]
    assert set(matrices[1]["python"]) == supported
    assert matrices[0]["os"] == matrices[1]["os"]
