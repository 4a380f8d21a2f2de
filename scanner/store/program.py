"""What reads captures, as a digest: what another otaudit read, or with other ceilings, is not what this one reads."""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import scanner
from scanner.limits import ceilings

_SOURCES = (".py", ".tsv")
_COMPILED = (".so", ".pyd")


def reader_digest() -> str:
    """SHA-256 of the program, the protocols that others add, and the ceilings that hold now."""
    said = {"program": program_digest(), "limits": asdict(ceilings())}
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


@functools.cache
def program_digest() -> str:
    """SHA-256 of version, code and plug-ins: whoever changes a line of it reads anew."""
    return _digest((*_SOURCES, *_COMPILED))


@functools.cache
def source_digest() -> str:
    """The same without what is compiled for a machine."""
    return _digest(_SOURCES)


def _digest(kinds: tuple[str, ...]) -> str:
    from scanner.protocols import PROTOCOLS

    digest = hashlib.sha256(scanner.__version__.encode())
    root = Path(scanner.__file__).parent
    for file in sorted(_code(root, kinds)):
        content = file.read_bytes()
        digest.update(f"{file.relative_to(root).as_posix()}\0{len(content)}\0".encode() + content)
    for name, origin in sorted(PROTOCOLS.foreign().items()):
        digest.update(f"{name}\0{origin}\0{_version(origin.package)}\0".encode())
    return digest.hexdigest()


def _code(folder: Path, kinds: tuple[str, ...]) -> Iterator[Path]:
    for entry in folder.iterdir():
        if entry.is_dir():
            yield from _code(entry, kinds)
        elif entry.suffix in kinds:
            yield entry


def _version(package: str) -> str:
    try:
        return version(package)
    except (PackageNotFoundError, ValueError):
        return ""
