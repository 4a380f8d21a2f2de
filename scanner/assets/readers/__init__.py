"""One file for each inventory format. Being in this folder registers it.

A reader has ``recognises(name, head, content)``: the content is an inventory of its format (never decided by the name
alone; ``content`` is looked at only when its first bytes, ``head``, leave it open), ``resembles(name, head)``: it looks
like that format, and ``read(content, name, columns)``: the inventory, or InputError when nothing of it can be used.
"""

from __future__ import annotations

import functools
import importlib
import pkgutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from scanner.assets.inventory import HEAD, Inventory, content_of
from scanner.errors import InputError


@functools.cache
def readers() -> tuple[Any, ...]:
    """Every reader module, in alphabetical order."""
    names = sorted(m.name for m in pkgutil.iter_modules(__path__) if not m.name.startswith("_"))
    return tuple(importlib.import_module(f"{__name__}.{name}") for name in names)


def recognises(name: str, head: bytes, content: Path | bytes | None = None) -> bool:
    """Some reader takes this for an inventory. ``head``: the first ``HEAD`` bytes or less of ``content``, which is all
    there is when there is no content.
    """
    whole = head if content is None else content
    return any(reader.recognises(name, head, whole) for reader in readers())


def read(content: Path | bytes, name: str, columns: Mapping[str, str] | None = None) -> Inventory:
    """The inventory, by the reader that recognises it. ``columns``: the user's mapping (see ``columns.py``).

    A file that the user calls an inventory but no reader recognises is tried as the format that its first character
    tells, so that the message says what is wrong with it.
    """
    data = content_of(content, name)
    head = data[:HEAD]
    for reader in readers():
        if reader.recognises(name, head, data):
            found: Inventory = reader.read(data, name, columns)
            return found
    if not data.strip():
        raise InputError(name, "empty file", remedy="expected an inventory as Excel workbook, CSV, YAML or JSON")
    for reader in readers():
        if reader.resembles(name, head):
            tried: Inventory = reader.read(data, name, columns)
            return tried
    raise InputError(
        name, "not recognised as an inventory", remedy="expected an Excel workbook, CSV, YAML or JSON with a header"
    )
