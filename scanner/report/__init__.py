"""One renderer file for each output format; they know results only.

A renderer is a module of this folder that has ``NAME`` (for ``--format``), ``EXTENSION`` (of the files that it
writes), ``TITLE`` (one line for the help) and ``render(results)``, which gives the file whole (``str`` or ``bytes``)
or, where it may be large, piece by piece. One whose files are in one language has ``render_in(results, language)`` too.
It is found by being here. Modules whose names begin with an underscore are
shared parts.
"""

from __future__ import annotations

import functools
import importlib
import os
import pkgutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, cast

from scanner.results.model import Results

_AT_ONCE = 1 << 20  # characters of a file in one piece
Output = str | bytes | Iterable[str]


class Renderer(Protocol):
    """What a renderer module offers."""

    @property
    def NAME(self) -> str: ...  # noqa: N802, D102 - a constant of a module

    @property
    def EXTENSION(self) -> str: ...  # noqa: N802, D102

    @property
    def TITLE(self) -> str: ...  # noqa: N802, D102

    def render(self, results: Results) -> Output:
        """The whole output file. The same results give the same bytes."""


@functools.cache
def renderers() -> dict[str, Renderer]:
    """Every renderer by its name, in alphabetical order."""
    found = [
        cast("Renderer", importlib.import_module(f"{__name__}.{module.name}"))
        for module in pkgutil.iter_modules(__path__)
        if not module.name.startswith("_")
    ]
    return {r.NAME: r for r in sorted(found, key=lambda r: r.NAME)}


def renderer_for(path: str, name: str = "") -> Renderer:
    """The renderer called ``name``, or without a name the one whose extension ends ``path`` (the longest that does).

    LookupError, with a sentence for the user, when there is none.
    """
    known = renderers()
    if name:
        if name not in known:
            raise LookupError(f"there is no output format {name!r}; choose one of {', '.join(known)}")
        return known[name]
    fitting = [r for r in known.values() if path.lower().endswith(r.EXTENSION)]
    if not fitting:
        extensions = ", ".join(sorted(r.EXTENSION for r in known.values()))
        raise LookupError(f"{path!r} has no known extension ({extensions}); rename it or add --format")
    return max(fitting, key=lambda r: len(r.EXTENSION))


@dataclass(frozen=True)
class _Spoken:
    """A renderer that writes in one language of several."""

    NAME: str
    EXTENSION: str
    TITLE: str
    render: Callable[[Results], Output]


def in_language(renderer: Renderer, language: str) -> Renderer:
    """The renderer as it writes in the language; those of formats that hold all languages, or none, as they are."""
    render_in = getattr(renderer, "render_in", None)
    if render_in is None:
        return renderer
    return _Spoken(renderer.NAME, renderer.EXTENSION, renderer.TITLE, lambda results: render_in(results, language))


def pieces(output: Output) -> Iterator[bytes]:
    """What a renderer returned, as the bytes of a file, piece by piece."""
    if isinstance(output, bytes):
        yield output
    elif isinstance(output, str):
        yield output.encode("utf-8")
    else:
        waiting, size = [], 0
        for piece in output:
            waiting.append(piece)
            size += len(piece)
            if size >= _AT_ONCE:
                yield "".join(waiting).encode("utf-8")
                waiting, size = [], 0
        yield "".join(waiting).encode("utf-8")


def encode(output: Output) -> bytes:
    """The same as one."""
    return b"".join(pieces(output))


def write(results: Results, path: Path, renderer: Renderer) -> None:
    """Render and write the file. OSError when it cannot be written; an earlier report is then still there."""
    content = pieces(renderer.render(results))
    path = path.resolve()  # what a link points to, not the link
    if path.exists() and not path.is_file():  # a device or a pipe
        with path.open("wb") as file:
            file.writelines(content)
        return
    handle, draft = tempfile.mkstemp(prefix=f".{path.name[:64]}.", suffix=".part", dir=path.parent)
    try:
        with open(handle, "wb") as file:  # noqa: PTH123 - a file descriptor
            file.writelines(content)
            file.flush()
            os.fsync(file.fileno())
        Path(draft).chmod(_mode(path))
        Path(draft).replace(path)
    finally:
        Path(draft).unlink(missing_ok=True)


def _mode(path: Path) -> int:
    """The permissions of the file that is replaced, or those of a new one."""
    if path.exists():
        return path.stat().st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
