"""Rules, frameworks and remedies that come with otaudit, read and checked once, when otaudit is built.

They lie as plain data in one file beside the packaged YAML, under the digest of everything that they were made of: the
YAML files, the catalogues of words, and the modules that read them. Where one of these has changed since, or another
has come, the file counts for nothing and everything is read as always. It holds data and nothing that runs.
"""

from __future__ import annotations

import functools
import hashlib
import os
import sys
from collections.abc import Iterable, Iterator
from importlib.resources import files
from io import FileIO
from pathlib import Path
from typing import Any

from scanner.plain_data import kept, read_kept

NAME = "definitions.json"  # in scanner.rules: a line that says of what it was made, then a line of data
_DATA = (".yaml", ".po", "labels.json")
_READERS = "configs/dialects"  # each plug-in there may bring remedies


def compiled(value: Any) -> bytes:
    """The file for what was read of everything that is packaged, by the modules that are loaded now."""
    modules = sorted(_modules())
    return kept(value, _digest(modules), modules=modules)


def known() -> Any:
    """What is kept; None where nothing is, or where it was made of anything else than what is there."""
    return read_kept(f"{_root('scanner.rules')}/{NAME}", lambda head: _digest(head["modules"]))


def _modules() -> Iterator[str]:
    """Modules of otaudit that are loaded, and YAML files beside them, by their paths in the package."""
    root = Path(_root("scanner"))
    ours = [module for name, module in sys.modules.items() if name.startswith("scanner.")]
    loaded = {Path(file) for module in ours if (file := getattr(module, "__file__", None))}
    paths = {path for path in loaded if path.suffix == ".py" and path.is_relative_to(root)}
    beside = {path for folder in {path.parent for path in paths} for path in folder.glob("*.yaml")}
    return (path.relative_to(root).as_posix() for path in paths | beside)


def _digest(modules: Iterable[str]) -> str:
    """Of the names and contents of these and of all definitions and words, and of the names of plug-ins."""
    made = hashlib.blake2b(digest_size=32)
    for root, name in (*_definitions(), *((_root("scanner"), name) for name in modules)):
        with FileIO(f"{root}/{name}") as file:
            content = file.read()
        made.update(f"{name} {len(content)}\n".encode())
        made.update(content)
    plugins = (entry.name for entry in os.scandir(f"{_root('scanner')}/{_READERS}"))
    made.update("\n".join(sorted(name for name in plugins if not name.startswith("_"))).encode())
    return made.hexdigest()


def _definitions() -> Iterator[tuple[str, str]]:
    """Every definition, and the words that some of them are put into: its root and its path there."""
    rules, words = _root("scanner.rules"), _root("scanner.reports")
    families = sorted(entry.name for entry in os.scandir(rules) if entry.is_dir())
    for root, folder in (*((rules, family) for family in families), (words, "words")):
        for name in sorted(entry.name for entry in os.scandir(f"{root}/{folder}")):
            if name.endswith(_DATA):
                yield root, f"{folder}/{name}"


@functools.cache
def _root(package: str) -> str:
    return str(files(package))
