"""One renderer file for each output format; they know results only.

A renderer is a module of this folder that has ``NAME`` (for ``--format``), ``EXTENSION`` (of the files that it
writes), ``TITLE`` (one line for the help) and ``render(results) -> str | bytes``. It is found by being here. Modules
whose names begin with an underscore are shared parts.
"""

from __future__ import annotations

import functools
import importlib
import pkgutil
from pathlib import Path
from typing import Protocol, cast

from scanner.results.model import Results


class Renderer(Protocol):
    """What a renderer module offers."""

    NAME: str
    EXTENSION: str
    TITLE: str

    def render(self, results: Results) -> str | bytes:
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


def encode(output: str | bytes) -> bytes:
    """What a renderer returned, as the bytes of a file."""
    return output.encode("utf-8") if isinstance(output, str) else output


def write(results: Results, path: Path, renderer: Renderer) -> None:
    """Render and write the file. OSError when it cannot be written; an earlier report is then still there."""
    content = encode(renderer.render(results))
    path = path.resolve()  # what a link points to, not the link
    if path.exists() and not path.is_file():  # a device or a pipe
        path.write_bytes(content)
        return
    draft = path.with_name(path.name + ".part")
    try:
        draft.write_bytes(content)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
