"""Builds the compiled capture kernel, reads the packaged YAML files and definitions once, and finds the packages;
everything else is in setup.cfg.

The kernel's modules become one extension module, ``unit``: only within one does the compiler put small functions into
those that call them, and a packet passes dozens. Its source is written to build/; names of the modules' top levels
must therefore differ, and which is whose stays plain: the package lends each module's name to the unit.

Constants and the layouts of tables are written once, in Python, and become C here: numbers that stand below ``if not
cython.compiled`` become constants (one with an annotation has that type, others are int), numpy dtypes become structs
(CONNECTION: ConnectionRow and ConnectionPointer). So do those of ``scanner/framing/layout.py``, the plan's.
"""

import ast
import os
import re
import sys
from compileall import compile_dir
from graphlib import TopologicalSorter
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

from Cython.Build import cythonize
from setuptools import Extension, find_packages, setup
from setuptools.command.build_ext import build_ext

PACKAGE = "scanner.capture.kernel"
KERNEL = Path(*PACKAGE.split("."))
LAYOUT = Path("scanner", "framing", "layout.py")
UNIT = Path("build", "kernel", KERNEL, "unit.py")
FLAGS = os.environ.get("KERNEL_CFLAGS", "" if os.name == "nt" else "-O3 -g0").split()
OPTIONS = {"language_level": 3, "auto_pickle": False, "show_performance_hints": False, "cdivision": True}
OPTIONS |= {"boundscheck": True, "wraparound": False, "initializedcheck": False}
CIMPORT = re.compile(rf"^from {re.escape(PACKAGE)}\.(?:\w+\.)?(\w+) cimport (?:\([^)]*\)|.*)\n", re.MULTILINE)
C_TYPES = {"u8": "unsigned long long", "i8": "long long", "u4": "unsigned int", "i4": "int"}
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


def hidden(source: str) -> list[ast.stmt]:
    """What stands below ``if not cython.compiled``."""
    blocks = (
        n for n in ast.parse(source).body if isinstance(n, ast.If) and ast.unparse(n.test) == "not cython.compiled"
    )
    return [node for block in blocks for node in block.body]


def constants(nodes: list[ast.stmt], known: dict[str, int]) -> dict[str, tuple[str, int]]:
    """Name -> C type, empty for int, and value of each number that is assigned; ``known`` takes them in."""
    found: dict[str, tuple[str, int]] = {}
    for node in nodes:
        if not isinstance(node, ast.Assign | ast.AnnAssign) or node.value is None:
            continue
        target = node.targets[0] if isinstance(node, ast.Assign) else node.target
        value = worth(node.value, known)
        many = [e.id for e in target.elts if isinstance(e, ast.Name)] if isinstance(target, ast.Tuple) else []
        pairs = zip(many or [ast.unparse(target)], value if many else [value], strict=True) if value is not None else ()
        wide = ast.unparse(node.annotation).rpartition(".")[2] if isinstance(node, ast.AnnAssign) else ""
        for name, number in pairs:
            if not isinstance(number, int) or known.setdefault(name, number) != number:
                raise SystemExit(f"kernel: {name} is no number, or two of them: {number}")
            found[name] = ({"": "", "longlong": "long long", "ulonglong": "unsigned long long"}[wide], number)
    return found


def worth(value: ast.expr, known: dict[str, int]) -> object:
    """The value of an expression of numbers, None for any other."""
    try:
        return eval(ast.unparse(value), {"__builtins__": {"range": range}, **known})  # noqa: S307 - our own source
    except NameError:
        return None


def imported(source: str) -> dict[str, int]:
    """Numbers that a module of the kernel imports from outside of it, such as how many frames are kept of a message.

    Layouts of tables and other constants are computed from them, here, before anything can be imported.
    """
    found: dict[str, int] = {}
    for node in ast.parse(source).body:
        module = str(node.module) if isinstance(node, ast.ImportFrom) else ""
        if module.startswith("scanner.") and not module.startswith(PACKAGE):
            theirs = numbers(Path(*module.split(".")).with_suffix(".py").read_text("utf-8"))
            found |= {alias.name: theirs[alias.name] for alias in node.names if alias.name in theirs}
    return found


def numbers(source: str) -> dict[str, int]:
    """The whole numbers that a module assigns at its top level as they are written: ``QUOTED = 64``."""
    plain = (n for n in ast.parse(source).body if isinstance(n, ast.Assign) and isinstance(n.value, ast.Constant))
    return {
        target.id: node.value.value
        for node in plain
        for target in node.targets
        if isinstance(target, ast.Name) and isinstance(node.value.value, int)
    }


