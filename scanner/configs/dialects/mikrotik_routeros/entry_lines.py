"""The lines of a rule."""

from __future__ import annotations

import re
from collections.abc import Sequence

from scanner.configs.entry_lines import APART, Extent


def extent(lines: Sequence[str], first: int, last: int, _: str) -> Extent:
    """One ``add`` with the lines that it goes on in."""
    command = lines[first - 1].strip()
    return Extent(first, last) if re.match(r"(?:/[a-z0-9 /-]+ )?add ", command) else Extent(why=APART)
