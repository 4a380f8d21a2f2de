"""The Jinja environment of the HTML report. Compiled templates are kept as Python keeps its own compiled modules."""

from __future__ import annotations

import os
import sys
import tempfile
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import BytecodeCache, Environment, FunctionLoader, StrictUndefined

if TYPE_CHECKING:
    from jinja2.bccache import Bucket

FOLDER = files("scanner.reports").joinpath("html")


def read(name: str) -> str:
    """A file of ``reports/html``."""
    return FOLDER.joinpath(name).read_text(encoding="utf-8").replace("\r\n", "\n")


class Beside(BytecodeCache):
    """Compiled templates in ``__pycache__`` beside their sources, where that can be written; compiling them takes
    several times as long as rendering a report. Jinja checks them against the source and its own version.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "__pycache__"

    def _path(self, bucket: Bucket) -> Path:
        return self._folder / f"{bucket.key}.{sys.implementation.cache_tag}.jinja"

    def load_bytecode(self, bucket: Bucket) -> None:
        """Read it if it is there; a damaged file counts as none."""
        try:
            with self._path(bucket).open("rb") as file:
                bucket.load_bytecode(file)
        except OSError:
            return
        except Exception:  # noqa: BLE001 - pickle raises anything on a damaged file
            bucket.reset()

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Write it, whole or not at all."""
        if sys.dont_write_bytecode:
            return
        try:
            self._folder.mkdir(exist_ok=True)
            handle, name = tempfile.mkstemp(dir=self._folder)
        except OSError:  # a folder of the system: the next run compiles again
            return
        draft = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                bucket.write_bytecode(file)
            draft.chmod(0o644)
            draft.replace(self._path(bucket))
        except OSError:  # a full disk
            draft.unlink(missing_ok=True)


def environment() -> Environment:
    """Every value is escaped; a name that the page is not given is an error."""
    return Environment(
        loader=FunctionLoader(read),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        cache_size=-1,
        bytecode_cache=Beside(FOLDER) if isinstance(FOLDER, Path) else None,
    )


def keep_compiled(made: Environment, folder: Path) -> None:
    """Compile all templates into ``__pycache__`` of the folder."""
    made = made.overlay(bytecode_cache=Beside(folder))
    for path in sorted(FOLDER.iterdir(), key=lambda path: path.name):
        if path.name.endswith(".html"):
            made.get_template(path.name)
