"""Mutants of a module: small changes of its code, each of which some test should notice.

Most operators are mutmut's. What is added are conditions turned around and results forgotten, and functions with
decorators, which mutmut leaves out. Left out are annotations, decorators, doc strings and sentences: a changed sentence
changes no verdict.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider
from mutmut.mutation.mutators import mutation_operators, operator_string

JUDGED = (
    "scanner/engine/**/*.py",
    *(f"scanner/facts/{n}.py" for n in ("authority", "belief", "observations", "presence", "relatives", "worlds")),
    *(f"scanner/assets/{n}.py" for n in ("contested", "merging")),
    *(f"scanner/results/{n}.py" for n in ("outcome", "rows")),
)
_TABLES = {"scanner/engine/definitions/attack_techniques.py"}  # names only
_SKIPPED = (cst.Annotation, cst.Decorator, cst.Import, cst.ImportFrom)


@dataclass(frozen=True)
class Mutant:
    """One change: the first line that it changes as it was and as it is, and the whole module with it."""

    path: str
    line: int
    was: str
    becomes: str
    code: str

    @property
    def key(self) -> tuple[str, str, str]:
        """What tells it from others, however the module changes around it."""
        return self.path, self.was, self.becomes


def drawn(root: Path, number: int, seed: int, part: str = "") -> list[Mutant]:
    """So many mutants, each on a line of its own that is drawn at random from the modules whose path holds ``part``."""
    modules = {p: _Module(root, p) for p in judged(root) if part in p}
    lines = [(path, line) for path, module in modules.items() for line in sorted(module.changes)]
    random.Random(seed).shuffle(lines)  # noqa: S311 (no secret); a smaller number draws the first of a larger
    found = (modules[p].mutant(n, random.Random(f"{seed} {p} {n}")) for p, n in lines[:number])  # noqa: S311
    return [mutant for mutant in found if mutant]


def judged(root: Path) -> list[str]:
    """The modules that verdicts depend on."""
    found = sorted(str(p.relative_to(root)) for pattern in JUDGED for p in root.glob(pattern))
    return [p for p in found if p not in _TABLES]


class _Module:
    def __init__(self, root: Path, path: str) -> None:
        self.path = path
        wrapper = MetadataWrapper(cst.parse_module((root / path).read_text(encoding="utf-8")))
        self.tree = wrapper.module
        found = _Changes(wrapper.resolve(PositionProvider))
        self.tree.visit(found)
        self.changes = found.by_line

    def mutant(self, line: int, chosen: random.Random) -> Mutant | None:
        node, changed = chosen.choice(self.changes[line])
        code = self.tree.deep_replace(node, changed).code
        before, after = self.tree.code.splitlines(), code.splitlines()
        at = next((n for n, (a, b) in enumerate(zip(before, after, strict=False)) if a != b), None)
        return None if at is None else Mutant(self.path, line, before[at].strip(), after[at].strip(), code)


class _Changes(cst.CSTVisitor):
    """All changes of a module, by the line on which the changed part begins."""

    def __init__(self, positions: dict[cst.CSTNode, object]) -> None:
        super().__init__()
        self.positions = positions
        self.by_line: defaultdict[int, list[tuple[cst.CSTNode, cst.CSTNode]]] = defaultdict(list)

    def on_visit(self, node: cst.CSTNode) -> bool:
        if isinstance(node, _SKIPPED):
            return False
        if isinstance(node, cst.Param) and node.default is not None:
            return isinstance(node.default, cst.Name | cst.BaseNumber | cst.BaseString)
        where = self.positions.get(node)
        if where is not None:
            self.by_line[where.start.line] += [(node, changed) for changed in _changed(node)]
            if not self.by_line[where.start.line]:
                del self.by_line[where.start.line]
        return True


def _changed(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    for kind, operator in OPERATORS:
        if isinstance(node, kind):
            yield from (changed for changed in operator(node) if not any(map(_sentence, _lost(node, changed))))


def _lost(node: cst.CSTNode, changed: cst.CSTNode) -> list[cst.CSTNode]:
    """The values that a change takes away from a call, an assignment or a result."""
    if isinstance(node, cst.Call) and isinstance(changed, cst.Call):
        return [a.value for a in node.args if a not in changed.args]
    return [node.value] if isinstance(node, cst.Assign | cst.AnnAssign | cst.Return) and node.value else []


def _sentence(node: cst.CSTNode) -> bool:
    """Text for people: it has spaces, or is Chinese."""
    if isinstance(node, cst.ConcatenatedString):
        return _sentence(node.left) or _sentence(node.right)
    if isinstance(node, cst.FormattedString):
        return any(_text(p.value) for p in node.parts if isinstance(p, cst.FormattedStringText))
    return isinstance(node, cst.SimpleString) and _text(node.raw_value)


def _text(value: str) -> bool:
    return " " in value or not value.isascii()


def _word(node: cst.SimpleString) -> Iterable[cst.BaseExpression]:
    return [] if _sentence(node) else list(operator_string(node))[:1]


def _condition(node: cst.If | cst.While | cst.CompIf | cst.IfExp) -> Iterable[cst.CSTNode]:
    inner = node.test.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])
    yield node.with_changes(test=cst.UnaryOperation(cst.Not(), inner, lpar=[cst.LeftParen()], rpar=[cst.RightParen()]))


def _result(node: cst.Return) -> Iterable[cst.CSTNode]:
    if node.value is not None and not (isinstance(node.value, cst.Name) and node.value.value == "None"):
        yield node.with_changes(value=cst.Name("None"), whitespace_after_return=cst.SimpleWhitespace(" "))


OPERATORS: Sequence = (
    *((kind, operator) for kind, operator in mutation_operators if operator is not operator_string),
    (cst.SimpleString, _word),
    ((cst.If, cst.While, cst.CompIf, cst.IfExp), _condition),
    (cst.Return, _result),
)
