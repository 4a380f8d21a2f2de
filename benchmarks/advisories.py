"""How much of advisories is understood: of how many products that they name some version is told to be affected or not.

``python -m benchmarks.advisories FOLDER``: all CSAF documents below the folder, such as CISA's repository of them
(csaf_files/OT). Printed are the products whose versions are understood, and the commonest forms that are not.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from scanner.advisories.document import parse_advisories
from scanner.advisories.versions import serials_within, within
from scanner.errors import InputError

_SHOWN = 25
_VERSION = re.compile(r"(?:[A-Za-z][A-Za-z0-9]{0,15}[-_ ])?[vV]?\d+(?:\.\d+)*")


class Stated(NamedTuple):
    """A product of an advisory and the versions that are meant. plain: nothing but the version narrows it."""

    advisory: str
    product: str
    version: str
    exact: bool
    plain: bool

    @property
    def understood(self) -> bool:
        """Some version is inside or outside of it."""
        if not self.plain:
            return False
        named = _VERSION.findall(self.version)
        tried = ("0.0.0", "99999.0.0", *named, *(re.sub(r"\d+(?:\.\d+)*$", "99999.0.0", name) for name in named))
        by_version = (within(version, self.version, exact=self.exact) for version in tried)
        return any(answer is not None for answer in by_version) or serials_within(["0" * 20], self.version) is not None


def stated(folder: Path) -> Iterator[Stated]:
    """Every product of every advisory once; documents that are none are left out."""
    for path in sorted(folder.rglob("*.json")):
        try:
            rows = parse_advisories(path.read_bytes(), path.name).advisories
        except InputError:
            continue
        yield from dict.fromkeys(Stated(path.name, r["product"], r["version"], r["exact"], r["plain"]) for r in rows)


def report(found: Iterable[Stated]) -> str:
    """The shares, and the commonest forms that are not understood, each number as ``#``."""
    every = list(found)
    rest = [one for one in every if not one.understood]
    forms = Counter(re.sub(r"\d+", "#", one.version)[:80] for one in rest)
    advisories = len({one.advisory for one in every})
    share = 100 * (len(every) - len(rest)) / max(1, len(every))
    lines = [f"{len(every):,} products of {advisories:,} advisories: {share:.1f} % understood"]
    return "\n".join([*lines, *(f"{count:6} {form or '(no version)'}" for form, count in forms.most_common(_SHOWN))])


if __name__ == "__main__":
    print(report(stated(Path(sys.argv[1]))))
