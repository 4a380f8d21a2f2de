"""Names of files as they are shown and kept: always text, whatever bytes the file system has."""

from __future__ import annotations

import os
from pathlib import Path


def shown(path: str | Path) -> str:
    r"""The path with slashes. Bytes that are no UTF-8, as names in GBK from an unpacked archive, become ``\xb2``."""
    text = path.as_posix() if isinstance(path, Path) else path
    try:
        text.encode()
    except UnicodeEncodeError:  # Python keeps such bytes as lone surrogates, which no report can hold
        return os.fsencode(text).decode("utf-8", "backslashreplace")
    return text
