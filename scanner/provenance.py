"""What became of an input, and of what reads them: it stands beside the facts that were read."""

from __future__ import annotations

from dataclasses import dataclass

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


def unread(source: str, kind: str, size: int, why: Said) -> Provenance:
    """An input of which nothing could be read: rules that need its kind do not believe silence."""
    return Provenance(source, kind, size, "", False, (("not read", marked(why)),))


@dataclass(frozen=True, order=True)
class Defect:
    """A dissector or reader of otaudit failed on its input: our mistake. Rules that depend on it become errors."""

    component: str  # protocol or reader name
    what: str
    count: int = 1