def in_c(found: dict[str, tuple[str, int]]) -> str:
    """Declarations of constants."""
    small = "".join(f"    {name} = {value}\n" for name, (wide, value) in found.items() if not wide)
    wides = [(name, *rest) for name, rest in found.items() if rest[0]]
    macros = "".join(f"    #define OTAUDIT_{n} {v}{'U' if 'un' in w else ''}LL\n" for n, w, v in wides)
    large = "".join(f'    {wide} {name} "OTAUDIT_{name}"\n' for name, wide, _ in wides)
    return (f"cdef enum:\n{small}" if small else "") + (
        f'cdef extern from *:\n    """\n{macros}    """\n{large}' if large else ""
    )


def structs(source: str, known: dict[str, int]) -> str:
    """Declarations of the rows of tables."""
    out = []
    layouts: dict[str, str] = {}
    for node in ast.parse(source).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.value).startswith("np.dtype("):
            name = ast.unparse(node.targets[0])
            rows = eval(ast.unparse(node.value.args[0]), {**known, **layouts})  # noqa: S307 - our own source
            layouts[name] = "".join(part.title() for part in name.removesuffix("_ROW").split("_"))
            fields = "".join(f"    {C_TYPES.get(kind, kind + 'Row')} {field}\n" for field, kind in rows)
            out.append(
                f"cdef struct {layouts[name]}Row:\n{fields}ctypedef {layouts[name]}Row* {layouts[name]}Pointer\n"
            )
    return "".join(out)


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
    layout = LAYOUT.read_text("utf-8")
    known: dict[str, int] = {}
    for source in sources.values():
        known |= imported(source)
    counted = [constants(ast.parse(layout).body, known), *(constants(hidden(sources[name]), known) for name in order)]
    rows = [structs(layout, known), *(structs(sources[name], known) for name in order)]
    made = [*map(in_c, counted), *rows, declared]
    write(UNIT.with_suffix(".pxd"), "\n".join([*made, *(CIMPORT.sub("", types.get(name, "")) for name in order)]))
    write(UNIT, "from __future__ import annotations\n" + "\n".join(code(sources[name]) for name in order))
    for folder in UNIT.parents[:3]:
        write(folder / "__init__.py", "")
    return Extension(f"{PACKAGE}.unit", [UNIT.as_posix()], extra_compile_args=FLAGS)


def write(path: Path, text: str) -> None:
    """Write the file if it says something else so far."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists() or path.read_text("utf-8") != text:
        path.write_text(text, "utf-8")


def importable() -> None:
    """Let the package be imported from the source tree, where its data lie in folders beside it."""
    sys.path.insert(0, os.getcwd())  # noqa: PTH109 - a build back end leaves it out
    for folder in ("reports", "rules"):
        found = {"submodule_search_locations": [folder]}
        spec = spec_from_file_location(f"scanner.{folder}", f"{folder}/__init__.py", **found)
        sys.modules[spec.name] = module_from_spec(spec)


class Build(build_ext):
    """The extension module, and beside it what packaged YAML files hold (``scanner.yaml_compiled``), what becomes of
    definitions (``scanner.engine.definitions.compiled``), the makers of network interfaces (``scanner.assets.oui``),
    what is known of protocols (``scanner.protocols._kept``), and compiled templates and modules.
    """

    def run(self) -> None:
        """Write all: into the source tree where the package is used from there, else with the package."""
        super().run()
        importable()
        from scanner.yaml_compiled import NAME, compiled
        from scanner.yaml_positions import parse

        here = self.inplace or self.editable_mode
        folder = Path("rules") if here else Path(self.build_lib, "scanner", "rules")
        found = sorted(path for root in ("rules", "scanner") for path in Path(root).rglob("*.yaml"))
        folder.mkdir(parents=True, exist_ok=True)
        content = compiled((p.read_bytes() for p in found), lambda content: parse(content, "").data)
        (folder / NAME).write_bytes(content)

        from scanner.engine.definitions import compiled as definitions
        from scanner.engine.definitions.together import read_definitions

        (folder / definitions.NAME).write_bytes(definitions.compiled(read_definitions()))

        from scanner.assets import oui
        from scanner.protocols import PROTOCOLS, _kept

        package = Path("scanner") if here else Path(self.build_lib, "scanner")
        (package / "assets" / oui.NAME).write_bytes(oui.compiled())
        own = (PROTOCOLS.get(name) for name in PROTOCOLS.own())
        (package / "protocols" / _kept.NAME).write_bytes(_kept.compiled(filter(None, own)))

        from scanner.report._html.page import keep_templates

        sys.dont_write_bytecode = False  # whatever is said of programs that run: this one builds
        keep_templates(Path("reports", "html") if here else folder.parent / "reports" / "html")
        if here:  # whoever installs a wheel compiles its modules
            compile_dir("scanner", quiet=1)


setup(
    cmdclass={"build_ext": Build},
    packages=[*find_packages(include=["scanner", "scanner.*"]), "scanner.rules", "scanner.reports"],
    ext_modules=cythonize(unit(), compiler_directives=OPTIONS),
)
