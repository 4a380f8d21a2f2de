"""What became of an input, and of what reads them: it stands beside the facts that were read."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from scanner.wording import Said, marked


@dataclass(frozen=True, order=True)
class Provenance:
    """One input as it was read. ``notes`` are (key, text) pairs for the report, marked where otaudit says them; kind:
    capture, inventory, policy, configuration, exclusion (patterns that left files out), not-examined (what of a folder
    nobody looked at).
    """

    source: str
    kind: str
    size: int
    sha256: str
    complete: bool = True
    notes: tuple[tuple[str, str], ...] = ()

    @property
    def unread(self) -> bool:
        """Nothing of it could be read."""
        return not self.complete and not self.sha256


def as_kept(told: Mapping[str, Any]) -> Provenance:
    """The input of which JSON says so, as ``dataclasses.asdict`` gave it; KeyError, TypeError, ValueError."""
    return Provenance(**{**told, "notes": tuple((str(key), str(text)) for key, text in told["notes"])})


def digest_of(about: Mapping[str, Any]) -> str:
    """SHA-256 of what a file says of itself, whatever the order and the form in which it is written."""
    return hashlib.sha256(json.dumps(about, sort_keys=True, ensure_ascii=True).encode()).hexdigest()


def unread(source: str, kind: str, size: int, why: Said) -> Provenance:
    """An input of which nothing could be read: rules that need its kind do not believe silence."""
    return Provenance(source, kind, size, "", False, (("not read", marked(why)),))


@dataclass(frozen=True, order=True)
class Defect:
    """A dissector or reader of otaudit failed on its input: our mistake. Rules that depend on it become errors."""

    component: str  # protocol or reader name
    what: str
    count: int = 1
