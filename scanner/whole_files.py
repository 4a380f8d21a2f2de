"""Files that are written whole or not at all: what was there before stays until the new one is on the disk."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from pathlib import Path

from scanner.exchanged import flush_list


def write_whole(path: Path, content: Iterable[bytes]) -> None:
    """Put the content in place of the file. OSError when that cannot be; the file is then as it was."""
    write_all({path: content})


def write_all(contents: Mapping[Path, Iterable[bytes]]) -> None:
    """The same of several files, the first of which is put in place when all are on the disk."""
    with ExitStack() as stack:
        drafts: list[tuple[Path, Path]] = []
        for given, content in contents.items():
            path = given.resolve()  # what a link points to, not the link
            draft = _draft(path, content, stack)
            drafts += [(draft, path)] if draft is not None else []
        for draft, path in drafts:
            draft.replace(path)
        for folder in {path.parent for _, path in drafts}:
            flush_list(folder)


def _draft(path: Path, content: Iterable[bytes], stack: ExitStack) -> Path | None:
    """The content in a file beside its place; None where the place is a device or a pipe, which takes it at once."""
    if path.exists() and not path.is_file():
        with path.open("wb") as file:
            file.writelines(content)
        return None
    handle, name = tempfile.mkstemp(prefix=f".{path.name[:64]}.", suffix=".part", dir=path.parent)
    draft = Path(name)
    stack.callback(draft.unlink, missing_ok=True)
    with open(handle, "wb") as file:  # noqa: PTH123 - a file descriptor
        file.writelines(content)
        file.flush()
        os.fsync(file.fileno())
    draft.chmod(_mode(path))
    return draft


def _mode(path: Path) -> int:
    """The permissions of the file that is replaced, or those of a new one."""
    if path.exists():
        return path.stat().st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
