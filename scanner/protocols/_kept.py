"""What is known of the packaged protocols without their modules, kept when otaudit is built.

Any protocol may be recognised on any port, so every framing is wanted in each scan, and what else a protocol says of
itself. Cases and what reads messages are wanted of the few that are met, and their modules are imported then: to start
costs the same however many protocols there are.

It counts under the digest of all that protocols and framings are written in. Where anything has changed since, or
nothing was built, all modules are imported.
"""

from __future__ import annotations

import dataclasses
import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from io import FileIO
from pathlib import Path
from typing import Any

from scanner.framing.language import Case, Framing
from scanner.plain_data import kept, read_kept
from scanner.protocols.base import Protocol

NAME = "protocols.json"  # beside this module: a line that says of what it was made, then a line of data
_FOLDER = Path(__file__).parent
_SOURCES = (_FOLDER, _FOLDER.with_name("framing"))
_ENDINGS = (".py", ".tsv")
_CALLED = ("probe", "dissect", "reader", "proof", "agree")
_FRAMED = ("framing", "more_framings")
_SAID = tuple(f.name for f in dataclasses.fields(Protocol) if f.name not in {*_CALLED, *_FRAMED, "cases"})
_WORKED_OUT = ("takes_the_rest", "both_ask")

Load = Callable[[str], Protocol]


class _Called:
    """A function of a protocol, whose module is imported when it is called first."""

    def __init__(self, load: Load, name: str, field: str) -> None:
        self._load, self._name, self._field = load, name, field

    @cached_property
    def _function(self) -> Callable[..., Any]:
        function: Callable[..., Any] = getattr(self._load(self._name), self._field)
        return function

    def __call__(self, *given: Any) -> Any:
        return self._function(*given)


class _Known(Protocol):
    """A protocol whose module is imported when somebody wants its cases or calls its functions."""

    @cached_property
    def cases(self) -> tuple[Case, ...]:
        """Those of its module."""
        load: Load = self.__dict__["_load"]
        return load(self.name).cases


def compiled(protocols: Iterable[Protocol]) -> bytes:
    """The file for these protocols."""
    framings: dict[str, Framing] = {}
    rows = []
    for protocol in protocols:
        own = protocol.framings
        framings.update((framing.name, framing) for framing in own)
        said = tuple(getattr(protocol, name) for name in (*_SAID, *_WORKED_OUT))
        absent = tuple(name for name in _CALLED if getattr(protocol, name) is None)
        rows.append((tuple(framing.name for framing in own), absent, said))
    return kept((framings, tuple(rows)), _digest())


def known(load: Load) -> dict[str, Protocol] | None:
    """What is kept, by name; None where nothing is, or where it was made of something else. load: gives the protocol
    of its module.
    """
    found = read_kept(str(_FOLDER / NAME), lambda _: _digest())
    if found is None:
        return None
    framings, rows = found
    return {protocol.name: protocol for protocol in (_protocol(load, framings, *row) for row in rows)}


def _protocol(
    load: Load,
    framings: Mapping[str, Framing],
    own: tuple[str, ...],
    absent: tuple[str, ...],
    said: tuple[Any, ...],
) -> Protocol:
    fields = dict(zip((*_SAID, *_WORKED_OUT), said, strict=True))
    first, *more = (framings[name] for name in own)
    called = {f: None if f in absent else _Called(load, fields["name"], f) for f in _CALLED}
    known = object.__new__(_Known)
    known.__dict__.update(fields, framing=first, more_framings=tuple(more), **called, _load=load)
    return known


def _digest() -> str:
    """Of the names and contents of all that protocols and framings are written in."""
    made = hashlib.blake2b(digest_size=32)
    for root in _SOURCES:
        for path in sorted(_files(str(root))):
            with FileIO(path) as file:
                content = file.read()
            made.update(f"{path.removeprefix(str(root))} {len(content)}\n".replace(os.sep, "/").encode())
            made.update(content)
    return made.hexdigest()


def _files(folder: str) -> Iterator[str]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.endswith(_ENDINGS):
                yield entry.path
            elif entry.is_dir() and entry.name != "__pycache__":
                yield from _files(entry.path)
