"""Which columns of sessions a protocol's code can ever fill, from the code itself: what no code says no row has.

A field counts as said where any call names it, whatever is called; so what is left out here is said nowhere.
"""

from __future__ import annotations

import ast
import functools
import importlib.util
import sys
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

from scanner.protocols import PROTOCOLS
from scanner.protocols.base import Protocol, Session

_OURS = "scanner.protocols"
_FOUNDATION = f"{_OURS}.base"  # where sessions are defined, and nothing is said
_SAID_FOR_ALL = {"encrypted", "detail", "unread"}  # by what joins messages, of any protocol
_SEVERAL = {  # fields of which a session has a list
    "version_offered": "versions_offered",
    "version": "versions",
    "cipher_offered": "ciphers_offered",
    "cipher": "ciphers",
    "server_name": "server_names",
    "core_service": "core_services",
}


@functools.cache
def never_filled(name: str) -> frozenset[str]:
    """Columns of the table ``sessions`` that the protocol of this name leaves empty; none where that cannot be told."""
    protocol = PROTOCOLS.all().get(name)
    return frozenset(_SEVERAL.get(field, field) for field in _never_said(protocol)) if protocol else frozenset()


def _never_said(protocol: Protocol) -> set[str]:
    said: set[str] = set(_SAID_FOR_ALL)
    own = [name for name, module in [*sys.modules.items()] if getattr(module, "PROTOCOL", None) is protocol]
    if not own:
        return set()
    for reached in {one for module in own for one in _reached(module)}:
        named = _named(reached)
        if named is None:
            return set()
        said |= named
    return {f.name for f in fields(Session)} - said


@functools.cache
def _reached(module: str) -> frozenset[str]:
    """The module and all of ours that it imports, directly or not."""
    found: set[str] = set()
    new = {module}
    while new:
        found |= new
        new = {one for name in new for one in _imports(name)} - found
    return frozenset(found)


def _imports(module: str) -> Iterator[str]:
    tree = _tree(module)
    for node in ast.walk(tree) if tree else ():
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith(_OURS):
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield inner if inner in sys.modules else node.module


@functools.cache
def _tree(module: str) -> ast.Module | None:
    spec = sys.modules[module].__spec__ if module in sys.modules else importlib.util.find_spec(module)
    source = Path(spec.origin) if spec and spec.origin and spec.origin.endswith(".py") else None
    return ast.parse(source.read_text(encoding="utf-8")) if source and source.is_file() else None


@functools.cache
def _named(module: str) -> frozenset[str] | None:
    """Names of arguments in calls; None when there are sessions whose arguments are not written out."""
    if module == _FOUNDATION:
        return frozenset()
    tree = _tree(module)
    if tree is None:
        return None
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = node.func.id if isinstance(node.func, ast.Name) else ""
            unnamed = any(word.arg is None for word in node.keywords)
            if (called in {"Session", "replace"} and unnamed) or (called == "Session" and node.args):
                return None
            found |= {word.arg for word in node.keywords if word.arg}
    return frozenset(found)
