"""Each recipe of CONTRIBUTING.md, followed literally in a copy of the source tree; a package of its own elsewhere."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner

from scanner.cli import main
from scanner.cli.new import KINDS

ROOT = Path(__file__).parents[2]
COPIED = ("scanner", "rules", "reports", "tests", "fixtures", "docs")
MANUAL = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
RECIPES = re.findall(r"^### (An? .+)\n(?:.*\n)*?```sh\n((?:.*\n)*?)```", MANUAL, re.MULTILINE)


def run(command: list[str], folder: Path, *paths: Path) -> str:
    """The output of a command that must succeed, with modules from the folder and not from the installed otaudit."""
    words = {"otaudit": [sys.executable, "-m", "scanner"], "python": [sys.executable]}
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(map(str, (*paths, folder))), "POLARS_MAX_THREADS": "1"}
    environment.pop("PYTEST_ADDOPTS", None)
    whole = [*words.get(command[0], command[:1]), *command[1:]]
    done = subprocess.run(whole, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{shlex.join(command)}\n{done.stdout[-4000:]}\n{done.stderr[-2000:]}"
    return done.stdout


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    copy = tmp_path_factory.mktemp("otaudit")
    for name in COPIED:
        leave = shutil.ignore_patterns("__pycache__", "*.c", "build", "plants" if name == "fixtures" else "")
        shutil.copytree(ROOT / name, copy / name, ignore=leave)
    for name in ("setup.cfg", "pyproject.toml"):
        shutil.copy(ROOT / name, copy)
    for name in ("rules", "reports"):  # packages of ``scanner`` that lie beside it
        (copy / "scanner" / name).symlink_to(copy / name)
    return copy


def test_a_name_that_a_test_of_another_kind_has_is_refused(tmp_path: Path) -> None:
    """pytest knows a file of tests by its name alone: with two of one name, no test would run any more."""
    for part in ("scanner/plugins.py", "fixtures/x", "tests/protocols/test_acme.py"):
        (tmp_path / part).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / part).touch()
    done = CliRunner().invoke(main, ["new", "inventory", "acme", "--into", str(tmp_path)])
    assert (done.exit_code, done.output.count("tests/protocols/test_acme.py: already exists; choose another name")) == (
        2,
        1,
    )
    assert not (tmp_path / "scanner/assets").exists()


def test_there_is_a_recipe_for_each_kind() -> None:
    told = "".join(steps for _, steps in RECIPES)
    assert all(f"otaudit new {kind} " in told for kind in KINDS)


@pytest.mark.parametrize(("title", "steps"), RECIPES, ids=[title for title, _ in RECIPES])
def test_a_recipe_works_as_it_is_written(title: str, steps: str, tree: Path) -> None:
    assert any(begun in steps for begun in ("otaudit new", "otaudit rules new", "tests.wording.extraction")), title
    for line in steps.splitlines():
        said = run(shlex.split(line), tree)
        if line.startswith(("otaudit new", "otaudit rules new")):
            assert "To do" in said
            assert "claims nothing" in said or "To do:" in said or "To do, in" in said


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "framework"])
def test_elsewhere_it_is_a_package_that_is_found_by_its_entry_point(kind: str, tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["new", kind, "zeta-x", "--into", str(tmp_path)])
    assert done.exit_code == 0, done.output
    package = tmp_path / "otaudit-zeta-x"
    about = tomllib.loads((package / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    installed = tmp_path / "site" / "otaudit_zeta_x-0.1.0.dist-info"  # as an installer writes it
    installed.mkdir(parents=True)
    points = "".join(
        f"[{group}]\n" + "".join(f"{name} = {value}\n" for name, value in held.items())
        for group, held in about["entry-points"].items()
    )
    (installed / "entry_points.txt").write_text(points, encoding="utf-8")
    (installed / "METADATA").write_text(f"Name: {about['name']}\nVersion: {about['version']}\n", encoding="utf-8")
    paths = (tmp_path / "site", ROOT)
    assert f"{kind} zeta-x: otaudit-zeta-x 0.1.0" in run(["otaudit", "--version", "--verbose"], package, *paths)
    run(["python", "-m", "pytest", "-q", "-p", "no:cacheprovider"], package, *paths)


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_written_over_and_a_name_is_checked(kind: str, tmp_path: Path) -> None:
    first, second = (CliRunner().invoke(main, ["new", kind, "acme", "--into", str(tmp_path)]) for _ in range(2))
    assert (first.exit_code, second.exit_code) == (0, 2)
    assert "already exists; choose another name" in second.output
    for name in ("Acme", "../acme", "a b", "acme-", "1st"):
        assert "is not a valid name" in CliRunner().invoke(main, ["new", kind, name, "--into", str(tmp_path)]).output
