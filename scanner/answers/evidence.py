"""Evidence of an answer that lies beside it: whether it is still what the answer was given about."""

from __future__ import annotations

import enum
import hashlib
import stat
from pathlib import Path, PureWindowsPath

MOST_EVIDENCE = 1 << 30  # bytes of a file whose hash is checked
_AT_ONCE = 1 << 20


class Compared(enum.StrEnum):
    """What is known of the evidence of an answer."""

    UNSEEN = ""  # no hash is given, or it is somewhere else
    FITS = "fits"
    DIFFERS = "differs"
    ABSENT = "absent"  # a hash is given, and no such file lies beside the answers
    TOO_LARGE = "too-large"


def look(evidence: str, sha256: str, folder: Path | None) -> Compared:
    """Compare the file with its hash. Only what lies in the folder of the answers, or below it, is opened."""
    if not evidence or not sha256 or folder is None or "://" in evidence:
        return Compared.UNSEEN
    path = _beside(evidence, folder)
    if path is None:
        return Compared.UNSEEN
    try:
        about = path.stat()
        if not stat.S_ISREG(about.st_mode):
            return Compared.ABSENT
        if about.st_size > MOST_EVIDENCE:
            return Compared.TOO_LARGE
        return Compared.FITS if file_sha256(path) == sha256 else Compared.DIFFERS
    except (OSError, ValueError):
        return Compared.ABSENT


def file_sha256(path: Path) -> str:
    """SHA-256 of the file, hexadecimal; OSError."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        left = MOST_EVIDENCE
        while left > 0 and (piece := file.read(min(_AT_ONCE, left))):
            digest.update(piece)
            left -= len(piece)
    return digest.hexdigest()


def _beside(evidence: str, folder: Path) -> Path | None:
    """The file, in the folder or below; None for what leads out of it, links included."""
    if Path(evidence).is_absolute() or PureWindowsPath(evidence).drive or "\0" in evidence:
        return None
    try:
        root = folder.resolve()
        path = (root / evidence.replace("\\", "/")).resolve()
    except (OSError, RuntimeError):
        return None
    return path if path.is_relative_to(root) and path != root else None
