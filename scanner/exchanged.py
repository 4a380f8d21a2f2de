"""Folders that are put in place whole: what was there before is there until the new one is on the disk."""

from __future__ import annotations

import ctypes
import os
import shutil
import sys
from pathlib import Path

_HERE = -100  # AT_FDCWD: names are looked up as usual
_EXCHANGE = 2  # RENAME_EXCHANGE of Linux, RENAME_SWAP of macOS


def flush(folder: Path) -> None:
    """Have the folder's files and its list of them on the disk; OSError."""
    for file in folder.iterdir():
        if file.is_file() and not file.is_symlink():
            with file.open("rb+") as content:
                os.fsync(content.fileno())
    flush_list(folder)


def flush_list(folder: Path) -> None:
    """The same of the list alone, so that a file that was renamed is found after a power cut."""
    if os.name == "nt":  # a folder cannot be opened there
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def put_in_place(draft: Path, folder: Path) -> None:
    """Give the draft, which lies beside it, the folder's place, and remove what was there; OSError."""
    flush(draft)
    if _taken(draft, folder):
        pass
    elif _swapped(draft, folder):
        shutil.rmtree(draft, ignore_errors=True)
    else:  # at no time is there nothing whole, although for a moment under another name
        before = draft.with_name(f"{draft.name}.before")
        folder.replace(before)
        try:
            draft.replace(folder)
        except OSError:
            before.replace(folder)
            raise
        shutil.rmtree(before, ignore_errors=True)
    flush_list(folder.parent)


def _taken(draft: Path, folder: Path) -> bool:
    """The place was free, and is the draft's."""
    if folder.exists():
        return False
    try:
        draft.replace(folder)
    except OSError:
        if not folder.exists():  # else somebody was faster
            raise
        return False
    return True


def _swapped(draft: Path, folder: Path) -> bool:
    """The two have changed places in one step; False where the system cannot do that."""
    try:
        system = ctypes.CDLL(None, use_errno=True)
        if sys.platform == "darwin":
            return bool(system.renamex_np(os.fsencode(draft), os.fsencode(folder), _EXCHANGE) == 0)
        return bool(system.renameat2(_HERE, os.fsencode(draft), _HERE, os.fsencode(folder), _EXCHANGE) == 0)
    except (OSError, AttributeError, TypeError):
        return False
