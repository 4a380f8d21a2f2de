"""What somebody who watches files knows of them, so that a scan need not find it out again: ``otaudit watch`` does.

It is handed over in a file that nobody else can write, and is never kept.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from scanner.watched_files import Stamp, stamp_of

PLACE = "_OTAUDIT_WATCHED"  # in the environment: the file, from one process of otaudit to another


@dataclass(frozen=True)
class KnownFiles:
    """digests: SHA-256 of files as long as they bear the stamp. gone: what a recording had of files that are gone
    counts on, if those that are left go on with it. read: the files that were read to know it.
    """

    digests: Mapping[str, tuple[Stamp, str]] = field(default_factory=dict)
    gone: bool = False
    read: tuple[str, ...] = ()

    def digest(self, path: Path) -> str:
        """SHA-256 of the file; empty when it is not known of the file as it lies there now."""
        stamp, digest = self.digests.get(str(path), (None, ""))
        return digest if stamp is not None and stamp == stamp_of(path) else ""

    def write(self, path: Path) -> None:
        """Hand it over."""
        path.write_text(json.dumps({"digests": self.digests, "gone": self.gone}), encoding="utf-8")


def handed_over() -> KnownFiles:
    """What whoever started this scan wrote, as the environment says."""
    place = os.environ.get(PLACE)
    if not place:
        return KnownFiles()
    held = json.loads(Path(place).read_text(encoding="utf-8"))
    digests = {name: (_stamp(stamp), str(digest)) for name, (stamp, digest) in held["digests"].items()}
    return KnownFiles(digests, gone=held["gone"] is True)


def _stamp(numbers: list[int]) -> Stamp:
    device, inode, size, changed, anything = map(int, numbers)
    return device, inode, size, changed, anything
