"""Builds the compiled capture kernel and finds the packages; everything else is in setup.cfg.

The kernel's modules become one extension module, ``unit``: only within one does the compiler put small functions into
those that call them, and a packet passes dozens. Its source is written to build/; names of the modules' top levels
must therefore differ, and which is whose stays plain: the package lends each module's name to the unit.
"""

import ast
import os
import re
from graphlib import TopologicalSorter
from pathlib import Path

from Cython.Build import cythonize
from setuptools import Extension, find_packages, setup

PACKAGE = "scanner.capture.kernel"
KERNEL = Path(*PACKAGE.split("."))
UNIT = Path("build", "kernel", KERNEL, "unit.py")
FLAGS = os.environ.get("KERNEL_CFLAGS", "" if os.name == "nt" else "-O3 -g0").split()
OPTIONS = {"language_level": 3, "auto_pickle": False, "show_performance_hints": False, "cdivision": True}
OPTIONS |= {"boundscheck": True, "wraparound": False, "initializedcheck": False}
CIMPORT = re.compile(rf"^from {re.escape(PACKAGE)}\.(?:\w+\.)?(\w+) cimport (?:\([^)]*\)|.*)\n", re.MULTILINE)
CLASS = re.compile(r"^cdef class .*(?=:$)", re.MULTILINE)


def in_order(types: dict[str, str]) -> list[str]:
    """The modules, what a declaration needs before it; classes are known beforehand, so circles among them are cut."""
    all_needs: dict[str, set[str]] = {name: set(CIMPORT.findall(text)) for name, text in types.items()}
    needs = {name: {n for n in all_needs[name] if name not in all_needs[n] or n < name} for name in types}
    return list(TopologicalSorter(needs).static_order())


def code(source: str) -> str:
    """A module without its imports from the others and what stands for them where it is not compiled."""
    lines = source.splitlines(keepends=True)
    for node in ast.parse(source).body:
        inner = isinstance(node, ast.ImportFrom) and (node.module or "").startswith((PACKAGE, "__future__"))
        if inner or (isinstance(node, ast.If) and ast.unparse(node.test) == "not cython.compiled"):
            lines[node.lineno - 1 : node.end_lineno] = ["\n"] * (node.end_lineno - node.lineno + 1)
    return "".join(lines)


def names(source: str) -> set[str]:
    """What a module defines at its top level."""
    found = set()
    for node in ast.parse(code(source)).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            found |= {n.id for t in targets for n in ast.walk(t) if isinstance(n, ast.Name)}
    return found


def unit() -> Extension:
    """The one extension module, its source written anew where a module has changed."""
    sources = {p.stem: p.read_text("utf-8") for p in sorted(KERNEL.rglob("*.py")) if p.name != "__init__.py"}
    types = {p.stem: p.read_text("utf-8") for p in sorted(KERNEL.rglob("*.pxd"))}
    order = [*(name for name in sources if name not in types), *in_order(types)]
    owner: dict[str, str] = {}
    for module in order:
        for name in names(sources[module]):
            if owner.setdefault(name, module) != module:
                raise SystemExit(f"kernel: {owner[name]}.py and {module}.py both define {name}; they become one module")
    classes = (line for name in order for line in CLASS.findall(types.get(name, "")))
    declared = "\n".join(re.sub(r"\(.*", "", line) for line in classes)
    write(UNIT.with_suffix(".pxd"), "\n".join([declared, *(CIMPORT.sub("", types.get(name, "")) for name in order)]))
    write(UNIT, "from __future__ import annotations\n" + "\n".join(code(sources[name]) for name in order))
    for folder in UNIT.parents[:3]:
        write(folder / "__init__.py", "")
    return Extension(f"{PACKAGE}.unit", [UNIT.as_posix()], extra_compile_args=FLAGS)


def write(path: Path, text: str) -> None:
    """Write the file if it says something else so far."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists() or path.read_text("utf-8") != text:
        path.write_text(text, "utf-8")


setup(
    packages=[*find_packages(include=["scanner", "scanner.*"]), "scanner.rules", "scanner.reports"],
    ext_modules=cythonize(unit(), compiler_directives=OPTIONS),
)
