"""What SMB messages are about: names of shares, files and pipes, and how they are opened.

Written from [MS-SMB2] sections 2.2.9 and 2.2.13, [MS-CIFS] sections 2.2.1.1 and 2.2.4, [MS-FSCC] section 2.1.5.
"""

from __future__ import annotations

from dataclasses import dataclass

from scanner.protocols.base import Verb
from scanner.protocols.common.text import readable, readable_path

PIPES = "IPC$"  # the share of named pipes, which are no files
_CONTENT = 0xF20D0027  # rights by which contents may be read or written, or the file deleted; owners take them
_MAKES = frozenset({0, 2, 4, 5})  # dispositions: supersede, create, overwrite, overwrite or create
_OPEN = frozenset({1, 3})
DIRECTORY, DELETE_ON_CLOSE, BY_ID = 1, 0x1000, 0x2000  # create options
_DELETE = 0x00010000
_DEFAULT_STREAM = "::$data"


@dataclass(frozen=True, slots=True)
class Opening:
    """How something is opened, by the numbers that [MS-SMB2] and NT_CREATE_ANDX of [MS-SMB] have in common."""

    access: int
    disposition: int
    options: int

    @property
    def folded(self) -> bool:
        """Nothing can be read, written or deleted by it: directories and attributes, of which the kernel keeps one for
        all.
        """
        if self.disposition not in _OPEN:
            return False
        looked_at = self.options & DIRECTORY and self.disposition == 1 and not self.access & _DELETE
        return bool(looked_at) or not self.access & _CONTENT

    @property
    def verb(self) -> Verb:
        """What opening amounts to as such."""
        if self.options & DELETE_ON_CLOSE:
            return Verb.FILE_DELETE
        return Verb.FILE_WRITE if self.disposition in _MAKES else Verb.SESSION


@dataclass(frozen=True, slots=True)
class Target:
    """What a handle stands for. path: empty where it is not known."""

    path: str = ""
    pipe: bool = False

    def verb(self, verb: Verb) -> Verb:
        """What is read and written of a pipe belongs to another protocol."""
        return Verb.UNKNOWN if self.pipe else verb


UNKNOWN = Target()


def decoded(raw: bytes, *, unicode: bool = True) -> str:
    """A name as it was sent, up to the first NUL."""
    text = raw.decode("utf-16-le", "replace") if unicode else raw.decode("cp437")
    return text.split("\0", 1)[0]


def share_of(path: str) -> str:
    r"""``LINE2`` of ``\\server\LINE2``."""
    return readable(path.rstrip("\\").rpartition("\\")[2].encode("utf-8", "replace"))


def target(share: str, name: str, *, absolute: bool = False) -> Target:
    """A file, directory or pipe by its name in a share, whose own may not be known. absolute: the name has it."""
    name = name.replace("/", "\\").strip("\\")
    if name.lower().endswith(_DEFAULT_STREAM):
        name = name[: -len(_DEFAULT_STREAM)]
    whole = name if absolute or not share else f"{share}\\{name}" if name else share
    return Target(readable_path(whole.encode("utf-8", "replace")), share.upper() == PIPES)
