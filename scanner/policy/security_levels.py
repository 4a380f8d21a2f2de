"""Target security levels of a zone: one number, or one for each foundational requirement (IEC 62443-3-3, Annex A)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

CODES = ("IAC", "UC", "SI", "DC", "RDF", "TRE", "RA")  # FR 1 to 7


def vector(value: Any) -> list[int]:
    """The seven levels of a vector, given as a list or by code (what is left out is 0); empty for anything else."""
    if isinstance(value, Mapping):
        return [int(value.get(code, 0)) for code in CODES]
    return [int(v) for v in value] if isinstance(value, Sequence) and not isinstance(value, str) else []


def highest(value: Any) -> int | None:
    """The one number that stands for a target: the highest of a vector."""
    levels = vector(value)
    return max(levels) if levels else value
