"""What verdicts are made with, by digests: the rules that are installed, the facts, and the options."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from types import MappingProxyType
from typing import Any

import polars as pl

from scanner.bounded import read_up_to
from scanner.facts.frames import Facts
from scanner.limits import ceilings, limits
from scanner.results.model import Basis

_FRAMEWORKS, _PROFILES = "frameworks", "profiles"


def basis(
    facts: Facts, profile: str, options: Mapping[str, str], own: Mapping[str, str] = MappingProxyType({})
) -> Basis:
    """The basis of results. ``profile``: its name or file, as given. own: digests of the user's definitions."""
    tables = {name: table_digest(table) for name, table in sorted(facts.tables.items())}
    return Basis(
        rules_digest(),
        frameworks_digest(),
        profile_digest(profile, own),
        tables,
        dict(options),
        ceilings().moved(),
        dict(sorted(own.items())),
    )


def made_with(profile: str, options: Mapping[str, str], own: Mapping[str, str]) -> dict[str, Any]:
    """The same without facts, for what is saved beside them."""
    found = asdict(basis(Facts(), profile, options, own))
    del found["tables"]
    return found


def table_digest(table: pl.DataFrame) -> str:
    """SHA-256 of the table as ``scanner.facts.saved`` writes it."""
    content = io.BytesIO()
    table.write_parquet(content)
    return hashlib.sha256(content.getbuffer()).hexdigest()


def pack_digest() -> str:
    """SHA-256 over the names and contents of all packaged rules, frameworks and profiles."""
    return _digest(_contents(files("scanner.rules"), ""))


def rules_digest() -> str:
    """The same of the rules alone."""
    aside = (f"{_FRAMEWORKS}/", f"{_PROFILES}/")
    return _digest((n, c) for n, c in _contents(files("scanner.rules"), "") if not n.startswith(aside))


def frameworks_digest() -> str:
    """The same of the frameworks."""
    return _digest(_contents(files("scanner.rules") / _FRAMEWORKS, ""))


def profile_digest(name: str, own: Mapping[str, str] = MappingProxyType({})) -> str:
    """SHA-256 of a profile, packaged or among the user's definitions, or of the file of that name; empty of none."""
    packaged = files("scanner.rules") / _PROFILES / f"{name}.yaml"
    if packaged.is_file():
        return hashlib.sha256(packaged.read_bytes()).hexdigest()
    brought = next((digest for file, digest in own.items() if file.endswith(f"/{_PROFILES}/{name}.yaml")), "")
    if brought:
        return brought
    try:
        return hashlib.sha256(read_up_to(Path(name), limits().yaml_bytes)).hexdigest()
    except OSError:
        return ""


def file_digest(path: Path) -> str:
    """SHA-256 of a file; OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _digest(contents: Iterator[tuple[str, bytes]]) -> str:
    digest = hashlib.sha256()
    for name, content in sorted(contents):
        digest.update(f"{name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def _contents(folder: Traversable, path: str) -> Iterator[tuple[str, bytes]]:
    for entry in folder.iterdir():
        if entry.is_dir():
            yield from _contents(entry, f"{path}{entry.name}/")
        elif entry.name.endswith(".yaml"):
            yield path + entry.name, entry.read_bytes()
