"""Find the dialect of a configuration by its content and read it."""

from __future__ import annotations

import functools
import importlib
import pkgutil
from typing import Protocol, cast

import scanner.configs
from scanner.configs.settings import Configuration
from scanner.errors import InputError

HEAD = 65_536  # bytes that a dialect is recognised by


class Dialect(Protocol):
    """What a dialect module offers."""

    DIALECT: str

    def recognises(self, name: str, head: bytes) -> bool:
        """The content is of this dialect."""

    def read(self, data: bytes, name: str) -> Configuration:
        """Its settings."""


@functools.cache
def dialects() -> tuple[Dialect, ...]:
    """All dialects, in the order of their names: the modules of this folder that have ``recognises``."""
    names = sorted(m.name for m in pkgutil.iter_modules(scanner.configs.__path__) if m.name != "reader")
    modules = (importlib.import_module(f"scanner.configs.{name}") for name in names)
    return tuple(cast("Dialect", m) for m in modules if hasattr(m, "recognises"))


def recognise(name: str, head: bytes) -> Dialect | None:
    """The dialect of the first bytes of a file, None when none recognises it. At most one does."""
    if b"\x00" in head and not head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return None
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        head = head[: len(head) // 2 * 2].decode("utf-16", "replace").encode()
    head = head.removeprefix(b"\xef\xbb\xbf")[:HEAD]
    return next((d for d in dialects() if d.recognises(name, head)), None)


def recognises(name: str, head: bytes) -> bool:
    """Some dialect recognises these first bytes of a file."""
    return recognise(name, head) is not None


def read(data: bytes, name: str) -> Configuration:
    """Read a configuration of any dialect; InputError when none recognises it or it is no text."""
    dialect = recognise(name, data[:HEAD])
    if dialect is None:
        known = ", ".join(d.DIALECT for d in dialects())
        raise InputError(name, "not recognised as a device configuration", remedy=f"dialects that are read: {known}")
    return dialect.read(data, name)
