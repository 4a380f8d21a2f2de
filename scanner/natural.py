"""The order in which people look for names and addresses."""

from __future__ import annotations

import re

_RUNS = re.compile("([0-9]{1,18})|([^0-9]+)")  # a longer number is several: it may come from a stranger


def natural(text: str) -> list[tuple[bool, int, str]]:
    """A key that sorts PLC-9 before PLC-10 and 10.0.0.9 before 10.0.0.10."""
    return [(True, int(digits), digits) if digits else (False, 0, other) for digits, other in _RUNS.findall(text)]
