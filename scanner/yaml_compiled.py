"""What the packaged YAML files hold, read once when otaudit is built: plain data, by the SHA-256 of each file.

It lies in the package beside the files, written with them and by nobody afterwards; who could change it could change
them. A file that has changed since is not in it, and is read itself. All of it counts for nothing when YAML was read by
another version of ``yaml_positions``.
"""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

NAME = "compiled.jsonl"  # in scanner.rules: a line that says who read, then a line for each file: its SHA-256, its data


def compiled(contents: Iterable[bytes], read: Callable[[bytes], Any]) -> bytes:
    """The file for these YAML files. read: gives what one holds."""
    lines = {_digest(content): json.dumps(read(content), ensure_ascii=False, allow_nan=False) for content in contents}
    return "\n".join([_reader(), *(f"{digest} {data}" for digest, data in sorted(lines.items()))]).encode()


def known(content: bytes) -> Any:
    """What the YAML file holds that has this content; None when it is not known."""
    data = _kept().get(_digest(content).encode())
    try:
        return None if data is None else json.loads(data)
    except ValueError:
        return None


@functools.cache
def _kept() -> Mapping[bytes, bytes]:
    try:
        first, *lines = files("scanner.rules").joinpath(NAME).read_bytes().split(b"\n")
        if first != _reader().encode():
            return {}
    except OSError:  # not built: every file is read
        return {}
    return {digest: data for digest, _, data in (line.partition(b" ") for line in lines)}


def _reader() -> str:
    return _digest(Path(__file__).with_name("yaml_positions.py").read_bytes())


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
