"""Folders that are written beside the place they are for. What a process that was killed left of them, the next one to
write there puts away.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

_PART = ".part"
_BEFORE = ".before"  # behind the name of a draft: what it takes the place of
_LEFT = 3600.0  # seconds after which a draft is left behind, where nothing can be locked
_NAME = 64  # characters of the place's name


@contextmanager
def draft(place: Path, carried: str) -> Iterator[Path]:
    """An empty folder beside the place; ``put_in_place`` it. carried: a folder there that the draft takes over."""
    put_away(place, carried)
    prefix = f".{place.name[:_NAME]}."
    found = Path(tempfile.mkdtemp(prefix=prefix, suffix=_PART, dir=place.parent))
    mine = _locked(found)
    try:
        yield found
    finally:
        with suppress(OSError):  # nothing was put in place
            (found / carried).replace(place / carried)
        shutil.rmtree(found, ignore_errors=True)
        if mine is not None:
            os.close(mine)


def put_away(place: Path, carried: str) -> None:
    """What is left of drafts for the place; what was in the place goes back when nothing took it."""
    ours = re.compile(rf"\.{re.escape(place.name[:_NAME])}\.[^.]+{re.escape(_PART)}({re.escape(_BEFORE)})?")
    with suppress(OSError):
        left = [found for found in place.parent.iterdir() if ours.fullmatch(found.name) and _is_left(found)]
        for found in sorted(left, key=lambda each: each.suffix != _BEFORE):
            if found.suffix == _BEFORE and not place.exists() and _is_left(found.with_suffix("")):
                found.replace(place)
            elif place.is_dir() and not (place / carried).exists() and (found / carried).exists():
                (found / carried).replace(place / carried)
            shutil.rmtree(found, ignore_errors=True)


def _is_left(found: Path) -> bool:
    """Nobody writes it; nor does somebody who has put it in its place."""
    if not found.exists():
        return True
    if found.is_symlink() or not found.is_dir():
        return False
    if fcntl is None:
        return time.time() - found.stat().st_mtime > _LEFT
    mine = _locked(found)
    if mine is None:
        return False
    os.close(mine)
    return True


def _locked(found: Path) -> int | None:
    """A lock on the folder, which ends with this process; None when another has it, or there are none."""
    if fcntl is None:
        return None
    opened = os.open(found, os.O_RDONLY)
    try:
        fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(opened)
        return None
    return opened
