"""Reads files of which nobody knows how large they are: never more than asked for."""

from __future__ import annotations

from pathlib import Path


def read_up_to(path: Path, most: int) -> bytes:
    """The file, or of a larger one ``most + 1`` bytes, by which its parser sees that it is too large. OSError."""
    with path.open("rb") as file:
        return file.read(most + 1)
