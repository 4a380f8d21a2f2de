"""The walls of the house: what may import what, how large things grow, and that every capture says whence it is."""

from __future__ import annotations

import ast
import graphlib
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from scanner import __version__

SCANNER = Path("scanner")
# Each room imports from those above it in this list alone; rooms of one line know nothing of each other.
FLOORS = (
    ("catalogues", "framing", "providers"),
    ("wording",),
    ("limits",),
    ("capture",),
    ("protocols",),
    ("advisories", "answers", "configs", "countries", "outputs", "policy", "trust"),
    ("assets", "reach", "topology"),
    ("facts",),
    ("store",),
    ("fleet",),
    ("results",),
    ("engine", "learn"),
    ("confirm", "fix", "plan", "report"),
    ("cli",),
)
# The same within a room, for its folders. A module that lies in the room itself is above or below them all.
STOREYS = {
    "engine": (("language",), ("definitions",), ("verdict",)),
    "capture.kernel": (("decode",), ("track",), ("messages",)),
}
# What a room leaves alone although it lies below: a report is made from results and nothing else.
APART = {"report": {"capture", "protocols", "configs", "policy", "assets", "facts", "engine"}}
MOST_LINES, MOST_OF_A_FUNCTION = 700, 100
USUAL_LINES, USUAL_OF_A_FUNCTION = 320, 25  # of nine in ten
MOST_ROWS = 50  # of a table of codes, names and verbs in Python


@cache
def modules() -> dict[str, ast.Module]:
    files = sorted(SCANNER.rglob("*.py"))
    return {".".join(f.with_suffix("").parts): ast.parse(f.read_text(encoding="utf-8")) for f in files}


@cache
def _imports(tree: ast.Module) -> tuple[str, ...]:
    return tuple(_imported(tree))


def _imported(tree: ast.Module) -> Iterator[str]:
    """Modules of ours, those within functions included."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        for name in names:
            for known in (name, name.rpartition(".")[0], f"{name}.__init__", f"{name.rpartition('.')[0]}.__init__"):
                if known in modules():
                    yield known
                    break


def _room(module: str) -> str:
    return f"{module}.".split(".")[1]


def test_no_import_runs_in_a_circle() -> None:
    graph = {module: {name for name in _imports(tree) if name != module} for module, tree in modules().items()}
    list(graphlib.TopologicalSorter(graph).static_order())


def test_no_room_nor_module_beside_them_is_in_a_circle() -> None:
    """Were a folder one module, there would still be none: what lies beside the rooms has a floor as well."""
    graph: defaultdict[str, set[str]] = defaultdict(set)
    for module, tree in modules().items():
        graph[_room(module)] |= {_room(name) for name in _imports(tree)} - {_room(module), "__init__"}
    list(graphlib.TopologicalSorter(graph).static_order())


def test_imports_run_downwards() -> None:
    floor = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}
    upwards = {
        f"{module} imports {name}"
        for module, tree in modules().items()
        for name in _imports(tree)
        if _room(module) in floor
        and _room(name) in floor
        and _room(name) != _room(module)
        and (floor[_room(name)] >= floor[_room(module)] or _room(name) in APART.get(_room(module), ()))
    }
    assert upwards == set()


@pytest.mark.parametrize("room", STOREYS)
def test_imports_run_downwards_within_a_room(room: str) -> None:
    storey = {name: number for number, names in enumerate(STOREYS[room], 1) for name in names}
    within = f"scanner.{room}."
    imports = {
        module: [name for name in _imports(tree) if name.startswith(within) and name != module]
        for module, tree in modules().items()
        if module.startswith(within)
    }

    def height(module: str) -> int:
        """0: below all folders; as many as there are and one more: above them."""
        folder = module.removeprefix(within).split(".")[0]
        above = any(name.removeprefix(within).split(".")[0] in storey for name in imports[module])
        return storey.get(folder, len(storey) + 1 if above else 0)

    upwards = {
        f"{module} imports {name}"
        for module, names in imports.items()
        for name in names
        if height(name) > height(module)
    }
    assert upwards == set()


def test_every_room_has_a_floor() -> None:
    rooms = {path.name for path in SCANNER.iterdir() if (path / "__init__.py").exists()}
    assert rooms == {room for rooms in FLOORS for room in rooms}


def test_the_architecture_speaks_of_every_room_and_of_nothing_that_is_not_there() -> None:
    text = Path("docs/architecture.md").read_text(encoding="utf-8")
    assert {room for rooms in FLOORS for room in rooms if f"`scanner/{room}/`" not in text} == set()
    named = set(re.findall(r"`((?:[a-z_0-9]+/)*[a-z_0-9]+\.py|scanner/[a-z_0-9/]+)`", text))
    assert len(named) > 30
    assert {name for name in named if not Path(name).exists() and not list(SCANNER.rglob(name))} == set()


def test_the_changelog_begins_with_what_is_unreleased_and_every_version_has_a_day() -> None:
    headings = re.findall(r"^## (.*)$", Path("CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert headings[0] == "Unreleased"
    assert headings[1].startswith(f"{__version__} (")
    assert all(re.fullmatch(r"\d+\.\d+\.\d+ \(\d{4}-\d\d-\d\d\)", heading) for heading in headings[1:])


def _functions() -> dict[str, int]:
    return {
        f"{module}.{node.name}": (node.end_lineno or 0) - node.lineno + 1
        for module, tree in modules().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
    }


def test_files_and_functions_stay_small() -> None:
    files = SCANNER.rglob("*.py")
    lines = {f.relative_to(SCANNER).as_posix(): f.read_text(encoding="utf-8").count("\n") for f in files}
    functions = _functions()
    assert {name for name, n in lines.items() if n > MOST_LINES} == set()
    assert {name for name, n in functions.items() if n > MOST_OF_A_FUNCTION} == set()
    assert sorted(lines.values())[len(lines) * 9 // 10] <= USUAL_LINES
    assert sorted(functions.values())[len(functions) * 9 // 10] <= USUAL_OF_A_FUNCTION


def _plain(node: ast.expr) -> bool:
    """Nothing but constants and their names."""
    if isinstance(node, ast.Tuple):
        return all(map(_plain, node.elts))
    return isinstance(node, ast.Constant | ast.Attribute | ast.Name)


def test_large_code_tables_are_data() -> None:
    large = {
        f"{module}:{node.lineno}"
        for module, tree in modules().items()
        if _room(module) == "protocols"
        for node in ast.walk(tree)
        if isinstance(node, ast.Dict) and len(node.keys) > MOST_ROWS and all(map(_plain, node.values))
    }
    assert large == set(), "a .tsv beside the module, by scanner/code_tables.py"


@pytest.mark.parametrize("folder", sorted(Path("fixtures/captures").iterdir()), ids=lambda path: path.name)
def test_every_capture_says_whence_it_is(folder: Path) -> None:
    origin = (folder / "ORIGIN.md").read_text(encoding="utf-8")
    assert re.search(r"^\*Recorded from\*: .+\.$", origin, re.MULTILINE), "which program, or: nothing; built from ..."
    if "| file |" in origin:
        told = re.findall(r"`([^`]+\.\w+)`", origin)
        captures = [path.name for path in folder.iterdir() if path.suffix in {".pcap", ".pcapng"}]
        patterns = [re.compile(re.escape(name).replace(r"\*", ".*")) for name in told]
        untold = [name for name in captures if not any(p.fullmatch(name) for p in patterns)]
        assert not untold
